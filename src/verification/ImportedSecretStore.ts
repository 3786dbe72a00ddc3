import { In, IsNull } from 'typeorm';
import type { Rows } from '../database/index.js';
import { ImportedCredentialRows } from '../keys/ImportedCredentialRow.js';

/** What may be of the credential that was presented: a bcrypt digest, or the SHA-256 that has just taken its place. */
export interface Candidate {
  readonly apiKeyId: string;
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

  /** The one credential whose clear head is among these; no head is the start of another. */
  async byHead(organizationId: string, heads: readonly string[]): Promise<Candidate | null> {
    return this.rows.findOneBy(ImportedCredentialRows, { organizationId, lookupPrefix: In([...heads]) });
  }

  /** Puts SHA-256 in the place of a bcrypt digest, if that is still there: a credential that was retired meanwhile stays so. */
  async replace(apiKeyId: string, bcryptDigest: string, digest: Buffer): Promise<void> {
    await this.rows.update(ImportedCredentialRows, { apiKeyId, bcryptDigest, digest: IsNull() }, { digest, bcryptDigest: null });
  }
}
