import type { Rows } from './Database.js';

/** Values of a column in a range, of the rows whose `where` is one value. */
export interface ValueRange {
  readonly table: string;
  readonly column: string;
  /** The column that stands before the other in the table's primary key, and the value that it has. */
  readonly where: readonly [column: string, value: string];
  readonly from: string;
  /** The first value that is none any more. */
  readonly to: string;
}

/**
 * The first few different values of a range, in their order. Each is one statement, which is one step in the index however many rows
 * have it: told to skip in one statement, MariaDB reads them all wherever other values of the column are rare.
 */
export async function firstValues(
  rows: Rows,
  { table, column, where: [fixed, value], from, to }: ValueRange,
  most: number,
): Promise<string[]> {
  const found: string[] = [];
  while (found.length < most) {
    const last = found.at(-1);
    const [next] = await rows.query<{ value: string | null }[]>(
      `SELECT MIN(w.${column}) AS value FROM ${table} w WHERE w.${fixed} = ? AND w.${column} ${last === undefined ? '>=' : '>'} ? AND w.${column} < ?`,
      [value, last ?? from, to],
    );
    if (typeof next?.value !== 'string') break;
    found.push(next.value);
  }
  return found;
}
