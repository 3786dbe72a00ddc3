import { setImmediate as turn } from 'node:timers/promises';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import type { Rows } from './Database.js';

/** Rows of one statement: SQLite takes some 32,000 values in it, and nobody is answered while it runs. */
const CHUNK = 200;

/**
 * Inserts many rows, for what is written by the thousand: TypeORM's own insert names each value and searches the statement
 * for the names. `onDuplicate` says, in SQL, what becomes of rows that are there already.
 */
export async function insertRows<T extends ObjectLiteral>(
  rows: Rows,
  target: EntitySchema<T>,
  values: readonly T[],
  onDuplicate = '',
): Promise<void> {
  const { columns, tableName } = rows.dataSource.getMetadata(target);
  const names = columns.map(({ databaseName }) => databaseName).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  for (let from = 0; from < values.length; from += CHUNK) {
    const chunk = values.slice(from, from + CHUNK);
    const sql = `INSERT INTO ${tableName} (${names}) VALUES ${chunk.map(() => row).join(', ')} ${onDuplicate}`;
    const parameters = chunk.flatMap((value) =>
      columns.map((column) => rows.dataSource.driver.preparePersistentValue(column.getEntityValue(value), column) as unknown),
    );
    await rows.query(sql, parameters);
    if (from + CHUNK < values.length) await turn();
  }
}
