import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Environment } from '../authority/index.js';
import { connectionType } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';

export const EnvironmentEnum = { PRODUCTION: 'PRODUCTION', STAGING: 'STAGING', DEVELOPMENT: 'DEVELOPMENT' } as const;
registerEnumType(EnvironmentEnum, {
  name: 'Environment',
  description: 'A key belongs to exactly one of these; it works in no other.',
  valuesConfig: {
    PRODUCTION: { description: 'Real-world operations; asked at `/graphql`.' },
    STAGING: { description: 'Tests of integrations; asked at `/staging/graphql`.' },
    DEVELOPMENT: { description: 'Experiments; asked at `/development/graphql`.' },
  },
});

export const ApiKeyStatusEnum = { ACTIVE: 'ACTIVE', INACTIVE: 'INACTIVE', EXPIRED: 'EXPIRED' } as const;
registerEnumType(ApiKeyStatusEnum, {
  name: 'ApiKeyStatus',
  description: "Derived at the time of asking; INACTIVE (somebody's act) is told before EXPIRED.",
  valuesConfig: {
    ACTIVE: { description: 'It works, as far as the people behind it still hold what it was granted.' },
    INACTIVE: { description: 'Revoked, or created by a key that no longer works.' },
    EXPIRED: { description: 'Its instant of expiry has come.' },
  },
});

@ObjectType('ApiKey', {
  implements: [NodeType],
  description: 'Bound to one namespace and one environment, and never stronger than the people behind it.',
})
export class ApiKeyType extends NodeType {
  @Field(() => String, { description: '1 to 100 characters.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description: string | null;

  @Field(() => String, {
    description: 'The part of the credential that may be shown, enough to recognise it: all of it before the secret.',
  })
  hint: string;

  @Field(() => EnvironmentEnum, { description: 'Fixed at creation.' })
  environment: Environment;

  @Field(() => [PermissionScalar], { description: 'What it was granted.' })
  permissions: string[];

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  updatedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null: never expires. Fixed at creation.' })
  expiresAt: Date | null;

  @Field(() => Int, { description: '1 at creation, one more at each regeneration.' })
  generation: number;
}

@ObjectType('Revocation', { description: 'How and by whom a key was stopped.' })
export class RevocationType {
  @Field(() => DateTimeScalar, { description: 'When it was stopped.' })
  at: Date;

  @Field(() => String, { nullable: true, description: 'Why, as whoever did it said.' })
  reason: string | null;

  @Field(() => Boolean, { description: 'True: it can never be reactivated.' })
  permanent: boolean;
}

export const ApiKeyConnectionType = connectionType('ApiKey', () => ApiKeyType);
