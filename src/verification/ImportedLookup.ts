import DataLoader from 'dataloader';
import { Mutex } from 'async-mutex';
import type { Rows } from '../database/index.js';
import type { KeyContexts } from '../contexts/index.js';
import { digestOf, LONGEST_HEAD, startsOf } from '../keys/index.js';
import { type Candidate, ImportedSecretStore } from './ImportedSecretStore.js';
import type { ImportedSecrets } from './ImportedSecrets.js';

const LONGEST_CREDENTIAL = 4_096;

/** Finds, for the questions of one request, the keys whose credentials were made elsewhere: in the asker's tenant only. */
export class ImportedLookup {
  private readonly store: ImportedSecretStore;
  private readonly byDigest: DataLoader<Buffer, string | null, string>;
  private readonly byHead: DataLoader<string, Candidate | null>;
  private readonly compared = new Map<string, Promise<string | null>>();
  /** One comparison at a time of each request: a hundred guesses in one must not keep the others waiting. */
  private readonly turn = new Mutex();

  constructor(
    rows: Rows,
    private readonly organizationId: string,
    private readonly secrets: ImportedSecrets,
    private readonly contexts: KeyContexts,
  ) {
    this.store = new ImportedSecretStore(rows);
    this.byDigest = new DataLoader(
      async (digests) => {
        const found = await this.store.byDigests(organizationId, digests);
        return digests.map((digest) => found.get(digest.toString('base64')) ?? null);
      },
      { cacheKeyFn: (digest) => digest.toString('base64') },
    );
    this.byHead = new DataLoader(async (texts) => {
      const heads = texts.map((text) => startsOf(text, LONGEST_HEAD));
      const found = await this.store.byHeads(organizationId, [...new Set(heads.flat())]);
      // No head is the start of another: a text has at most one candidate.
      return heads.map((starts) => starts.map((start) => found.get(start)).find((candidate) => candidate !== undefined) ?? null);
    });
  }

  /** The id of the key whose credential this is, or null. Half a surrogate pair has no bytes of its own, and so no digest. */
  async keyIdOf(text: string): Promise<string | null> {
    if (text.length > LONGEST_CREDENTIAL || !text.isWellFormed()) return null;
    const digest = digestOf(text);
    const remembered = this.secrets.ownerOf(this.organizationId, digest);
    // A key that is gone has left its credential free: another may have it now.
    if (remembered !== undefined && (await this.contexts.find(remembered))) return remembered;
    const found = (await this.byDigest.load(digest)) ?? (await this.compareByHead(text, digest));
    if (found !== null) this.secrets.remember(this.organizationId, digest, found);
    return found;
  }

  private async compareByHead(text: string, digest: Buffer): Promise<string | null> {
    const candidate = await this.byHead.load(text);
    return candidate && this.compare(candidate, text, digest);
  }

  /** Each text is compared once, however often the request presents it. */
  private compare(candidate: Candidate, text: string, digest: Buffer): Promise<string | null> {
    const compared =
      this.compared.get(text) ??
      this.turn.runExclusive(async () => ((await this.secrets.matches(candidate, text, digest)) ? candidate.apiKeyId : null));
    this.compared.set(text, compared);
    return compared;
  }
}
