import type { Rows } from '../database/index.js';
import { SessionStore } from './SessionStore.js';

/** Ends every session of a user, in the transaction of the act that demands it; answers how many. */
export const endSessionsOf = (rows: Rows, userId: string, now: Date): Promise<number> => new SessionStore(rows).endAllOf(userId, now);
