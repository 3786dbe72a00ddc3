import { timingSafeEqual } from 'node:crypto';
import DataLoader from 'dataloader';
import { In, IsNull } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type ApiKeyRow, ApiKeyRows } from '../keys/ApiKeyRow.js';
import type { ParsedCredential } from '../keys/index.js';

const dummy = Buffer.alloc(32, 1);

/** Finds the key that a credential is of, and compares its secret in the same time whether there is one or not. */
export class SecretStore {
  private readonly living: DataLoader<string, ApiKeyRow | null>;

  constructor(rows: Rows) {
    this.living = new DataLoader(async (ids) => {
      const found = await rows.findBy(ApiKeyRows, { id: In([...ids]), deletedAt: IsNull() });
      return ids.map((id) => found.find((row) => row.id === id) ?? null);
    });
  }

  /** The key's row if it lives and the secret is right, else null. Looked up by its public id: no index is probed with a secret. */
  async keyOf({ keyId, environment, digest }: ParsedCredential): Promise<ApiKeyRow | null> {
    const row = await this.living.load(keyId);
    const matches = timingSafeEqual(row?.secretDigest ?? dummy, digest);
    return row && matches && row.environment === environment ? row : null;
  }
}
