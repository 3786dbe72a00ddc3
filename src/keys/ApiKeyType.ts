import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Environment, RateLimit, ResourceRestriction } from '../authority/index.js';
import { connectionType } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar, JSONObjectScalar, PermissionScalar } from '../graphql/scalars.js';

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

@ObjectType('RateLimit', {
  description: 'At most `limit` verifications in every window of `windowSeconds`; a window begins at its first use.',
})
export class RateLimitType {
  @Field(() => Int, { description: 'So many in one window.' })
  limit: number;

  @Field(() => Int, { description: 'How long a window lasts.' })
  windowSeconds: number;
}

@ObjectType('ResourceRestriction', {
  description:
    'Narrows a key to named resources of one type, for example customer c_42, satellite eu-1, access_tier gold. Never widens; a question that names no resource of a listed type is refused.',
})
export class ResourceRestrictionType {
  @Field(() => String, { description: "What kind of thing, in the words of the tenant's services." })
  type: string;

  @Field(() => [String], { description: 'Which of them.' })
  ids: string[];
}

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

  @Field(() => [ResourceRestrictionType], { nullable: true, description: 'Null: not restricted.' })
  restrictions: ResourceRestriction[] | null;

  @Field(() => [String], { nullable: true, description: 'The networks it may be used from, in CIDR notation. Null: from anywhere.' })
  allowedCidrs: string[] | null;

  @Field(() => RateLimitType, { nullable: true, description: 'Null: as often as one likes.' })
  rateLimit: RateLimit | null;

  @Field(() => JSONObjectScalar, { nullable: true, description: 'What its owner notes about it; told to services with each verification.' })
  metadata: object | null;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  updatedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null: never expires. Fixed at creation.' })
  expiresAt: Date | null;

  @Field(() => Int, { description: '1 at creation, one more at each regeneration.' })
  generation: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The last time that it was let through, to the millisecond, here within a second. Null: never used; what was denied is no use.',
  })
  lastUsedAt: Date | null;
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

export const ApiKeyConnectionType = connectionType('ApiKey', () => ApiKeyType, 'in the order of creation unless another is asked for');
