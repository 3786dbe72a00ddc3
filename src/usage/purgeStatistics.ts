import { type Database, deleteInBatches } from '../database/index.js';
import { PurgeStore } from './PurgeStore.js';

/** For how long statistics are kept. */
export interface Retention {
  readonly logDays: number;
  readonly usageDays: number;
}

const DAY_MS = 24 * 3_600_000;
/** Rows that one transaction deletes, so that nobody waits for it. */
const BATCH = 1_000;

/** Deletes lines of logs and hours of usage that have been kept long enough, batch by batch until `stop`; how many rows. */
export async function purgeStatistics(
  database: Database,
  now: Date,
  { logDays, usageDays }: Retention,
  stop?: AbortSignal,
): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const [lines, hours] = [before(logDays), before(usageDays)];
  const deleted = await deleteInBatches(database, BATCH, (rows, most) => new PurgeStore(rows).deleteLines(lines, most), stop);
  return deleted + (await deleteInBatches(database, BATCH, (rows, most) => new PurgeStore(rows).deleteHours(hours, most), stop));
}
