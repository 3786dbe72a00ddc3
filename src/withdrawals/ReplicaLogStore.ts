import { type Cell, type PromptLane, type Rows, sendTogether } from '../database/index.js';
import type { LogReading, ReplicaLog } from './ReplicaLog.js';
import type { SubjectId } from './Withdrawals.js';

/** Changes that one reading hands over. Whoever is further behind than that forgets everything instead. */
export const MOST_CHANGES = 5_000;
/** No replica ever acknowledges it. */
const NOBODY_READS = Number.MAX_SAFE_INTEGER;

/**
 * Ends a transaction: draws the next number, writes under it whom the change concerns, commits, and answers the number. All in one
 * message, because every withdrawal waits for whoever holds the row of the sequence: that is the server while it works through
 * these three, and never a process that is frozen, slow or gone.
 */
export async function commitChange(rows: Rows, subjects: readonly SubjectId[], at: Date): Promise<number> {
  const lines = subjects.map(() => '(LAST_INSERT_ID(), ?, ?)').join(', ');
  const [drawn] = await sendTogether(rows, [
    { sql: 'UPDATE change_sequence SET number = LAST_INSERT_ID(number + 1) WHERE id = 1' },
    {
      sql: `INSERT INTO change_log (number, subject_id, created_at) VALUES ${lines}`,
      values: subjects.flatMap((subject) => [subject, at]),
    },
    { sql: 'COMMIT' },
  ]);
  // It is committed, and must not be told as undone. A sequence that has lost its row gives no number: then all leases are waited for.
  return drawn?.insertId || NOBODY_READS;
}

/**
 * Deletes the oldest lines until then, so many at most; how many. Whole numbers only: of one that lost a part of its subjects,
 * nobody could tell. A replica that would have needed them forgets everything.
 */
export async function purgeChanges(rows: Rows, until: Date, most: number): Promise<number> {
  const oldest = await rows.query<{ number: string | number }[]>(
    'SELECT number FROM change_log WHERE created_at < ? ORDER BY number LIMIT ?',
    [until, most],
  );
  const last = oldest.at(-1)?.number;
  if (last === undefined) return 0;
  const { affectedRows } = await rows.query<{ affectedRows: number }>('DELETE FROM change_log WHERE created_at < ? AND number <= ?', [
    until,
    last,
  ]);
  return affectedRows;
}

/** The log and the registry on a MySQL or MariaDB server. */
export class ReplicaLogStore implements ReplicaLog {
  constructor(
    private readonly lane: PromptLane,
    private readonly id: string,
    private readonly mostChanges = MOST_CHANGES,
  ) {}

  async register(): Promise<void> {
    await this.lane.write('REPLACE INTO replicas (id, acknowledged, seen_at) VALUES (?, -1, NOW(3))', [this.id]);
  }

  async read(after: number): Promise<LogReading> {
    // One statement sees one state: no change between the head and the lines is missed, nor is one half read.
    const rows = await this.lane.read(
      `SELECT s.number AS head, UNIX_TIMESTAMP(NOW(6)) * 1000 AS now, l.number AS number, l.subject_id AS subject
         FROM change_sequence s LEFT JOIN change_log l ON l.number > ? WHERE s.id = 1 ORDER BY l.number LIMIT ${this.mostChanges}`,
      [after],
    );
    const [first] = rows;
    if (!first) throw new Error('the change log has lost its sequence');
    const changes = rows.flatMap(({ number, subject }) =>
      number === null ? [] : [{ number: numberOf(number), subjectId: subject as string }],
    );
    // The last number may be cut through, and a part of its subjects missing: then it was not read.
    const cut = rows.length < this.mostChanges ? undefined : changes.at(-1)?.number;
    const whole = changes.filter(({ number }) => number !== cut);
    return { head: numberOf(first['head']), now: numberOf(first['now']), changes: whole };
  }

  async acknowledge(number: number): Promise<boolean> {
    return (await this.lane.write('UPDATE replicas SET acknowledged = ?, seen_at = NOW(3) WHERE id = ?', [number, this.id])) === 1;
  }

  async leave(): Promise<void> {
    await this.lane.write('DELETE FROM replicas WHERE id = ?', [this.id]);
  }

  async behind(number: number): Promise<readonly string[]> {
    const rows = await this.lane.read('SELECT id FROM replicas WHERE acknowledged < ?', [number]);
    return rows.map(({ id }) => id as string);
  }

  async head(): Promise<number> {
    const [row] = await this.lane.read('SELECT number FROM change_sequence WHERE id = 1', []);
    return numberOf(row?.['number']);
  }

  async forgetSilent(silentMs: number): Promise<void> {
    await this.lane.write('DELETE FROM replicas WHERE seen_at < NOW(3) - INTERVAL ? MICROSECOND', [silentMs * 1_000]);
  }
}

/** A number of the database, also where the driver hands a decimal over as text. */
function numberOf(cell: Cell | undefined): number {
  const number = Number(cell);
  if (cell === null || cell === undefined || !Number.isFinite(number)) throw new Error('the change log holds something that is no number');
  return number;
}
