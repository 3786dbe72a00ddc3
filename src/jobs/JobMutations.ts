import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { cancelJob, cancelJobInput } from './cancelJob.js';
import { CancelJobInput, CancelJobPayload } from './JobInputs.js';

@Resolver()
export class JobMutations {
  @Mutation(() => CancelJobPayload, {
    description: 'Stops a job: one that waits at once, one that runs after its current chunk. What it did stays done.',
  })
  async cancelJob(@Arg('input', () => CancelJobInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { job: await cancelJob(act, parseInput(cancelJobInput, input)) };
  }
}
