import { DatabaseBusy } from './Turns.js';

/** What the driver threw: TypeORM wraps it as `driverError`. */
function thrownBy(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  const { driverError } = error as { driverError?: unknown };
  return driverError instanceof Error ? driverError : error;
}

/** mysql2 and better-sqlite3 both put a `code` on their errors. */
function codeOf(error: unknown): string | null {
  const { code } = (thrownBy(error) ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

const RETRY = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);
const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);

/** The database cannot be reached, or cannot do it now, and may later. */
const AWAY = new Set([
  // The network
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // The connection: broken, or not answered in time
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ERROR',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_UNEXPECTED_PACKET',
  // The server has no room
  'ER_CON_COUNT_ERROR',
  'ER_DISK_FULL',
  'ER_HOST_IS_BLOCKED',
  'ER_RECORD_FILE_FULL',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  // The server goes, or is not there yet; the last is Galera's word for a node that is cut off
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_NORMAL_SHUTDOWN',
  'ER_SERVER_OFFLINE_MODE',
  'ER_SERVER_SHUTDOWN',
  'ER_UNKNOWN_COM_ERROR',
  // The server takes no changes now
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  // It took too long, or somebody ended it
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  // Others got in the way, as often as it was tried
  ...RETRY,
  // SQLite
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_LOCKED',
]);

/** MariaDB's own, which mysql2 has no names for: a statement took too long; the connection was killed. */
const AWAY_BY_NUMBER = new Set([1969, 1927]);
/** SQLite says what it could not do on the disk behind these. */
const AWAY_BEGINNINGS = ['SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_BUSY_'];

/** mysql2's, without a code: the connection broke between two statements, and this one was never sent. */
const AWAY_IN_WORDS = new Set([
  "Can't add new command when connection is in closed state",
  "Can't write in closed state",
  'Pool is closed.',
]);

/** The database chose this transaction to give way to another; running it again is right. */
export const isWorthRetrying = (error: unknown): boolean => RETRY.has(codeOf(error) ?? '');

/** A unique index refused the row. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error) ?? '');

/** The database cannot be reached now, or cannot do what it was asked: it may be asked again. */
export function isAway(error: unknown): boolean {
  const thrown = thrownBy(error);
  if (thrown === null) return false;
  const code = codeOf(error) ?? '';
  const { errno } = thrown as { errno?: unknown };
  return (
    thrown instanceof DatabaseBusy ||
    AWAY.has(code) ||
    AWAY_BY_NUMBER.has(Number(errno)) ||
    AWAY_BEGINNINGS.some((beginning) => code.startsWith(beginning)) ||
    AWAY_IN_WORDS.has(thrown.message)
  );
}

/** The answer to a COMMIT was lost: nobody knows whether the change was made. What was lost before it was undone. */
export const isInDoubt = (error: unknown): boolean =>
  isAway(error) &&
  !isWorthRetrying(error) &&
  !AWAY_IN_WORDS.has(thrownBy(error)?.message ?? '') &&
  String((error as { query?: unknown }).query).endsWith('COMMIT');

/** A message without the value that a unique index has already; the name of the index stays. */
const withoutEntry = (text: string): string => text.replace(/Duplicate entry '.*' for key/s, "Duplicate entry '...' for key");

/**
 * A failure as the log may tell it. TypeORM and the drivers put the values of the statement on their errors, among them
 * digests and addresses (R25), and MySQL tells of a duplicate in words: what is left is what happened, where, and the statement without them.
 */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutEntry(error.message);
  const stack = error.stack && withoutEntry(error.stack);
  const { query } = error as { query?: unknown };
  const code = codeOf(error);
  // Of the same class, so that the log tells its name.
  const told = Object.create(Object.getPrototypeOf(error) as object) as Error;
  return Object.assign(told, { message, stack, ...(code !== null && { code }), ...(typeof query === 'string' && { query }) });
}
