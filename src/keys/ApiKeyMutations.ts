import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import * as inputs from './ApiKeyInputs.js';
import { createApiKey, createApiKeyInput } from './createApiKey.js';
import { createApiKeyForUser, createApiKeyForUserInput } from './createApiKeyForUser.js';
import { deleteApiKey, deleteApiKeyInput } from './deleteApiKey.js';
import { reactivateApiKey, reactivateApiKeyInput } from './reactivateApiKey.js';
import { regenerateApiKey, regenerateApiKeyInput } from './regenerateApiKey.js';
import { revokeApiKey, revokeApiKeyInput } from './revokeApiKey.js';
import { updateApiKey, updateApiKeyInput } from './updateApiKey.js';

@Resolver()
export class ApiKeyMutations {
  @Mutation(() => inputs.CreateApiKeyPayload, {
    description: 'Creates a key for oneself. What exceeds is EXCEEDS_AUTHORITY, with the excess listed.',
  })
  createApiKey(@Arg('input', () => inputs.CreateApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return createApiKey(act, parseInput(createApiKeyInput, input));
  }

  @Mutation(() => inputs.CreateApiKeyForUserPayload, {
    description: 'For tenant admins: `apiKey:createForUser`. Nobody can move a key to another user afterwards.',
  })
  createApiKeyForUser(@Arg('input', () => inputs.CreateApiKeyForUserInput) input: unknown, @Ctx() { act }: GraphContext) {
    return createApiKeyForUser(act, parseInput(createApiKeyForUserInput, input));
  }

  @Mutation(() => inputs.UpdateApiKeyPayload, {
    description: 'No user, no namespace, no environment, no expiry: those are fixed at creation.',
  })
  async updateApiKey(@Arg('input', () => inputs.UpdateApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { apiKey: await updateApiKey(act, parseInput(updateApiKeyInput, input)) };
  }

  @Mutation(() => inputs.RevokeApiKeyPayload, {
    description: 'The key stops at once; its history stays. `permanent`: it can never be reactivated (a leaked key).',
  })
  async revokeApiKey(@Arg('input', () => inputs.RevokeApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { apiKey: await revokeApiKey(act, parseInput(revokeApiKeyInput, input)) };
  }

  @Mutation(() => inputs.ReactivateApiKeyPayload, { description: 'By who revoked it, or with `apiKey:manage`.' })
  async reactivateApiKey(@Arg('input', () => inputs.ReactivateApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { apiKey: await reactivateApiKey(act, parseInput(reactivateApiKeyInput, input)) };
  }

  @Mutation(() => inputs.RegenerateApiKeyPayload, {
    description:
      'Same key, new secret; the old one stops at once or after `graceSeconds` (0 to 86,400). `expectedGeneration` not met: CONFLICT. The caller becomes its issuer.',
  })
  regenerateApiKey(@Arg('input', () => inputs.RegenerateApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return regenerateApiKey(act, parseInput(regenerateApiKeyInput, input));
  }

  @Mutation(() => inputs.DeleteApiKeyPayload, { description: 'Ends a key for good and takes it out of every list; its history stays.' })
  async deleteApiKey(@Arg('input', () => inputs.DeleteApiKeyInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { deletedApiKeyId: await deleteApiKey(act, parseInput(deleteApiKeyInput, input)) };
  }
}
