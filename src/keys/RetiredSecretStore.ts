import { In } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import type { PresentedSecret } from './credential.js';
import { RetiredSecretRows } from './RetiredSecretRow.js';

/** Rows of secrets that keys had before. They are written once and never change. */
export class RetiredSecretStore {
  constructor(private readonly rows: Rows) {}

  async insert(permit: Permit<'apiKey.regenerate'>, apiKeyId: string, digest: Buffer, retiredAt: Date): Promise<void> {
    permitted(permit, this.rows, apiKeyId);
    await this.rows.insert(RetiredSecretRows, { apiKeyId, digest, retiredAt });
  }

  /** Of each pair, in their order, whether that secret once was that key's. */
  async among(presented: readonly PresentedSecret[]): Promise<boolean[]> {
    if (presented.length === 0) return [];
    const found = await this.rows.find(RetiredSecretRows, {
      where: { apiKeyId: In([...new Set(presented.map(({ keyId }) => keyId))]), digest: In(presented.map(({ digest }) => digest)) },
    });
    return presented.map(({ keyId, digest }) => found.some((row) => row.apiKeyId === keyId && row.digest.equals(digest)));
  }
}
