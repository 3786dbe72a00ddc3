import type { Change } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { type Job, toJob } from './Job.js';
import { JobStore, type StartingAct } from './JobStore.js';

/** What a job is started with. */
export interface JobPlan {
  readonly kind: string;
  readonly parameters?: object;
  /** How many items there are, where it is known. */
  readonly total?: number;
  /** What the job works on, chunk by chunk. */
  readonly parts?: readonly (readonly object[])[];
  /** What the trail says of it. */
  readonly told: Record<string, unknown>;
  readonly reason?: string | null;
}

/** Queues a job, with its event, in the change that decided it. Whoever did so wakes the runner once the change is done. */
export async function startJob(change: Change, permit: Permit<StartingAct>, plan: JobPlan): Promise<Job> {
  const { organizationId } = change.facts;
  const job = {
    id: permit.target,
    organizationId,
    kind: plan.kind,
    status: 'QUEUED',
    parameters: plan.parameters ?? null,
    startedBy: await change.actorId(),
    requestId: change.requestId,
    total: plan.total ?? null,
    done: 0,
    failed: 0,
    place: null,
    error: null,
    cancelAskedAt: null,
    runner: null,
    leaseUntil: null,
    attempts: 0,
    version: 1,
    createdAt: change.now,
    finishedAt: null,
  } as const;
  await new JobStore(change.rows).insert(permit, job, plan.parts ?? []);
  await change.record(permit, { namespaceId: organizationId, changes: { after: plan.told }, reason: plan.reason ?? null });
  return toJob(job);
}
