import { setTimeout as delay } from 'node:timers/promises';
import { mysqlQuery } from '../database/mysqlQuery.js';
import type { ReplicaSet } from './ReplicaSet.js';

/** What was sent just before has come to its end by then. */
const ON_THE_WAY_MS = 20;
/** Those that go on hold the number for a millisecond or two each: somewhere in so many it is free. */
const MOST_TRIES = 50;
const EACH_MS = 5;

/**
 * Freezes a replica at an instant at which it does not hold the number of the next change, nor waits for it: that is waited for by
 * everybody's withdrawals until the replica goes on, or the database has ended its change after ten seconds.
 */
export async function freezeBetweenChanges(set: ReplicaSet, replica: number): Promise<void> {
  for (;;) {
    set.freeze(replica);
    await delay(ON_THE_WAY_MS);
    if (await isNumberFree(set.databaseUrl)) return;
    set.thaw(replica);
    await delay(ON_THE_WAY_MS);
  }
}

async function isNumberFree(databaseUrl: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      await mysqlQuery(databaseUrl, 'SELECT number FROM change_sequence WHERE id = 1 FOR UPDATE NOWAIT');
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ER_LOCK_WAIT_TIMEOUT') throw error;
      await delay(EACH_MS);
    }
  }
  return false;
}
