import type { QueryRunner } from 'typeorm';

/** A database that a migration runs on. */
type Server = 'sqlite' | 'mariadb' | 'mysql';

async function serverOf(runner: QueryRunner): Promise<Server> {
  if (runner.dataSource.options.type !== 'mysql') return 'sqlite';
  const [row] = (await runner.query('SELECT VERSION() AS version')) as { version: string }[];
  return /mariadb/i.test(row?.version ?? '') ? 'mariadb' : 'mysql';
}

/** Column types in our words. SQLite has no lengths: they are checked where input is parsed. */
function typesOf(server: Server) {
  const sqlite = server === 'sqlite';
  const varchar = (length: number): string => `varchar(${length})`;
  return {
    id: varchar(40),
    text: varchar,
    /** Text without a bound of the database's; what is written there is bounded in code. */
    json: sqlite ? 'text' : 'mediumtext',
    instant: sqlite ? 'datetime' : 'datetime(3)',
    flag: sqlite ? 'boolean' : 'tinyint(1)',
    integer: sqlite ? 'integer' : 'int',
    real: 'double',
    bytes: (length: number): string => (sqlite ? 'blob' : `varbinary(${length})`),
  };
}
export type Types = ReturnType<typeof typesOf>;

/** A table: its columns and constraints as SQL, its indexes by name. */
export interface TableDefinition {
  readonly name: string;
  readonly columns: (type: Types) => readonly string[];
  readonly indexes?: Readonly<Record<string, string>>;
  readonly uniques?: Readonly<Record<string, string>>;
  /** Rows are kept in the order of the primary key, as InnoDB keeps all: for narrow tables that are only read by ranges of it. */
  readonly clustered?: true;
}

// Ids, names and digests are compared byte by byte, and a trailing space counts: the default collations do neither.
const COLLATION = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' } as const;

/**
 * Makes a table, the same on SQLite, MariaDB and MySQL. Repeatable, because MySQL commits each definition by itself
 * and a migration may have been cut off in the middle.
 */
export async function createTable(
  runner: QueryRunner,
  { name, columns, indexes = {}, uniques = {}, clustered }: TableDefinition,
): Promise<void> {
  const server = await serverOf(runner);
  const lines = [...columns(typesOf(server))];
  if (server === 'sqlite') {
    await runner.query(`CREATE TABLE IF NOT EXISTS ${name} (${lines.join(', ')})${clustered ? ' WITHOUT ROWID' : ''}`);
    for (const [index, on] of Object.entries(indexes)) await runner.query(`CREATE INDEX IF NOT EXISTS ${index} ON ${name} (${on})`);
    for (const [index, on] of Object.entries(uniques)) await runner.query(`CREATE UNIQUE INDEX IF NOT EXISTS ${index} ON ${name} (${on})`);
    return;
  }
  for (const [index, on] of Object.entries(indexes)) lines.push(`KEY ${index} (${on})`);
  for (const [index, on] of Object.entries(uniques)) lines.push(`UNIQUE KEY ${index} (${on})`);
  await runner.query(
    `CREATE TABLE IF NOT EXISTS ${name} (${lines.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${COLLATION[server]}`,
  );
}

/**
 * Refuses, in the database itself, what no code may do. An ordinary MySQL user may make triggers only where the server
 * runs with `log_bin_trust_function_creators=1` or without binary logging.
 */
async function refuse(
  runner: QueryRunner,
  name: string,
  on: string,
  message: string,
  when: { sqlite: string; mysql: string },
): Promise<void> {
  if ((await serverOf(runner)) === 'sqlite') {
    await runner.query(`CREATE TRIGGER IF NOT EXISTS ${name} ${on} WHEN ${when.sqlite} BEGIN SELECT RAISE(ABORT, '${message}'); END`);
    return;
  }
  await runner.query(`DROP TRIGGER IF EXISTS ${name}`);
  await runner.query(
    `CREATE TRIGGER ${name} ${on} FOR EACH ROW BEGIN IF ${when.mysql} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${message}'; END IF; END`,
  );
}

/** No statement changes these columns. */
export async function fixColumns(runner: QueryRunner, table: string, fixed: readonly string[]): Promise<void> {
  await refuse(runner, `${table}_fixed`, `BEFORE UPDATE ON ${table}`, `${table}: ${fixed.join(', ')} are fixed at creation`, {
    sqlite: fixed.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR '),
    mysql: `NOT (${fixed.map((column) => `NEW.${column} <=> OLD.${column}`).join(' AND ')})`,
  });
}

/** No statement changes a row, nor deletes one that stands in the chain: whose `chained` column is not null. */
export async function appendOnly(runner: QueryRunner, table: string, chained: string): Promise<void> {
  const message = `${table} is append-only`;
  await refuse(runner, `${table}_kept`, `BEFORE UPDATE ON ${table}`, message, { sqlite: '1 = 1', mysql: '1 = 1' });
  const standing = `OLD.${chained} IS NOT NULL`;
  await refuse(runner, `${table}_whole`, `BEFORE DELETE ON ${table}`, message, { sqlite: standing, mysql: standing });
}

/** Adds a column, unless an interrupted run has added it already. */
export async function addColumn(runner: QueryRunner, table: string, column: string, definition: (type: Types) => string): Promise<void> {
  if (await runner.hasColumn(table, column)) return;
  await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition(typesOf(await serverOf(runner)))}`);
}

/** Adds an index to a table that stands, unless an interrupted run has added it already. */
export async function addIndex(runner: QueryRunner, table: string, index: string, columns: string): Promise<void> {
  if (!(await hasIndex(runner, table, index))) await runner.query(`CREATE INDEX ${index} ON ${table} (${columns})`);
}

/** Takes an index away, unless it is gone already. */
export async function dropIndex(runner: QueryRunner, table: string, index: string): Promise<void> {
  if (!(await hasIndex(runner, table, index))) return;
  await runner.query(`DROP INDEX ${index}${(await serverOf(runner)) === 'sqlite' ? '' : ` ON ${table}`}`);
}

async function hasIndex(runner: QueryRunner, table: string, index: string): Promise<boolean> {
  const found = (await runner.query(
    (await serverOf(runner)) === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?`
      : `SELECT index_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?`,
    [table, index],
  )) as unknown[];
  return found.length > 0;
}
