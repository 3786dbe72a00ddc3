import { dirname } from 'node:path';
import { DataSource, type DataSourceOptions, type EntitySchema, type MigrationInterface } from 'typeorm';
import { Database, type Rows } from './Database.js';
import type { DatabaseUrl } from './dialect.js';
import { makeFolder } from './makeFolder.js';
import { migrateMysql } from './migrateMysql.js';
import { type AroundStatement, aroundStatements } from './aroundStatements.js';
import { type CausalReads, causalReads } from './causalReads.js';
import { FOR_KEYS, FOR_LOG, FOR_WITHDRAWALS, mysqlLane, type PromptLane, sqliteLane } from './PromptLane.js';
import { boundedPools, type MysqlLimits } from './boundedPools.js';
import { claimFile } from './sqliteFile.js';
import { StatementLog } from './StatementLog.js';
import { Turns } from './Turns.js';

/** What is opened, and what it is told of. */
export interface DatabaseOptions {
  readonly url: DatabaseUrl;
  readonly schemas: readonly EntitySchema<never>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** How much may be asked of MySQL at once, and how long it may take; the settings' defaults if left out. */
  readonly limits?: MysqlLimits | undefined;
  /** Put around each statement; nothing if left out. */
  readonly around?: AroundStatement | undefined;
  /** Called with each statement's text, never with its parameters. */
  readonly onStatement?: (sql: string) => void;
}

interface SqliteConnection {
  readonly pragma: (text: string) => unknown;
}

const CACHE_KIB = 64 * 1024;
const CHECKPOINT_PAGES = 4_000;
const CONNECT_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 10_000;
/** Changes wait for each other on SQLite. */
const ONE_WRITER = { atOnce: 1, mostWaiting: 1_000, waitMs: 10_000 };

/** Opens the database, brings its schema up to date and answers when it can be used. */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url.kind === 'sqlite' ? openSqlite(options, options.url.file) : openMysql(options, options.url);
}

function common({ schemas, migrations, onStatement }: DatabaseOptions) {
  return {
    entities: [...schemas],
    migrations: [...migrations],
    migrationsTransactionMode: 'each',
    synchronize: false,
    // A condition on null or undefined is a mistake, and must never find the first row (R38).
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    // TypeORM's own logger writes to the console, also where logging is off.
    logger: new StatementLog(onStatement),
  } satisfies Partial<DataSourceOptions>;
}

async function openSqlite(options: DatabaseOptions, file: string): Promise<Database> {
  makeFolder(dirname(file));
  const release = claimFile(file);
  const settings = { ...common(options), type: 'better-sqlite3', database: file, enableWAL: true } as const;
  const remember = (connection: SqliteConnection): void => {
    // In KiB: with SQLite's own 2 MiB, each row of a large table is fetched from the file again.
    connection.pragma(`cache_size = -${CACHE_KIB}`);
  };
  const prepareDatabase = (connection: SqliteConnection): void => {
    remember(connection);
    // An acknowledged change survives a power cut, not only a crash.
    connection.pragma('synchronous = FULL');
    // Pages of 4 KiB: what many changes write again and again, as the inner pages of indexes, goes to the file once.
    connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  };
  const writing = new DataSource({ ...settings, prepareDatabase });
  const reading = new DataSource({ ...settings, migrations: [], prepareDatabase: remember });
  try {
    await writing.initialize();
    await writing.runMigrations();
    await reading.initialize();
    if (options.around) for (const source of [reading, writing]) aroundStatements(source, options.around);
  } catch (error) {
    for (const source of [reading, writing]) if (source.isInitialized) await source.destroy();
    release();
    throw error;
  }
  const turns = { reading: null, writing: new Turns(ONE_WRITER) };
  return new Database(
    'sqlite',
    writing,
    reading,
    turns,
    { keys: sqliteLane(reading), withdrawals: sqliteLane(reading), log: sqliteLane(reading) },
    namesOf(writing),
    release,
  );
}

/** Migrations as the database has their names. */
const namesOf = ({ migrations }: DataSource): string[] => migrations.map((migration) => migration.name ?? migration.constructor.name);

/** A source whose statements may take as long as they like, unless a driver of ours bounds them. */
function mysqlSource(options: DatabaseOptions, url: Extract<DatabaseUrl, { kind: 'mysql' }>, driver?: object): DataSource {
  return new DataSource({
    ...common(options),
    ...mysqlConnection(url),
    type: 'mysql',
    username: url.user,
    connectTimeout: CONNECT_TIMEOUT_MS,
    extra: { enableKeepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS },
    ...(driver && { driver }),
  });
}

/** How MySQL is spoken to, whoever does. */
const mysqlConnection = ({ host, port, user, password, database }: Extract<DatabaseUrl, { kind: 'mysql' }>) => ({
  host,
  port,
  user,
  password,
  database,
  timezone: 'Z',
  charset: 'utf8mb4',
});

async function openMysql(options: DatabaseOptions, url: Extract<DatabaseUrl, { kind: 'mysql' }>): Promise<Database> {
  const migrating = mysqlSource(options, url);
  await migrating.initialize();
  let causal: CausalReads;
  const names = namesOf(migrating);
  try {
    await migrateMysql(migrating);
    causal = await causalReads(migrating);
  } finally {
    await migrating.destroy();
  }
  const { reading, writing, turns } = boundedPools(
    (driver) => mysqlSource({ ...options, migrations: [] }, url, driver),
    options.limits,
    causal,
  );
  try {
    await reading.initialize();
    await writing.initialize();
    if (options.around) for (const source of [reading, writing]) aroundStatements(source, options.around);
  } catch (error) {
    for (const source of [reading, writing]) if (source.isInitialized) await source.destroy();
    throw error;
  }
  const lane = (width: typeof FOR_KEYS): PromptLane => mysqlLane(mysqlConnection(url), causal, options, width);
  const lanes = { keys: lane(FOR_KEYS), withdrawals: lane(FOR_WITHDRAWALS), log: lane(FOR_LOG) };
  return new Database('mysql', writing, reading, turns(), lanes, names, () => undefined);
}

/** A database that is only read. */
export interface ReadingDatabase {
  /** Reads all of it as it stands at one instant, whatever others write meanwhile. */
  snapshot<T>(read: (rows: Rows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a database that is in place already, also beside a running service, to read it and nothing else. */
export async function openForReading(options: DatabaseOptions): Promise<ReadingDatabase> {
  const { url } = options;
  const source =
    url.kind === 'sqlite'
      ? new DataSource({ ...common(options), type: 'better-sqlite3', database: url.file, fileMustExist: true, readonly: true })
      : mysqlSource(options, url);
  await source.initialize();
  const isolation = url.kind === 'sqlite' ? 'SERIALIZABLE' : 'REPEATABLE READ';
  return { snapshot: (read) => source.transaction(isolation, read), close: () => source.destroy() };
}
