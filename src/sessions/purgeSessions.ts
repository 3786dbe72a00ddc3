import { type Database, deleteInBatches } from '../database/index.js';
import { RefreshTokenStore } from './RefreshTokenStore.js';
import { SessionStore } from './SessionStore.js';

/** How long a session that is over, or a refresh token that is spent, is still told apart from one that never was. */
const KEPT_MS = 7 * 86_400_000;
const CHUNK = 500;

/** Deletes sessions that have been over for a week, and refresh tokens that were spent a week ago; in small transactions, until `stop`. */
export async function purgeSessions(database: Database, now: Date, stop?: AbortSignal): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  await deleteInBatches(database, CHUNK, (rows, most) => new SessionStore(rows).deleteOver(before, most), stop);
  await deleteInBatches(database, CHUNK, (rows, most) => new RefreshTokenStore(rows).deleteSpent(before, most), stop);
}
