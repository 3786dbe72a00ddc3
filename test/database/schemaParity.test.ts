import type { Database } from '../../src/database/index.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase, createTestDatabase, type TestDatabase } from '../support/testDatabase.js';
import { openAt, schemas } from './databaseWorld.js';
import { describeSchema, type SchemaDescription } from './describeSchema.js';

/** The run's server, or one of this file's own where the run has none. */
let own: MariadbServer | undefined;
let homes: readonly TestDatabase[];
let databases: readonly Database[];
let onSqlite: SchemaDescription;
let onMysql: SchemaDescription;

beforeAll(async () => {
  const shared = process.env['TEST_MARIADB_URL'];
  if (!shared) own = await startMariadb();
  homes = [await createTestDatabase('sqlite'), await createMariadbDatabase(shared ?? own?.url ?? '')];
  databases = await Promise.all(homes.map(({ url }) => openAt(url)));
  const [sqlite, mysql] = databases;
  onSqlite = await describeSchema(sqlite!.reader);
  onMysql = await describeSchema(mysql!.reader);
});
afterAll(async () => {
  for (const database of databases) await database.close();
  for (const home of homes) await home.drop();
  await own?.stop();
});

/** Tables of which each statement is written out. */
const withoutEntity = ['change_log', 'change_sequence', 'replicas'];

describe('the schema is the same on SQLite and on MySQL (R40)', () => {
  it('has the same tables, and each entity is one of them', () => {
    expect(Object.keys(onMysql)).toEqual(Object.keys(onSqlite));
    const { entityMetadatas } = databases[0]!.reader.dataSource;
    expect([...entityMetadatas.map(({ tableName }) => tableName), ...withoutEntity].sort()).toEqual(Object.keys(onSqlite));
    expect(schemas).toHaveLength(entityMetadatas.length);
  });

  const parts = ['columns', 'primaryKey', 'indexes', 'foreignKeys', 'constraints', 'triggers'] as const;
  it.each(parts)('has the same %s everywhere', (part) => {
    const of = (schema: SchemaDescription) => Object.fromEntries(Object.entries(schema).map(([name, table]) => [name, table[part]]));
    expect(of(onMysql)).toEqual(of(onSqlite));
    // What compares nothing proves nothing.
    expect(JSON.stringify(of(onSqlite)).length).toBeGreaterThan(100);
  });

  it('has the columns that the entities name, with the nullability that their types say', () => {
    for (const { tableName, columns } of databases[0]!.reader.dataSource.entityMetadatas) {
      const told = onSqlite[tableName]!.columns.map((line) => [line.split(' ')[0], !line.endsWith('NOT NULL')]);
      const meant = columns.map(({ databaseName, isNullable }) => [databaseName, isNullable]);
      expect([tableName, ...told.sort()]).toEqual([tableName, ...meant.sort()]);
    }
  });

  it('compares every text of MySQL by its bytes, with a trailing space, whatever the server prefers', async () => {
    const found = await databases[1]!.reader.query<{ name: string; collation: string }[]>(
      `SELECT CONCAT(table_name, '.', column_name) AS name, collation_name AS collation FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name <> 'migrations' AND collation_name IS NOT NULL`,
    );
    expect(found.length).toBeGreaterThan(50);
    for (const { name, collation } of found) {
      expect([name, collation]).toEqual([name, expect.stringMatching(/^utf8mb4_(nopad|0900)_bin$/)]);
    }
  });
});
