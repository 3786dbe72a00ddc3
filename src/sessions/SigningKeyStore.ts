import { In } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type SigningKeyRow, SigningKeyRows } from './SigningKeyRow.js';

/** Rows of signing keys. */
export class SigningKeyStore {
  constructor(private readonly rows: Rows) {}

  /** All keys, the newest first. */
  async all(): Promise<SigningKeyRow[]> {
    const found = await this.rows.find(SigningKeyRows);
    return found.sort((left, right) => Number(right.id) - Number(left.id));
  }

  async insert(row: SigningKeyRow): Promise<void> {
    await this.rows.insert(SigningKeyRows, row);
  }

  async delete(ids: readonly string[]): Promise<void> {
    await this.rows.delete(SigningKeyRows, { id: In([...ids]) });
  }
}
