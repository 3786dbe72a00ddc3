import { type Database, deleteInBatches } from '../database/index.js';
import { purgeChanges } from './ReplicaLogStore.js';

/** A replica reads twenty times a second; one that was away for longer forgets everything anyway. */
const KEPT_MS = 3_600_000;
const BATCH = 1_000;

/** Deletes what stood in the log for an hour, where there is one; in small transactions, until `stop`. */
export async function purgeWithdrawals(database: Database, now: Date, stop?: AbortSignal): Promise<void> {
  if (database.kind === 'sqlite') return;
  const until = new Date(now.getTime() - KEPT_MS);
  await deleteInBatches(database, BATCH, (rows, most) => purgeChanges(rows, until, most), stop);
}
