import { isDuplicate, type Database } from '../database/index.js';
import { type SigningKeyRow, SigningKeyRows } from './SigningKeyRow.js';

/** Rows of signing keys. */
export class SigningKeyStore {
  constructor(private readonly database: Database) {}

  /** All keys, the newest first. */
  async all(): Promise<SigningKeyRow[]> {
    const found = await this.database.reader.find(SigningKeyRows);
    return found.sort((left, right) => Number(right.id) - Number(left.id));
  }

  /** Stores a key, unless another replica has stored that one meanwhile: then theirs is the key. */
  async insert(row: SigningKeyRow): Promise<void> {
    try {
      await this.database.transact((rows) => rows.insert(SigningKeyRows, row));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
}
