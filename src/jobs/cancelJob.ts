import { z } from 'zod';
import type { Act } from '../access/index.js';
import { conflict, idOf, notFound } from '../domain/index.js';
import type { Job } from './Job.js';
import { JobStore } from './JobStore.js';
import { seesJob, startedJob } from './viewJob.js';

export const cancelJobInput = z.object({ id: idOf('job') });

/**
 * Stops a job: one that waits at once, one that runs after its current chunk. What it did stays done. Whoever started it,
 * or who holds `job:manage`; repeating it is fine.
 */
export const cancelJob = (act: Act, input: z.output<typeof cancelJobInput>): Promise<Job> =>
  act.change(async (change) => {
    const store = new JobStore(change.rows);
    const job = (await store.byIds([input.id])).get(input.id);
    const caller = await change.caller();
    if (job?.organizationId !== caller.tenant.id) throw notFound('input.id');
    const permit = change.permit('input.id', {
      action: 'job.cancel',
      caller,
      where: caller.tenant,
      visible: seesJob(caller, job),
      own: startedJob(caller, job),
      target: job.id,
    });
    if (job.status === 'SUCCEEDED' || job.status === 'FAILED')
      throw conflict('This job is over: there is nothing left to cancel.', 'input.id');
    if (job.status === 'RUNNING' || !(await store.cancelWaiting(permit, job, change.now))) {
      await store.askToCancel(permit, job.id, change.now);
    }
    await change.record(permit, { namespaceId: caller.tenant.id, changes: { before: { status: job.status } } });
    return (await store.byIds([job.id])).get(job.id) ?? job;
  });
