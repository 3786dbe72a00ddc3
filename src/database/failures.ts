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

/** mysql2's, without a code: the connection broke between two statements, or too many wait for one. */
const AWAY_IN_WORDS = new Set(["Can't add new command when connection is in closed state", 'Queue limit reached.']);

/** The database chose this transaction to give way to another; running it again is right. */
export const isWorthRetrying = (error: unknown): boolean => RETRY.has(codeOf(error) ?? '');

/** A unique index refused the row. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error) ?? '');

/** The database cannot be reached now. */
export const isAway = (error: unknown): boolean => AWAY.has(codeOf(error) ?? '') || AWAY_IN_WORDS.has(thrownBy(error)?.message ?? '');

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
