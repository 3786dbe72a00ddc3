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
   * The key's row if it lives and the secret is right, else null: the current one or, while its grace lasts, the one before,
   * which comes with the issuer that it had: the people behind a key are its user and who obtained the secret in use (C12).
   * Looked up by its public id: no index is probed with a secret. `onWrong` is told of the key whose secret this is not:
   * it may take note and nothing more, so that the answer takes the same time.
   */
  async keyOf({ keyId, environment, digest }: ParsedCredential, now: Date, onWrong: (key: ApiKeyRow) => void): Promise<ApiKeyRow | null> {
    const row = await this.living.load(keyId);
    // Always two comparisons, whether there is a key, and a grace, or not: the time tells nothing (R33).
    const isCurrent = timingSafeEqual(row?.secretDigest ?? dummy, digest);
    const isPrevious = timingSafeEqual(row?.previousSecretDigest ?? dummy, digest);
    const earlier = row && inGrace(row, now);
    if (row?.environment !== environment) return null;
    if (isCurrent) return row;
    if (isPrevious && earlier) return earlier;
    onWrong(row);
    return null;
  }

  /**
   * The key of that id if it lives and its imported credential, found to be right elsewhere, is still one of its two secrets;
   * `onRetired` is told of a key of which it is no more.
   */
  async importedKey(keyId: string, now: Date, onRetired: (key: ApiKeyRow) => void): Promise<ApiKeyRow | null> {
    const row = await this.living.load(keyId);
    // It is the secret of the first generation; regenerating retires it as it does any other.
    if (!row || row.generation === 1) return row;
    const earlier = row.generation === 2 ? inGrace(row, now) : null;
    if (!earlier) onRetired(row);
    return earlier;
  }
}

/** The key as its previous secret makes it, while the grace of that lasts; else null. */
function inGrace(row: ApiKeyRow, now: Date): ApiKeyRow | null {
  const { previousIssuedBy, previousSecretExpiresAt } = row;
  if (previousIssuedBy === null || previousSecretExpiresAt === null || now >= previousSecretExpiresAt) return null;
  return { ...row, issuedBy: previousIssuedBy };
}
