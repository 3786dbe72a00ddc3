import DataLoader from 'dataloader';
import { Mutex } from 'async-mutex';
import type { Rows } from '../database/index.js';
import { digestOf, LONGEST_HEAD, startsOf } from '../keys/index.js';
import { ImportedSecretStore } from './ImportedSecretStore.js';
import type { ImportedSecrets } from './ImportedSecrets.js';

const LONGEST_CREDENTIAL = 4_096;

/** Finds, for the questions of one request, the keys whose credentials were made elsewhere: in the asker's tenant only. */
export class ImportedLookup {
  private readonly store: ImportedSecretStore;
  private readonly byDigest: DataLoader<Buffer, string | null, string>;
  /** One comparison at a time of each request: a hundred guesses in one must not keep the others waiting. */
  private readonly turn = new Mutex();

  constructor(
    rows: Rows,
    private readonly organizationId: string,
    private readonly secrets: ImportedSecrets,
  ) {
    this.store = new ImportedSecretStore(rows);
    this.byDigest = new DataLoader(
      async (digests) => {
        const found = await this.store.byDigests(organizationId, digests);
        return digests.map((digest) => found.get(digest.toString('base64')) ?? null);
      },
      { cacheKeyFn: (digest) => digest.toString('base64') },
    );
  }

  /** The id of the key whose credential this is, or null. Half a surrogate pair has no bytes of its own, and so no digest. */
  async keyIdOf(text: string): Promise<string | null> {
    if (text.length > LONGEST_CREDENTIAL || !text.isWellFormed()) return null;
    const digest = digestOf(text);
    const found = await this.byDigest.load(digest);
    return found ?? this.turn.runExclusive(() => this.byHead(text, digest));
  }

  private async byHead(text: string, digest: Buffer): Promise<string | null> {
    const heads = startsOf(text, LONGEST_HEAD);
    const candidate = heads.length === 0 ? null : await this.store.byHead(this.organizationId, heads);
    return candidate && (await this.secrets.matches(candidate, text, digest)) ? candidate.apiKeyId : null;
  }
}
