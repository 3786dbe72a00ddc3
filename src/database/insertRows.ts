import { setImmediate as turn } from 'node:timers/promises';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { Rows } from './Database.js';

/** Rows of one statement: on SQLite nobody is answered while it runs, and imports go by as many as there are in it. */
const CHUNK = 200;

/**
 * Inserts many rows, for what is written by the thousand: TypeORM's own insert names each value and searches the statement
 * for the names. The statement's text is the same for each chunk of a size, so that it is compiled once. `onDuplicate` says, in
 * SQL, what becomes of rows that are there already.
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
  const writers = columns.map((column) => writerOf(rows, column));
  for (let from = 0; from < values.length; from += CHUNK) {
    const chunk = values.slice(from, from + CHUNK);
    const sql = `INSERT INTO ${tableName} (${names}) VALUES ${chunk.map(() => row).join(', ')} ${onDuplicate}`;
    const parameters = chunk.flatMap((value) => writers.map((written) => written(value)));
    await rows.query(sql, parameters);
    if (from + CHUNK < values.length) await turn();
  }
}

/** How a column's value is written. What many rows have in common, as their instant, is put into words once. */
function writerOf({ dataSource: { driver } }: Rows, column: ColumnMetadata): (row: ObjectLiteral) => unknown {
  let last: { readonly value: unknown; readonly written: unknown } | undefined;
  return (row) => {
    const value: unknown = column.getEntityValue(row);
    if (value === null || value === undefined) return null;
    if (last?.value !== value) last = { value, written: driver.preparePersistentValue(value, column) as unknown };
    return last.written;
  };
}
