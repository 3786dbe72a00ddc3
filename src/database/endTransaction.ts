import type { DataSource } from 'typeorm';

/** What TypeORM keeps of its one connection to an SQLite file. */
interface SqliteDriver {
  readonly databaseConnection: { readonly inTransaction: boolean; readonly exec: (sql: string) => unknown };
  queryRunner?: { readonly transactionDepth: number } | undefined;
}

/**
 * Ends what a change has left behind whose COMMIT failed and then its ROLLBACK, as on a full disk. TypeORM would go on counting: each later
 * change would be a savepoint of a transaction that nobody ends, answered as done and never committed. Throws where even that fails.
 */
export function endTransaction({ driver }: DataSource): void {
  const sqlite = driver as unknown as SqliteDriver;
  if (sqlite.databaseConnection.inTransaction) sqlite.databaseConnection.exec('ROLLBACK');
  // Its depth cannot be set: the next one begins at none.
  if (sqlite.queryRunner && sqlite.queryRunner.transactionDepth > 0) sqlite.queryRunner = undefined;
}
