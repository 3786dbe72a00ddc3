import type { Act } from '../access/index.js';
import { type Caller, hasRight, permission } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { idKind, emptyPage, type Page, type PageArguments, pageRequest } from '../domain/index.js';
import type { Job } from './Job.js';
import { JobStore } from './JobStore.js';

const seesAll = (caller: Caller): boolean =>
  hasRight(caller, permission('job:view'), caller.tenant) || hasRight(caller, permission('job:manage'), caller.tenant);

/** Whether the caller sees a job: of their tenant, with `job:view` or `job:manage` in the organization; a signed-in person what they started. */
export function seesJob(caller: Caller, job: Job): boolean {
  if (job.organizationId !== caller.tenant.id) return false;
  return startedJob(caller, job) || seesAll(caller);
}

/** Whether the caller is the signed-in person who started it. */
export const startedJob = (caller: Caller, job: Job): boolean => caller.kind === 'USER' && caller.person.id === job.startedBy;

/** Jobs by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function jobsById(rows: Rows, ids: readonly string[]): Promise<(Job | null)[]> {
  const found = await new JobStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** A job that the caller sees, or null. */
export async function viewJob(act: Act, id: string): Promise<Job | null> {
  if (idKind(id) !== 'job') return null;
  const [job] = await jobsById(act.rows, [id]);
  return job && seesJob(await act.caller(), job) ? job : null;
}

/** The jobs of an organization that the caller sees, the newest first. */
export async function listJobs(act: Act, organizationId: string, args: PageArguments): Promise<Page<Job>> {
  const page = pageRequest(args);
  const caller = await act.caller();
  if (organizationId !== caller.tenant.id) return emptyPage;
  const store = new JobStore(act.rows);
  if (seesAll(caller)) return store.list(organizationId, null, page);
  return caller.kind === 'USER' ? store.list(organizationId, caller.person.id, page) : emptyPage;
}
