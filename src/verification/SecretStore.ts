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

  /**
   * The key's row if it lives and the secret is right, else null: the current one or, while its grace lasts, the one before.
   * Looked up by its public id: no index is probed with a secret. `onWrong` is told of the key whose secret this is not:
   * it may take note and nothing more, so that the answer takes the same time.
   */
  async keyOf({ keyId, environment, digest }: ParsedCredential, now: Date, onWrong: (key: ApiKeyRow) => void): Promise<ApiKeyRow | null> {
    const row = await this.living.load(keyId);
    // Always two comparisons, whether there is a key, and a grace, or not: the time tells nothing (R33).
    const isCurrent = timingSafeEqual(row?.secretDigest ?? dummy, digest);
    const isPrevious = timingSafeEqual(row?.previousSecretDigest ?? dummy, digest);
    const graceEnds = row?.previousSecretExpiresAt ?? null;
    const inGrace = graceEnds !== null && now < graceEnds;
    if (row?.environment !== environment) return null;
    if (isCurrent || (isPrevious && inGrace)) return row;
    onWrong(row);
    return null;
  }

  /** The key of that id if it lives and its imported credential, found to be right elsewhere, is still one of its two secrets. */
  async importedKey(keyId: string, now: Date): Promise<ApiKeyRow | null> {
    const row = await this.living.load(keyId);
    // It is the secret of the first generation; regenerating retires it as it does any other.
    const inGrace = row?.generation === 2 && row.previousSecretExpiresAt !== null && now < row.previousSecretExpiresAt;
    return row?.generation === 1 || inGrace ? row : null;
  }
}
