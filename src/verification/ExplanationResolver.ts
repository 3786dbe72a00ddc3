import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { type AccessExplanation, explainApiKey, explainApiKeyInput } from './explainApiKey.js';
import { AccessExplanationType, ExplainApiKeyInput } from './ExplanationType.js';

@Resolver()
export class ExplanationQueries {
  @Query(() => AccessExplanationType, { description: 'Why a key would be allowed or refused, gate by gate.' })
  explainApiKey(
    @Arg('input', () => ExplainApiKeyInput, { description: 'Which key, and what it would be asked.' }) input: unknown,
    @Ctx() { act, rateLimits }: GraphContext,
  ): Promise<AccessExplanation> {
    return explainApiKey(act, rateLimits, parseInput(explainApiKeyInput, input));
  }
}
