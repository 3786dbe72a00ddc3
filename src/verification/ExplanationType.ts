import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { Environment } from '../authority/index.js';
import { PermissionScalar } from '../graphql/scalars.js';
import { EnvironmentEnum } from '../keys/ApiKeyType.js';
import { ResourceInput, VerificationCodeEnum } from './VerificationType.js';

@ObjectType('AccessCheck', { description: 'One check of the chain, whether or not an earlier one failed.' })
export class AccessCheckType {
  @Field(() => String, { description: 'The gate: status, expiry, environment, namespace, people, permissions, resource, ip or rateLimit.' })
  name: string;

  @Field(() => Boolean, { description: 'Whether it would open.' })
  passed: boolean;

  @Field(() => String, { description: 'Why; or that it was not asked about.' })
  detail: string;
}

@ObjectType('AccessExplanation', {
  description: 'Why a key would be allowed or refused, for those who may manage it. Counts nothing, touches nothing.',
})
export class AccessExplanationType {
  @Field(() => Boolean, { description: 'Whether verification would say VALID.' })
  allowed: boolean;

  @Field(() => VerificationCodeEnum, { description: 'What verification would say.' })
  code: string;

  @Field(() => [AccessCheckType], { description: 'Every gate, in the order in which verification asks them.' })
  checks: AccessCheckType[];
}

@InputType({ description: 'What a key would be asked.' })
export class ExplainApiKeyInput {
  @Field(() => ID, { description: 'The key; for its own user, signed in, or who holds `apiKey:manage`.' })
  apiKeyId: string;

  @Field(() => EnvironmentEnum, { nullable: true, description: "The environment of the service that would ask; left out, the key's own." })
  environment?: Environment | null;

  @Field(() => ID, { nullable: true, description: "Where the bearer would act; left out, the key's home." })
  namespaceId?: string | null;

  @Field(() => [PermissionScalar], { nullable: true, description: 'What would be asked for, 1 to 100. Left out: anything.' })
  permissions?: string[] | null;

  @Field(() => ResourceInput, { nullable: true, description: 'What the bearer would touch. Left out: nothing.' })
  resource?: ResourceInput | null;

  @Field(() => String, { nullable: true, description: "The address of the key's bearer. Left out: none." })
  clientIp?: string | null;
}
