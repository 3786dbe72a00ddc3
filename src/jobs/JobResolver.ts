import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { connectionOf, PageArgs } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import type { Job } from './Job.js';
import { failureCursor, jobFailures } from './jobFailures.js';
import { JobConnectionType, JobFailureConnectionType, JobType } from './JobType.js';
import { listJobs, viewJob } from './viewJob.js';

@Resolver()
export class JobQueries {
  @Query(() => JobType, { nullable: true, description: 'A job that the caller sees; else null.' })
  job(@Arg('id', () => ID, { description: 'The job.' }) id: string, @Ctx() { act }: GraphContext): Promise<Job | null> {
    return viewJob(act, id);
  }

  @Query(() => JobConnectionType, {
    description:
      'Jobs of the organization, the newest first: all with `job:view` or `job:manage` there, else those that the caller started.',
  })
  async jobs(
    @Arg('organizationId', () => ID, { description: 'Whose jobs.' }) organizationId: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { act }: GraphContext,
  ) {
    return connectionOf(await listJobs(act, organizationId, page));
  }
}

@Resolver(() => JobType)
export class JobFields {
  @FieldResolver(() => JobFailureConnectionType, { description: 'What went wrong with which item, the first 1,000.' })
  async failures(@Root() job: Job, @Args(() => PageArgs) page: PageArgs, @Ctx() { act }: GraphContext) {
    return connectionOf(await jobFailures(act, job, page), failureCursor);
  }
}
