import { type Database, deleteInBatches } from '../database/index.js';
import { RunningJobStore } from './RunningJobStore.js';

/** How long a job that is over, and what went wrong in it, can be looked up. The trail tells of it for ever. */
const KEPT_MS = 30 * 86_400_000;
/** Jobs of one transaction: each may have a thousand failures. */
const BATCH = 10;

/** Deletes jobs that ended more than 30 days ago, batch by batch until `stop`; how many. */
export function purgeJobs(database: Database, now: Date, stop?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - KEPT_MS);
  return deleteInBatches(database, BATCH, (rows, most) => new RunningJobStore(rows).deleteOver(before, most), stop);
}
