import type { Rows } from './Database.js';
import { TOGETHER } from './together.js';

/** One of several statements. */
export interface StatementPart {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/**
 * Sends several statements to MySQL as one: the server works through them whatever becomes of this process meanwhile, and stops
 * at the first that fails. Answers what each has done.
 */
export function sendTogether(rows: Rows, parts: readonly StatementPart[]): Promise<readonly { readonly insertId: number }[]> {
  return rows.query(
    TOGETHER + parts.map(({ sql }) => sql).join('; '),
    parts.flatMap(({ values }) => values ?? []),
  );
}
