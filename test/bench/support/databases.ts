import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { makeCredential } from '../../../src/keys/credential.js';
import { newId } from '../../../src/domain/index.js';
import { freshFolder, removeFolder } from '../../support/mariadbFolder';
import { startMariadb } from '../../support/mariadb';

/** A database of the bench's own, which goes with it. */
export interface BenchDatabase {
  readonly kind: 'SQLite' | 'MariaDB';
  readonly url: string;
  /** Runs one statement for each list of values, in as few round trips as there may be. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
  row(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>>;
  drop(): Promise<void>;
}

/** An SQLite file in a folder of its own. */
export async function sqliteDatabase(): Promise<BenchDatabase> {
  const folder = await freshFolder('bench-');
  const file = join(folder, 'bench.sqlite');
  const Database = createRequire(__filename)('better-sqlite3') as typeof BetterSqlite3;
  // Opened for each use and closed: the service must have the file to itself.
  const open = <T>(use: (database: BetterSqlite3.Database) => T): T => {
    const database = new Database(file);
    try {
      return use(database);
    } finally {
      database.close();
    }
  };
  return {
    kind: 'SQLite',
    url: `sqlite:${file}`,
    insert: (table, columns, rows) => {
      open((database) => {
        database.pragma('synchronous = OFF');
        const one = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
        database.transaction(() => rows.forEach((row) => one.run(...row)))();
      });
      return Promise.resolve();
    },
    row: (sql, values) => Promise.resolve(open((database) => database.prepare(sql).get(...values) as Record<string, unknown>)),
    drop: () => removeFolder(folder),
  };
}

const ROWS_A_STATEMENT = 500;

/** A database on a private MariaDB server. */
export async function mariadbDatabase(): Promise<BenchDatabase> {
  const server = await startMariadb({ args: ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=256M'] });
  const name = `bailiwick_test_${randomBytes(8).toString('hex')}`;
  const connection = await createConnection({ uri: server.url, timezone: 'Z' });
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.query(`USE ${name}`);
  return {
    kind: 'MariaDB',
    url: `${server.url}${name}`,
    async insert(table, columns, rows) {
      for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
        const values = rows.slice(first, first + ROWS_A_STATEMENT);
        await connection.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [values]);
      }
    },
    async row(sql, values) {
      const [rows] = await connection.query(sql, values as string[]);
      return (rows as Record<string, unknown>[])[0] as Record<string, unknown>;
    },
    async drop() {
      await connection.end();
      await server.stop();
    },
  };
}

const BATCH = 50_000;

/**
 * Copies a key that many times, with ids and secrets of their own, straight in SQL: what the lists of keys need beside
 * (`api_key_words`, `api_key_permissions`) stays out. Tells the credentials of the first so many.
 */
export async function copyKey(database: BenchDatabase, keyId: string, times: number, told: number): Promise<string[]> {
  const template = await database.row('SELECT * FROM api_keys WHERE id = ?', [keyId]);
  const columns = Object.keys(template).filter((column) => column !== 'stopped');
  const credentials: string[] = [];
  for (let made = 0; made < times; made += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, times - made) }, (_, index) => {
      const id = newId('key');
      const isTold = made + index < told;
      const fresh = isTold ? makeCredential(id, 'PRODUCTION') : null;
      if (fresh) credentials.push(fresh.credential);
      const own: Readonly<Record<string, unknown>> = { id, secret_digest: fresh?.digest ?? randomBytes(32) };
      return columns.map((column) => own[column] ?? template[column]);
    });
    await database.insert('api_keys', columns, rows);
  }
  return credentials;
}
