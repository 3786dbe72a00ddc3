import type { Change } from '../access/index.js';
import { seesNamespace } from '../authority/index.js';
import { conflict, newId } from '../domain/index.js';
import { type Job, toJob } from './Job.js';
import { JobStore, type StartingAct } from './JobStore.js';

/** Jobs of one organization that wait or run. */
const MOST_UNFINISHED = 100;

/** What a job is started with. */
export interface JobPlan {
  /** The mutation that starts it; the act is `job.` and this. */
  readonly kind: 'importApiKeys' | 'revokeApiKeys';
  readonly parameters?: object;
  /** How many items there are, where it is known. */
  readonly total?: number;
  /** What the job works on, chunk by chunk. */
  readonly parts?: readonly (readonly object[])[];
  /** What the trail says of it. */
  readonly told: Record<string, unknown>;
  readonly reason?: string | null;
}

/**
 * Decides whether the caller may start such a job in the organization of `input.organizationId`, and queues it with its
 * event. Whoever called wakes the runner once the change is done.
 */
export async function startJob(change: Change, organizationId: string, plan: JobPlan): Promise<Job> {
  const organization = await change.namespace('input.organizationId', organizationId, 'ORGANIZATION');
  const caller = await change.caller(organization);
  const permit = change.permit<StartingAct>('input.organizationId', {
    action: `job.${plan.kind}`,
    caller,
    where: organization,
    visible: seesNamespace(caller, organization),
    target: newId('job'),
  });
  const store = new JobStore(change.rows);
  if ((await store.countUnfinished(organizationId)) >= MOST_UNFINISHED) {
    throw conflict(
      `${MOST_UNFINISHED} jobs of this organization wait or run: start another once one of them is over.`,
      'input.organizationId',
    );
  }
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
  await store.insert(permit, job, plan.parts ?? []);
  await change.record(permit, { namespaceId: organizationId, changes: { after: plan.told }, reason: plan.reason ?? null });
  return toJob(job);
}
