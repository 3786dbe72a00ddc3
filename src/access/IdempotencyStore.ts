import { LessThanOrEqual } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { type IdempotencyKeyRow, IdempotencyKeyRows } from './IdempotencyKeyRow.js';

/** By whom and under which key something was made. */
export type IdempotencyKey = Pick<IdempotencyKeyRow, 'organizationId' | 'principalId' | 'keyDigest'>;

/** Rows of what was made under an `Idempotency-Key`. */
export class IdempotencyStore {
  constructor(private readonly rows: Rows) {}

  find(key: IdempotencyKey): Promise<IdempotencyKeyRow | null> {
    return this.rows.findOneBy(IdempotencyKeyRows, { ...key });
  }

  /** Keeps what was made, in the place of what was made under the same key long ago. */
  async keep(permit: Permit, row: IdempotencyKeyRow): Promise<void> {
    permitted(permit, this.rows, row.createdId);
    const { organizationId, principalId, keyDigest } = row;
    await this.rows.delete(IdempotencyKeyRows, { organizationId, principalId, keyDigest });
    await this.rows.insert(IdempotencyKeyRows, row);
  }

  /** Forgets the oldest of what was made until then, so many and those of the same instant as the last; how many. */
  async purge(until: Date, most: number): Promise<number> {
    const oldest = await this.rows.find(IdempotencyKeyRows, {
      where: { createdAt: LessThanOrEqual(until) },
      order: { createdAt: 'ASC' },
      take: most,
    });
    const last = oldest.at(-1);
    if (!last) return 0;
    const { affected } = await this.rows.delete(IdempotencyKeyRows, { createdAt: LessThanOrEqual(last.createdAt) });
    return affected ?? 0;
  }
}
