import type { EntitySchema, ObjectLiteral } from 'typeorm';
import type { Rows } from './Database.js';
import { insertRows } from './insertRows.js';

/**
 * Inserts rows; where one of the same primary key is there already, its sums are added to, and nothing else of it changes.
 * So writers that know nothing of each other count together.
 */
export async function addUp<T extends ObjectLiteral>(
  rows: Rows,
  target: EntitySchema<T>,
  sums: readonly (keyof T & string)[],
  values: readonly T[],
): Promise<void> {
  const { columns, primaryColumns } = rows.dataSource.getMetadata(target);
  const added = columns.filter(({ propertyName }) => (sums as readonly string[]).includes(propertyName));
  const sum = (inserted: (name: string) => string): string =>
    added.map(({ databaseName: name }) => `${name} = ${name} + ${inserted(name)}`).join(', ');
  const onDuplicate =
    rows.dataSource.options.type === 'mysql'
      ? `ON DUPLICATE KEY UPDATE ${sum((name) => `VALUES(${name})`)}`
      : `ON CONFLICT (${primaryColumns.map(({ databaseName }) => databaseName).join(', ')}) DO UPDATE SET ${sum((name) => `excluded.${name}`)}`;
  await insertRows(rows, target, values, onDuplicate);
}
