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

  /** Forgets what was made until then; how many. */
  async purge(until: Date): Promise<number> {
    const { affected } = await this.rows.delete(IdempotencyKeyRows, { createdAt: LessThanOrEqual(until) });
    return affected ?? 0;
  }
}
