/** What drivers say: mysql2 and better-sqlite3 both put a `code` on their errors, TypeORM wraps them as `driverError`. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { driverError } = error as { driverError?: unknown };
  const source = driverError instanceof Error ? driverError : error;
  const { code } = source as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

const RETRY = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);
const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
]);

/** The database chose this transaction to give way to another; running it again is right. */
export const isWorthRetrying = (error: unknown): boolean => RETRY.has(codeOf(error) ?? '');

/** A unique index refused the row. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error) ?? '');

/** The database cannot be reached now. */
export const isAway = (error: unknown): boolean => AWAY.has(codeOf(error) ?? '');
