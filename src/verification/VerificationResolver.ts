import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { permission, usable } from '../authority/index.js';
import { badInput, parseInput, type Soon, whenThere } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { apiKeysById } from '../keys/index.js';
import { ApiKeyType } from '../keys/ApiKeyType.js';
import type { Verification } from './Verification.js';
import { ApiKeyVerificationType, VerifyApiKeyInput } from './VerificationType.js';
import { verifyApiKey, verifyApiKeyInput } from './verifyApiKey.js';
import { verifyApiKeys } from './verifyApiKeys.js';

const MOST_QUESTIONS = 100;

@Resolver()
export class VerificationMutations {
  @Mutation(() => ApiKeyVerificationType, { description: 'May this key do this?' })
  verifyApiKey(
    @Arg('input', () => VerifyApiKeyInput) input: unknown,
    @Ctx() { act, contexts, rateLimits, imported, uses, verified }: GraphContext,
  ): Soon<Verification> {
    const answer = verifyApiKey(act, { contexts, rateLimits, imported, uses }, parseInput(verifyApiKeyInput, input));
    return whenThere(answer, (verification) => {
      verified(verification.code);
      return verification;
    });
  }

  @Mutation(() => [ApiKeyVerificationType], {
    description: '1 to 100 questions, answered in order; a refused or malformed key does not fail the others.',
  })
  verifyApiKeys(
    @Arg('inputs', () => [VerifyApiKeyInput], { description: '1 to 100 questions.' }) inputs: unknown[],
    @Ctx() { act, contexts, rateLimits, imported, uses, verified }: GraphContext,
  ): Soon<Verification[]> {
    if (inputs.length < 1 || inputs.length > MOST_QUESTIONS) throw badInput('inputs', `inputs must hold 1 to ${MOST_QUESTIONS} questions.`);
    const questions = inputs.map((input, index) => parseInput(verifyApiKeyInput, input, `inputs.${index}`));
    return whenThere(verifyApiKeys(act, { contexts, rateLimits, imported, uses }, questions), (verifications) => {
      for (const { code } of verifications) verified(code);
      return verifications;
    });
  }
}

@Resolver(() => ApiKeyVerificationType)
export class VerificationFields {
  @FieldResolver(() => ApiKeyType, { nullable: true, description: 'The whole key, where the asking service also holds `apiKey:view`.' })
  async apiKey(@Root() { apiKeyId, environment }: Verification, @Ctx() { act, loaders }: GraphContext) {
    const caller = await act.caller();
    if (apiKeyId === null || caller.kind !== 'KEY') return null;
    // As everywhere else, a key sees those of its own environment (C21).
    const mayView = environment === caller.key.environment && usable(caller, caller.key.home).has(permission('apiKey:view'));
    return mayView ? loaders.load(apiKeysById, apiKeyId) : null;
  }
}
