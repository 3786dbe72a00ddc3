import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Environment } from '../authority/index.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';
import { ApiKeyType, EnvironmentEnum } from './ApiKeyType.js';
import { KeySettingsInput } from './KeySettingsInputs.js';

@InputType({
  description:
    'A new key for oneself. At most one of `roleId` and `permissions`; `[]` is refused. Neither: all that the people behind the key hold in the ' +
    'namespace at that moment, less what no key may carry; stored as that list, it never grows. One made by a key inherits what narrows that key, and may be narrower.',
})
export class CreateApiKeyInput extends KeySettingsInput {
  @Field(() => ID, { description: 'Its home, of any kind; fixed. Something must be held there.' })
  namespaceId: string;

  @Field(() => EnvironmentEnum, { description: 'Its environment; fixed.' })
  environment: Environment;

  @Field(() => String, { description: '1 to 100 characters.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;

  @Field(() => ID, { nullable: true, description: "The level it is issued at: the role's permissions are copied now. Never OWNER." })
  roleId?: string | null;

  @Field(() => [PermissionScalar], {
    nullable: true,
    description: '1 to 100 permissions. What exceeds the people behind the key is EXCEEDS_AUTHORITY.',
  })
  permissions?: string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it stops by itself; null: never. Fixed.' })
  expiresAt?: Date | null;
}

@InputType({ description: 'A new key for another user: within what that user and the caller both hold.' })
export class CreateApiKeyForUserInput extends CreateApiKeyInput {
  @Field(() => ID, { description: 'The user it acts for; fixed. Nobody can move a key to another user afterwards.' })
  userId: string;
}

@InputType({
  description:
    'What changes of a key; what is left out is kept, and null clears what may be null. No user, no namespace, no environment, no expiry: those are fixed at creation.',
})
export class UpdateApiKeyInput extends KeySettingsInput {
  @Field(() => ID, { description: 'The key.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Left out: kept. It cannot be empty or null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Left out: kept. Null: cleared.' })
  description?: string | null;

  @Field(() => ID, { nullable: true, description: 'Left out: kept. The level whose permissions it gets, copied now.' })
  roleId?: string | null;

  @Field(() => [PermissionScalar], { nullable: true, description: 'Left out: kept. What it is granted from now on, 1 to 100.' })
  permissions?: string[] | null;
}

@InputType({ description: 'Which key stops, and whether for good.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Why; up to 500 characters.' })
  reason?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True: it can never be reactivated (a leaked key).' })
  permanent?: boolean | null;
}

@InputType({ description: 'Which key works again.' })
export class ReactivateApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  id: string;
}

@InputType({ description: 'Which key gets a new secret, and for how long the old one works on.' })
export class RegenerateApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  id: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'For how long the old secret works on, 0 to 86,400, never past the expiry; left out: it stops at once. An inactive key has no grace.',
  })
  graceSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'The generation that the caller has seen; CONFLICT if it is another one by now.' })
  expectedGeneration?: number | null;
}

@InputType({ description: 'Which key ends.' })
export class DeleteApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  id: string;
}

@ObjectType({ description: 'A new key. `key` and `secret` are shown in this one answer and never again.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key.' })
  apiKey: unknown;

  @Field(() => String, { description: 'The whole credential, as `Authorization: Bearer` takes it.' })
  key: string;

  @Field(() => String, { description: 'All of it after the last underscore, as HTTP Basic takes it with the id of the key.' })
  secret: string;
}

@ObjectType({ description: 'A new key for another user. `key` and `secret` are shown in this one answer and never again.' })
export class CreateApiKeyForUserPayload extends CreateApiKeyPayload {}

@ObjectType({ description: 'The key as it is now.' })
export class UpdateApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key.' })
  apiKey: unknown;
}

@ObjectType({ description: 'The key as it is now.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key.' })
  apiKey: unknown;
}

@ObjectType({ description: 'The key as it is now.' })
export class ReactivateApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key.' })
  apiKey: unknown;
}

@ObjectType({ description: 'The same key with its new secret. `key` and `secret` are shown in this one answer and never again.' })
export class RegenerateApiKeyPayload extends CreateApiKeyPayload {}

@ObjectType({ description: 'The key is gone.' })
export class DeleteApiKeyPayload {
  @Field(() => ID, { description: 'The id it had.' })
  deletedApiKeyId: string;
}
