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
 * A lane for single statements that commit by themselves, prepared, on connections that nothing else uses, and each with a short
 * bound. It knows no transaction and never tries twice.
 */
export interface PromptLane {
  /** The rows of one statement, as they are committed now. */
  read(sql: string, parameters: readonly Cell[]): Promise<Readonly<Record<string, Cell>>[]>;
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

/** How wide a lane is. */
interface Width {
  readonly connections: number;
  /** For one statement, for a turn, and for a new connection. */
  readonly boundMs: number;
}

/** What requests wait for at each use of a key that is not remembered. */
export const FOR_KEYS: Width = { connections: 8, boundMs: 1_500 };
/** Waiting until a withdrawal is read everywhere: a lease is as long, and nobody waits much longer. */
export const FOR_WITHDRAWALS: Width = { connections: 4, boundMs: 500 };
/** Keeping up with the log, which nobody's key and nobody's withdrawal may keep waiting: else there is no lease. */
export const FOR_LOG: Width = { connections: 1, boundMs: 500 };
const MOST_WAITING = 2_000;

/** On an SQLite file: the connection that reads, which never waits. */
export const sqliteLane = (reading: DataSource): PromptLane => ({
  read: (sql, parameters) => reading.query(sql, [...parameters]),
  write: () => Promise.reject(new Error('one process has an SQLite file to itself: there is nobody to tell')),
  load: () => ({ busy: 0, waiting: 0 }),
  close: () => undefined,
});

/** On a MySQL or MariaDB server. */
export function mysqlLane(
  connection: ConnectionOptions,
  causal: CausalReads,
  { onStatement, around }: Watching,
  { connections, boundMs }: Width,
): PromptLane {
  const pool = new MysqlPool(
    { ...connection, connectTimeout: boundMs, enableKeepAlive: true },
    { statementMs: boundMs, session: `SET SESSION autocommit = 1, time_zone = '+00:00'${causal}` },
    { atOnce: connections, mostWaiting: MOST_WAITING, waitMs: boundMs },
  );
  const run = async (sql: string, values: readonly Cell[]): Promise<unknown> => {
    onStatement?.(sql);
    const held: PooledConnection = await pool.take();
    try {
      const send = (): Promise<readonly [unknown, unknown]> => held.execute({ sql, values: [...values] });
      const [result] = await (around ? around(sql, send) : send());
      return result;
    } finally {
      held.release();
    }
  };
  return {
    read: async (sql, parameters) => (await run(sql, parameters)) as Record<string, Cell>[],
    write: async (sql, parameters) => ((await run(sql, parameters)) as { affectedRows: number }).affectedRows,
    load: () => ({ busy: pool.turns.busy, waiting: pool.turns.waiting }),
    close: () => pool.end(() => undefined),
  };
}
