import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Environment, ResourceRestriction } from '../authority/index.js';
import { DateTimeScalar, JSONObjectScalar, PermissionScalar } from '../graphql/scalars.js';
import { ApiKeyType, EnvironmentEnum, ResourceRestrictionType } from '../keys/ApiKeyType.js';
import { answers, type VerificationCode } from './Verification.js';

export const VerificationCodeEnum = Object.fromEntries(Object.keys(answers).map((code) => [code, code]));
registerEnumType(VerificationCodeEnum, {
  name: 'VerificationCode',
  description: 'Why a key may or may not do what was asked, and the HTTP status that fits.',
  valuesConfig: {
    VALID: { description: 'It may. 200' },
    NOT_FOUND: { description: 'Malformed, unknown, deleted, of another tenant, or a wrong secret: never told apart. 401' },
    INACTIVE: { description: 'Revoked. 401' },
    EXPIRED: { description: 'Its instant of expiry has come. 401' },
    ENVIRONMENT_MISMATCH: { description: 'The key belongs to another environment than the service that asks. 401' },
    NAMESPACE_MISMATCH: {
      description: "Neither the key's own namespace nor one in its reach (nor told apart from one that does not exist). 403",
    },
    HOLDER_LOST_ACCESS: {
      description: "The key's user or its issuer has been deactivated or removed, or holds nothing here any more. 403",
    },
    INSUFFICIENT_PERMISSIONS: { description: 'Something asked for is missing. 403' },
    RESOURCE_NOT_ALLOWED: { description: 'The key is restricted to other resources, or to some and none was named. 403' },
    IP_NOT_ALLOWED: { description: 'The key works from other networks, or from some and no address was named. 403' },
    RATE_LIMITED: { description: 'The window of the rate limit is used up, or what is left is less than the cost. 429' },
  },
});

@InputType({ description: "One thing of the tenant's services." })
export class ResourceInput {
  @Field(() => String, { description: 'What kind of thing: customer, satellite, access_tier …' })
  type: string;

  @Field(() => String, { description: 'Which one.' })
  id: string;
}

@InputType({
  description:
    'The service that asks authenticates with a key of its own that holds `apiKey:verify`; its environment and its tenant bound what it can verify.',
})
export class VerifyApiKeyInput {
  @Field(() => String, { description: 'The credential as its bearer sent it.' })
  key: string;

  @Field(() => ID, { nullable: true, description: "Where the bearer wants to act; left out, the key's own namespace." })
  namespaceId?: string | null;

  @Field(() => [PermissionScalar], {
    nullable: true,
    description: 'All of these must be held, 1 to 100. Left out: does the key live, and hold anything there? An empty list is refused.',
  })
  permissions?: string[] | null;

  @Field(() => ResourceInput, { nullable: true, description: 'What the bearer wants to touch; needed where the key has restrictions.' })
  resource?: ResourceInput | null;

  @Field(() => String, { nullable: true, description: "The address of the key's bearer; needed where the key has CIDRs." })
  clientIp?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'What this call costs against the rate limit, 1 if left out; 0 asks without counting. What does not fit counts nothing.',
  })
  cost?: number | null;
}

@ObjectType('RateLimitState', { description: 'How a key stands against its rate limit.' })
export class RateLimitStateType {
  @Field(() => Int, { description: 'So many in one window.' })
  limit: number;

  @Field(() => Int, { description: 'What is left of the running window.' })
  remaining: number;

  @Field(() => DateTimeScalar, { description: 'When all of it is there again; now where no window runs.' })
  resetAt: Date;
}

@ObjectType('ApiKeyVerification', { description: 'What a key may do, and who it is: flat, so that nothing more need be asked.' })
export class ApiKeyVerificationType {
  @Field(() => Boolean, { description: 'Whether the key may do all that was asked.' })
  valid: boolean;

  @Field(() => VerificationCodeEnum, { description: 'VALID, or the first gate that stayed shut.' })
  code: VerificationCode;

  @Field(() => Int, { description: 'What the asking service should answer its own caller with: 200, 401, 403 or 429.' })
  httpStatus: number;

  @Field(() => String, { description: "One sentence fit to show to the key's bearer." })
  message: string;

  @Field(() => [PermissionScalar], { description: 'What was asked for and is not there.' })
  missingPermissions: string[];

  @Field(() => [PermissionScalar], { description: 'What the key can do there now; empty unless valid.' })
  effectivePermissions: string[];

  @Field(() => RateLimitStateType, { nullable: true, description: 'Null where the key has no limit, or nothing is told of it.' })
  rateLimit: unknown;

  @Field(() => ID, {
    nullable: true,
    description: "Null, like all below, unless the secret was right and the key is in the asking service's sphere.",
  })
  apiKeyId: string | null;

  @Field(() => String, { nullable: true, description: "The key's name." })
  name: string | null;

  @Field(() => ID, { nullable: true, description: "The key's home." })
  namespaceId: string | null;

  @Field(() => ID, { nullable: true, description: "The key's tenant." })
  organizationId: string | null;

  @Field(() => ID, { nullable: true, description: 'The user it acts for.' })
  userId: string | null;

  @Field(() => EnvironmentEnum, { nullable: true, description: "The key's environment." })
  environment: Environment | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it expires; null also if never.' })
  expiresAt: Date | null;

  @Field(() => [ResourceRestrictionType], { nullable: true, description: 'The resources it is restricted to; null also if to none.' })
  restrictions: ResourceRestriction[] | null;

  @Field(() => JSONObjectScalar, { nullable: true, description: 'What its owner notes about it.' })
  metadata: object | null;

  @Field(() => ApiKeyType, { nullable: true, description: 'The whole key, where the asking service also holds `apiKey:view`.' })
  apiKey: unknown;
}
