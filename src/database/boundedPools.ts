import type { DataSource } from 'typeorm';
import type { DatabaseTurns } from './Database.js';
import type { CausalReads } from './causalReads.js';
import { boundedDriver } from './MysqlPool.js';
import type { Turns } from './Turns.js';

/** Only where changes are made may a message hold several statements (`sendTogether`). */
const TOGETHER = { multipleStatements: true };

/** How much may be asked of MySQL at once, and how long it may take. */
export interface MysqlLimits {
  /** Connections to read with, and as many to change with. */
  readonly connections: number;
  /** For a statement that reads; one that changes has twice as long. */
  readonly timeoutMs: number;
}

const USUAL: MysqlLimits = { connections: 10, timeoutMs: 5_000 };
const MOST_WAITING = 1_000;
const WAIT_MS = 3_000;

/** MariaDB alone reads `M!`; MySQL alone reads 50708, which MariaDB passes over on purpose. */
const endReadsAfter = (milliseconds: number): string =>
  `SET SESSION autocommit = 1, time_zone = '+00:00' /*M! , max_statement_time = ${milliseconds / 1_000} */ /*!50708 , max_execution_time = ${milliseconds} */`;

/** A process that is frozen in the middle of a change holds its tenant no longer than this. MySQL cannot tell such a connection from one at rest. */
const IDLE_IN_CHANGE_SECONDS = 3;
const IDLE_SECONDS = 10;
/** A connection at rest is ended by us, well before the server would. */
const REST_MS = 5_000;

/** Whoever waits for a row gives up before we give up the connection, and then knows that nothing was done. */
const endWaitsAfter = (milliseconds: number): string =>
  `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = ${Math.max(1, Math.floor(milliseconds / 1_000))}, wait_timeout = ${IDLE_SECONDS} /*M! , idle_transaction_timeout = ${IDLE_IN_CHANGE_SECONDS} */`;

/**
 * Two sources with connections of their own: changes that are stuck, on a row that somebody holds, never keep anybody from reading.
 * The server is told the bounds as well, so that it does not work on for somebody who has gone.
 */
export function boundedPools(
  source: (driver: object) => DataSource,
  { connections, timeoutMs }: MysqlLimits = USUAL,
  causal: CausalReads = '',
) {
  const limits = { atOnce: connections, mostWaiting: MOST_WAITING, waitMs: WAIT_MS };
  const made: Turns[] = [];
  const keep = ({ turns }: { readonly turns: Turns }): void => void made.push(turns);
  const [readMs, writeMs] = [timeoutMs, 2 * timeoutMs];
  const reading = source(boundedDriver({ statementMs: readMs, session: endReadsAfter(readMs) + causal }, limits, keep));
  const writing = source(
    boundedDriver({ statementMs: writeMs, restMs: REST_MS, session: endWaitsAfter(timeoutMs) + causal }, limits, keep, TOGETHER),
  );
  /** Once both are initialized, the first to read. */
  const turns = (): DatabaseTurns => {
    const [readingTurns, writingTurns] = made;
    if (!readingTurns || !writingTurns) throw new Error('the pools are not there yet');
    return { reading: readingTurns, writing: writingTurns };
  };
  return { reading, writing, turns };
}
