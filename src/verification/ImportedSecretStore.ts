import { In, IsNull } from 'typeorm';
import type { Rows } from '../database/index.js';
import { ImportedCredentialRows } from '../keys/ImportedCredentialRow.js';

/** What may be of the credential that was presented: a bcrypt digest, or the SHA-256 that has just taken its place. */
export interface Candidate {
  readonly apiKeyId: string;
  readonly organizationId: string;
  readonly lookupPrefix: string | null;
  readonly bcryptDigest: string | null;
  readonly digest: Buffer | null;
}

/** Imported credentials as verification looks them up: always within one tenant. */
export class ImportedSecretStore {
  constructor(private readonly rows: Rows) {}

  /** The keys with these digests, by digest in base64. */
  async byDigests(organizationId: string, digests: readonly Buffer[]): Promise<ReadonlyMap<string, string>> {
    const found = await this.rows.findBy(ImportedCredentialRows, { organizationId, digest: In([...digests]) });
    return new Map(found.map(({ digest, apiKeyId }) => [digest?.toString('base64') ?? '', apiKeyId]));
  }

  /** The credentials whose clear heads are among these, by head. */
  async byHeads(organizationId: string, heads: readonly string[]): Promise<ReadonlyMap<string, Candidate>> {
    if (heads.length === 0) return new Map();
    const found = await this.rows.findBy(ImportedCredentialRows, { organizationId, lookupPrefix: In([...heads]) });
    return new Map(found.map((row) => [row.lookupPrefix ?? '', row]));
  }

  /** Puts SHA-256 in the place of a bcrypt digest, if that is still there: a credential that was retired meanwhile stays so. */
  async replace(apiKeyId: string, bcryptDigest: string, digest: Buffer): Promise<void> {
    await this.rows.update(ImportedCredentialRows, { apiKeyId, bcryptDigest, digest: IsNull() }, { digest, bcryptDigest: null });
  }
}
