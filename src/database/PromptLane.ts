import type { ConnectionOptions } from 'mysql2';
import type { DataSource } from 'typeorm';
import type { AroundStatement } from './aroundStatements.js';
import type { CausalReads } from './causalReads.js';
import { MysqlPool } from './MysqlPool.js';
import type { PooledConnection } from './PooledConnection.js';
import type { DatabaseLoad } from './Turns.js';

/** A value of a row, as both drivers hand it over. */
export type Cell = string | number | Buffer | Date | null;

/**
 * The lane for what a request waits for at each use of a key: single statements that commit by themselves, prepared, on
 * connections that nothing else uses, and each with a short bound. It knows no transaction and never tries twice.
 */
export interface PromptLane {
  /** The rows of one statement, as they are committed now; `patiently` is bounded by what a request may wait for, not by a lease. */
  read(sql: string, parameters: readonly Cell[], patiently?: 'patiently'): Promise<Readonly<Record<string, Cell>>[]>;
  /** How many rows one statement matched. */
  write(sql: string, parameters: readonly Cell[]): Promise<number>;
  load(): DatabaseLoad;
  close(): void;
}

/** Who is told of each statement, or is put around it. */
interface Watching {
  readonly onStatement?: ((sql: string) => void) | undefined;
  readonly around?: AroundStatement | undefined;
}

const CONNECTIONS = 8;
const MOST_WAITING = 2_000;
/** A lease is as long: what is read of the log later than that is worth nothing. */
const BOUND_MS = 500;
/** Of what a request waits for. */
const PATIENT_MS = 1_500;

/** On an SQLite file: the connection that reads, which never waits. */
export const sqliteLane = (reading: DataSource): PromptLane => ({
  read: (sql, parameters) => reading.query(sql, [...parameters]),
  write: () => Promise.reject(new Error('one process has an SQLite file to itself: there is nobody to tell')),
  load: () => ({ busy: 0, waiting: 0 }),
  close: () => undefined,
});

/** On a MySQL or MariaDB server. */
export function mysqlLane(connection: ConnectionOptions, causal: CausalReads, { onStatement, around }: Watching): PromptLane {
  const pool = new MysqlPool(
    { ...connection, connectTimeout: PATIENT_MS, enableKeepAlive: true },
    { statementMs: BOUND_MS, session: `SET SESSION autocommit = 1${causal}` },
    { atOnce: CONNECTIONS, mostWaiting: MOST_WAITING, waitMs: PATIENT_MS },
  );
  const run = async (sql: string, values: readonly Cell[], patiently = false): Promise<unknown> => {
    onStatement?.(sql);
    const held: PooledConnection = await pool.take();
    if (patiently) held.allow(PATIENT_MS);
    try {
      const send = (): Promise<readonly [unknown, unknown]> => held.execute({ sql, values: [...values] });
      const [result] = await (around ? around(sql, send) : send());
      return result;
    } finally {
      held.release();
    }
  };
  return {
    read: async (sql, parameters, patiently) => (await run(sql, parameters, patiently === 'patiently')) as Record<string, Cell>[],
    write: async (sql, parameters) => ((await run(sql, parameters)) as { affectedRows: number }).affectedRows,
    load: () => ({ busy: pool.turns.busy, waiting: pool.turns.waiting }),
    close: () => pool.end(() => undefined),
  };
}
