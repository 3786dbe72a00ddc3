import { setImmediate as turn } from 'node:timers/promises';
import { In } from 'typeorm';
import { addUp, insertRows, isDuplicate, type Rows } from '../database/index.js';
import { markUsed } from '../keys/index.js';
import type { Lines } from './LogMinute.js';
import type { LastUse } from './UsageCounts.js';
import { UsageHourRows, type UsageHourRow } from './UsageHourRow.js';
import { VerificationLogRows } from './VerificationLogRow.js';

/** What is written at once about the use of keys. */
export interface Statistics extends Lines {
  readonly hours: readonly UsageHourRow[];
  readonly lastUses: readonly LastUse[];
}

/** The rows that the use of keys makes: nobody's act, and so without a permit. They change nothing that anybody decides on. */
export class StatisticsStore {
  constructor(private readonly rows: Rows) {}

  /**
   * Adds all of it, in one transaction. False: a line of it is there already, because an earlier try was committed and its
   * answer was lost on the way. Then nothing was added, and this transaction must not be committed.
   */
  async write({ lines, more, displaced, hours, lastUses }: Statistics): Promise<boolean> {
    try {
      await insertRows(this.rows, VerificationLogRows, lines);
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
    // On SQLite others are answered between statements, and nobody while one runs.
    await turn();
    if (displaced.length > 0) await this.rows.delete(VerificationLogRows, { id: In([...displaced]) });
    await addUp(this.rows, VerificationLogRows, ['uses'], more);
    await turn();
    await addUp(this.rows, UsageHourRows, ['verified', 'denied', 'rateLimited'], hours);
    await turn();
    await markUsed(this.rows, lastUses);
    return true;
  }
}
