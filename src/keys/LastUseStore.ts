import { setImmediate as turn } from 'node:timers/promises';
import type { Rows } from '../database/index.js';

/** Keys of one statement: on SQLite nobody is answered while it runs. */
const CHUNK = 50;

/** The one statement that says when keys were used. It names that column and no other: it revives and overwrites nothing (R23). */
export class LastUseStore {
  constructor(private readonly rows: Rows) {}

  async mark(uses: readonly { readonly apiKeyId: string; readonly at: Date }[]): Promise<void> {
    for (let from = 0; from < uses.length; from += CHUNK) {
      if (from > 0) await turn();
      const chunk = uses.slice(from, from + CHUNK);
      const ids = chunk.map(({ apiKeyId }) => apiKeyId);
      const instants = chunk.flatMap(({ apiKeyId, at }) => [apiKeyId, asText(at)]);
      const used = `CASE id ${chunk.map(() => 'WHEN ? THEN ?').join(' ')} END`;
      await this.rows.query(
        `UPDATE api_keys SET last_used_at = ${used} WHERE id IN (${ids.map(() => '?').join(', ')}) AND (last_used_at IS NULL OR last_used_at < ${used})`,
        [...instants, ...ids, ...instants],
      );
    }
  }
}

/** An instant as both databases write it, and so compare it: UTC, to the millisecond. */
const asText = (at: Date): string => at.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS.mmm'.length).replace('T', ' ');
