import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { importApiKeys, importApiKeysInput } from './importApiKeys.js';
import { ImportApiKeysInput, ImportApiKeysPayload } from './ImportInputs.js';
import { revokeApiKeys, revokeApiKeysInput } from './revokeApiKeys.js';
import { RevokeApiKeysInput, RevokeApiKeysPayload } from './RevokeInputs.js';

@Resolver()
export class BulkMutations {
  @Mutation(() => ImportApiKeysPayload, {
    description: 'Starts a job; at most 5,000 keys a call. Each item is held to what its starter holds when it runs.',
  })
  async importApiKeys(@Arg('input', () => ImportApiKeysInput) input: unknown, @Ctx() { act, jobs }: GraphContext) {
    const job = await importApiKeys(act, parseInput(importApiKeysInput, input));
    jobs.wake();
    return { job };
  }

  @Mutation(() => RevokeApiKeysPayload, { description: 'Starts a job that revokes every key the filter matches.' })
  async revokeApiKeys(@Arg('input', () => RevokeApiKeysInput) input: unknown, @Ctx() { act, jobs }: GraphContext) {
    const job = await revokeApiKeys(act, parseInput(revokeApiKeysInput, input));
    jobs.wake();
    return { job };
  }
}
