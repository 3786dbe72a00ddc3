import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { freshFolder, removeFolder } from './mariadbFolder';

/** The databases the tests run on. */
export type DatabaseKind = 'sqlite' | 'mariadb';

/** An empty database of a test's own. */
export interface TestDatabase {
  /** `sqlite:/path/to/bailiwick.sqlite` or `mysql://user:password@127.0.0.1:port/bailiwick_test_...`. */
  readonly url: string;
  /** Removes the database; close its connections first. */
  drop(): Promise<void>;
}

/** The database which the current Jest project tests on. */
export function databaseKind(): DatabaseKind {
  const kind = (globalThis as { DATABASE?: unknown }).DATABASE;
  if (kind === 'sqlite' || kind === 'mariadb') return kind;
  throw new Error(
    "This test needs a database: it belongs in a folder of Jest's sqlite and mariadb projects, which set the global DATABASE.",
  );
}

/** Creates an empty database, by default of the current Jest project's kind. */
export async function createTestDatabase(kind: DatabaseKind = databaseKind()): Promise<TestDatabase> {
  return kind === 'sqlite' ? createSqliteDatabase() : createMariadbDatabase(sharedServer());
}

/** Creates an empty database on the given server, for instance one which a test started for itself. */
export async function createMariadbDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `bailiwick_test_${randomBytes(8).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = '/';
  await execute(url, `CREATE DATABASE ${name}`);
  const server = new URL(url);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `DROP DATABASE IF EXISTS ${name}`) };
}

async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await freshFolder('bailiwick-sqlite-');
  return { url: `sqlite:${join(folder, 'bailiwick.sqlite')}`, drop: () => removeFolder(folder) };
}

function sharedServer(): string {
  const url = process.env['TEST_MARIADB_URL'];
  if (url) return url;
  throw new Error("No MariaDB was started: only Jest's mariadb project has one (see test/support/globalSetup.ts).");
}

async function execute(server: URL, statement: string): Promise<void> {
  const connection = await createConnection({ uri: server.href, connectTimeout: 5_000 });
  try {
    // A transaction left open makes DROP DATABASE wait, by default for a day.
    await connection.query('SET SESSION lock_wait_timeout = 10');
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
