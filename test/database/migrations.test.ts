import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { type Database, FileInUse, parseDatabaseUrl } from '../../src/database/index.js';
import { migrateMysql } from '../../src/database/migrateMysql.js';
import { StatementLog } from '../../src/database/StatementLog.js';
import { createTestDatabase, databaseKind, type TestDatabase } from '../support/testDatabase.js';
import { errorOf, openAt } from './databaseWorld.js';
import { describeSchema, type SchemaDescription } from './describeSchema.js';

const onSqlite = databaseKind() === 'sqlite';

let homes: TestDatabase[] = [];
const freshDatabase = async (): Promise<string> => {
  const home = await createTestDatabase();
  homes.push(home);
  return home.url;
};
afterEach(async () => {
  for (const home of homes) await home.drop();
  homes = [];
});

const ran = async (database: Database): Promise<string[]> =>
  (await database.reader.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);
const all = migrations.map((Migration) => new Migration().name);

async function whole(url: string): Promise<{ schema: SchemaDescription; names: string[] }> {
  const database = await openAt(url);
  try {
    return { schema: await describeSchema(database.reader), names: await ran(database) };
  } finally {
    await database.close();
  }
}

const isDefinition = (sql: string): boolean => /^\s*(CREATE|DROP|ALTER|INSERT|UPDATE|DELETE)\b/i.test(sql);

describe('migrations', () => {
  it('run once, in their order; a second start changes nothing', async () => {
    const url = await freshDatabase();
    const first = await whole(url);
    expect(first.names).toEqual(all);
    const statements: string[] = [];
    const database = await openAt(url, (sql) => void statements.push(sql));
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter(isDefinition)).toEqual([]);
    expect(await ran(database)).toEqual(all);
    expect(await describeSchema(database.reader)).toEqual(first.schema);
    await database.close();
  });

  it('have timestamps that grow, so that a later one runs later', () => {
    const timestamps = all.map((name) => Number(name.slice(-13)));
    expect(timestamps).toEqual([...timestamps].sort((left, right) => left - right));
    expect(new Set(timestamps).size).toBe(all.length);
  });

  it('take themselves back completely, the last one first', async () => {
    const source = new DataSource(settingsOf(await freshDatabase()));
    await source.initialize();
    await source.runMigrations();
    for (const _ of all) await source.undoLastMigration();
    expect(await describeSchema(source.manager)).toEqual({});
    await source.destroy();
  });
});

describe('a migration that is cut off', () => {
  it('after any single statement is completed by the next start', async () => {
    const { schema } = await whole(await freshDatabase());
    const statements = await cutOff(await freshDatabase(), Infinity);
    expect(statements).toBeGreaterThan(30);
    for (let survived = 0; survived < statements; survived += 1) {
      const url = await freshDatabase();
      await cutOff(url, survived);
      const completed = await whole(url);
      expect([survived, completed.names]).toEqual([survived, all]);
      expect([survived, completed.schema]).toEqual([survived, schema]);
      await homes.pop()?.drop();
    }
  }, 900_000);
});

describe('processes that start at once', () => {
  it('on one MySQL database: four of them migrate it once', async () => {
    if (onSqlite) return;
    const url = await freshDatabase();
    const statements: string[] = [];
    const opened = await Promise.all([1, 2, 3, 4].map(() => openAt(url, (sql) => void statements.push(sql))));
    const [first] = opened;
    expect(await ran(first!)).toEqual(all);
    expect(statements.filter((sql) => /CREATE TABLE IF NOT EXISTS namespaces /.test(sql))).toHaveLength(1);
    const triggers = statements.flatMap((sql) => /CREATE TRIGGER (\w+)/.exec(sql)?.[1] ?? []);
    expect(triggers.sort()).toEqual([
      'api_keys_fixed',
      'audit_events_kept',
      'audit_events_whole',
      'retired_secrets_kept',
      'retired_secrets_whole',
    ]);
    for (const database of opened) await database.close();
  });

  it('on one SQLite file: the first has it, whatever the others call it, and the next one after it is closed', async () => {
    if (!onSqlite) return;
    const url = await freshDatabase();
    const [file, link] = [url.slice('sqlite:'.length), join(dirname(url.slice('sqlite:'.length)), 'link.sqlite')];
    const first = await openAt(url);
    symlinkSync(file, link);
    for (const name of [url, `sqlite:${link}`, `sqlite:${dirname(file)}/../${file.split('/').at(-2)}/bailiwick.sqlite`]) {
      expect(await errorOf(() => openAt(name))).toBeInstanceOf(FileInUse);
    }
    expect(await first.schema()).toBe('current');
    await first.close();
    await (await openAt(`sqlite:${link}`)).close();
    expect(existsSync(`${file}.lock`)).toBe(true);
  });
});

/** What the service opens its database with, as far as migrations are concerned. */
function settingsOf(address: string): DataSourceOptions {
  const url = parseDatabaseUrl(address);
  const logger = new StatementLog();
  const common = { migrations: [...migrations], migrationsTransactionMode: 'each' as const, logger };
  if (url?.kind === 'sqlite') return { ...common, type: 'better-sqlite3', database: url.file, enableWAL: true };
  if (url?.kind !== 'mysql') throw new Error('the test database has no readable address');
  const { host, port, user, password, database } = url;
  return { ...common, type: 'mysql', host, port, username: user, password, database, timezone: 'Z', charset: 'utf8mb4' };
}

/** Migrates until so many statements have been run, then dies as a process does: nothing more is sent. How many were run. */
async function cutOff(address: string, survive: number): Promise<number> {
  const source = new DataSource(settingsOf(address));
  await source.initialize();
  let sent = 0;
  const create = source.createQueryRunner.bind(source);
  const counted = new WeakSet<QueryRunner>();
  source.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (counted.has(runner)) return runner;
    counted.add(runner);
    const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
    runner.query = (async (...parameters: unknown[]) => {
      if (sent >= survive) throw new Error('the process has died');
      sent += 1;
      return query(...parameters);
    }) as typeof runner.query;
    return runner;
  };
  try {
    const work = onSqlite ? source.runMigrations() : migrateMysql(source);
    if (survive === Infinity) await work;
    else await expect(work).rejects.toThrow('the process has died');
  } finally {
    await source.destroy();
  }
  return sent;
}
