import { setImmediate as turn } from 'node:timers/promises';
import { allowLong } from './allowLong.js';
import type { Database, Rows } from './Database.js';

/** Deletes so many rows at the most; how many. */
type DeleteSome = (rows: Rows, most: number) => Promise<number>;

/** Deletes batch by batch, each in its own transaction, until nothing is left or `stop`; how many rows. */
export async function deleteInBatches(database: Database, most: number, deleteSome: DeleteSome, stop?: AbortSignal): Promise<number> {
  let deleted = 0;
  while (!stop?.aborted) {
    const some = await database.transact(async (rows) => {
      await allowLong(rows);
      return deleteSome(rows, most);
    });
    deleted += some;
    if (some < most) break;
    // Whoever waits for the database goes first.
    await turn();
  }
  return deleted;
}
