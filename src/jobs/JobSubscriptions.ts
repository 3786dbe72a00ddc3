import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound, Refusal } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import type { Job } from './Job.js';
import { JobType } from './JobType.js';
import { viewJob } from './viewJob.js';

/** Who is not authenticated any more sees nothing; whatever else goes wrong says nothing of what they see. */
function nobody(error: unknown): null {
  if (error instanceof Refusal && error.reason.code === 'UNAUTHENTICATED') return null;
  throw error;
}

/** The changes of a job for as long as whoever watches it sees it: asked anew at each of them. */
async function watchJob(context: GraphContext, id: string): Promise<AsyncIterable<Job>> {
  const job = await viewJob(context.act, id);
  if (!job) throw notFound('id');
  return context.jobs.watch(job, async () => {
    context.renew();
    return (await viewJob(context.act, id).catch(nobody)) !== null;
  });
}

@Resolver()
export class JobSubscriptions {
  @Subscription(() => JobType, {
    subscribe: ({ context, args }) => watchJob(context as GraphContext, (args as { readonly id: string }).id),
    description: 'A job that the caller sees: as it is, and then at each change, whichever replica made it. Ends when the job is over.',
  })
  jobUpdated(@Root() job: Job, @Arg('id', () => ID, { description: 'The job.' }) _id: string): Job {
    return job;
  }
}
