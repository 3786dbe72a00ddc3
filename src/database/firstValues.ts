import type { Rows } from './Database.js';

/** Values of a column in a range, of the rows whose `where` is one value. */
export interface ValueRange {
  readonly table: string;
  readonly column: string;
  /** A column that stands before the other in the table's primary key, and the value that it has. */
  readonly where: readonly [column: string, value: string];
  readonly from: string;
  /** The first value that is none any more. */
  readonly to: string;
}

/**
 * The first few different values of a range, in their order. Each is one step in the index, however many rows have it: MySQL
 * skips them by itself (a loose index scan), SQLite is told to.
 */
export async function firstValues(
  rows: Rows,
  { table, column, where: [fixed, value], from, to }: ValueRange,
  most: number,
): Promise<string[]> {
  const [sql, parameters] =
    rows.dataSource.options.type === 'mysql'
      ? [
          `SELECT DISTINCT ${column} AS value FROM ${table} w WHERE ${fixed} = ? AND ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ${most}`,
          [value, from, to],
        ]
      : [
          `WITH RECURSIVE step(value) AS (
            SELECT MIN(${column}) FROM ${table} w WHERE ${fixed} = ? AND ${column} >= ? AND ${column} < ?
            UNION ALL
            SELECT (SELECT MIN(${column}) FROM ${table} w WHERE ${fixed} = ? AND ${column} > step.value AND ${column} < ?)
              FROM step WHERE step.value IS NOT NULL LIMIT ${most}
          ) SELECT value FROM step WHERE value IS NOT NULL`,
          [value, from, to, value, to],
        ];
  const found = await rows.query<{ value: string }[]>(sql, parameters);
  return found.map((row) => row.value);
}
