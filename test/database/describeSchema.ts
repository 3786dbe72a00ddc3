import type { Rows } from '../../src/database/index.js';

/** A table in words that do not depend on the database. */
export interface TableDescription {
  /** Name, type and nullability, in their order. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  /** By name: whether unique, and the columns in their order. */
  readonly indexes: Readonly<Record<string, string>>;
  /** `column -> table.column`, and what a change or deletion over there does. */
  readonly foreignKeys: readonly string[];
  /** The names of checks and foreign keys. */
  readonly constraints: readonly string[];
  /** By name: when it fires, and the columns that it looks at. */
  readonly triggers: Readonly<Record<string, string>>;
}

export type SchemaDescription = Readonly<Record<string, TableDescription>>;

/** Every table of ours, as the database itself tells it. */
export function describeSchema(rows: Rows): Promise<SchemaDescription> {
  return rows.dataSource.options.type === 'mysql' ? describeMysql(rows) : describeSqlite(rows);
}

type Texts = Record<string, string>;

/** SQLite's and MySQL's names for the types of `migrations/table.ts`; of bytes only MySQL knows the length. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(text|mediumtext)$/i, 'json'],
  [/^datetime(\(3\))?$/i, 'instant'],
  [/^(boolean|tinyint(\(1\))?)$/i, 'flag'],
  [/^(integer|int(\(\d+\))?)$/i, 'integer'],
  [/^bigint(\(\d+\))?$/i, 'bigint'],
  [/^(blob|varbinary\(\d+\))$/i, 'bytes'],
];
const typeOf = (type: string): string => TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? type.toLowerCase();

const column = (name: string, type: string, nullable: boolean): string => `${name} ${typeOf(type)}${nullable ? '' : ' NOT NULL'}`;
/** MariaDB says RESTRICT where nothing was said, which does the same in InnoDB. */
const rule = (text: string): string => (text === 'RESTRICT' ? 'NO ACTION' : text);
const index = (unique: boolean, columns: readonly string[]): string => `${unique ? 'unique ' : ''}(${columns.join(', ')})`;
const columnsOfTrigger = (sql: string): string =>
  [...new Set([...sql.matchAll(/NEW\.`?(\w+)/g)].map((match) => match[1]))].sort().join(', ');

async function describeSqlite(rows: Rows): Promise<SchemaDescription> {
  const tables = await rows.query<Texts[]>(
    `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'migrations' ORDER BY name`,
  );
  const described: Record<string, TableDescription> = {};
  for (const { name = '', sql = '' } of tables) {
    const columns = await rows.query<{ name: string; type: string; notnull: number; pk: number }[]>(`PRAGMA table_info(${name})`);
    const indexes: Record<string, string> = {};
    for (const found of await rows.query<{ name: string; unique: number; origin: string }[]>(`PRAGMA index_list(${name})`)) {
      if (found.origin === 'pk') continue;
      const parts = await rows.query<{ name: string }[]>(`PRAGMA index_info(${found.name})`);
      indexes[found.name] = index(
        found.unique === 1,
        parts.map((part) => part.name),
      );
    }
    const foreignKeys = await rows.query<Texts[]>(`PRAGMA foreign_key_list(${name})`);
    const triggers = await rows.query<Texts[]>(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?`, [name]);
    described[name] = {
      columns: columns.map((found) => column(found.name, found.type, found.notnull === 0)),
      primaryKey: columns
        .filter(({ pk }) => pk > 0)
        .sort((left, right) => left.pk - right.pk)
        .map((found) => found.name),
      indexes,
      foreignKeys: foreignKeys
        .map((key) => `${key['from']} -> ${key['table']}.${key['to']}, ${key['on_update']}, ${key['on_delete']}`)
        .sort(),
      constraints: [...sql.matchAll(/CONSTRAINT (\w+)/g)].map((match) => match[1] ?? '').sort(),
      triggers: Object.fromEntries(
        triggers.map((found) => [
          found['name'],
          `${/(BEFORE|AFTER) (UPDATE|INSERT|DELETE)/.exec(found['sql'] ?? '')?.[0]}: ${columnsOfTrigger(found['sql'] ?? '')}`,
        ]),
      ),
    };
  }
  return described;
}

/** `WHERE table_schema = DATABASE()` in each of these, and MySQL's upper-case names turned into ours. */
const inThisDatabase = (columns: string, table: string, more = ''): string =>
  `SELECT ${columns} FROM information_schema.${table} WHERE table_schema = DATABASE() AND table_name <> 'migrations' ${more}`;

async function describeMysql(rows: Rows): Promise<SchemaDescription> {
  const ask = (sql: string): Promise<Texts[]> => rows.query<Texts[]>(sql);
  const tables = await ask(inThisDatabase('table_name AS t', 'tables', 'ORDER BY BINARY table_name'));
  const columns = await ask(
    inThisDatabase('table_name AS t, column_name AS c, column_type AS type, is_nullable AS n', 'columns', 'ORDER BY ordinal_position'),
  );
  const parts = await ask(
    inThisDatabase(
      'table_name AS t, index_name AS i, non_unique AS n, column_name AS c',
      'statistics',
      'ORDER BY index_name, seq_in_index',
    ),
  );
  const constraints = await ask(
    inThisDatabase('table_name AS t, constraint_name AS c', 'table_constraints', `AND constraint_type IN ('CHECK', 'FOREIGN KEY')`),
  );
  const foreignKeys = await ask(
    `SELECT k.table_name AS t, k.column_name AS c, k.referenced_table_name AS rt, k.referenced_column_name AS rc, r.update_rule AS u, r.delete_rule AS d
     FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
     ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
     WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL`,
  );
  const triggers = await ask(
    `SELECT event_object_table AS t, trigger_name AS name, action_timing AS timing, event_manipulation AS event, action_statement AS body
     FROM information_schema.triggers WHERE trigger_schema = DATABASE()`,
  );
  return Object.fromEntries(
    tables.map(({ t = '' }) => {
      const here = <T extends Texts>(found: readonly T[]): T[] => found.filter((row) => row['t'] === t);
      const byIndex = Map.groupBy(here(parts), (row) => row['i'] ?? '');
      const named = (row: Texts): string => row['c'] ?? '';
      return [
        t,
        {
          columns: here(columns).map((row) => column(named(row), row['type'] ?? '', row['n'] === 'YES')),
          primaryKey: (byIndex.get('PRIMARY') ?? []).map(named),
          indexes: Object.fromEntries(
            [...byIndex]
              .filter(([name]) => name !== 'PRIMARY')
              .map(([name, found]) => [name, index(Number(found[0]?.['n']) === 0, found.map(named))]),
          ),
          foreignKeys: here(foreignKeys)
            .map((row) => `${named(row)} -> ${row['rt']}.${row['rc']}, ${rule(row['u'] ?? '')}, ${rule(row['d'] ?? '')}`)
            .sort(),
          constraints: here(constraints).map(named).sort(),
          triggers: Object.fromEntries(
            here(triggers).map((row) => [row['name'], `${row['timing']} ${row['event']}: ${columnsOfTrigger(row['body'] ?? '')}`]),
          ),
        },
      ];
    }),
  );
}
