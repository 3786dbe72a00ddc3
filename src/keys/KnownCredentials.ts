import type { Change } from '../access/index.js';
import type { ImportItem } from './importApiKeys.js';
import { ImportedCredentialStore } from './ImportedCredentialStore.js';
import { type OldDigest, startsOf } from './oldDigest.js';

/**
 * The credentials of a tenant beside which others are to be imported. Each digest is there once; and no clear head is the
 * start of another, so that a presented credential has at most one candidate to be compared with.
 */
export class KnownCredentials {
  private readonly starts = new Set<string>();

  private constructor(
    private readonly digests: Set<string>,
    private readonly heads: Set<string>,
  ) {
    for (const head of heads) for (const start of startsOf(head)) this.starts.add(start);
  }

  static async read({ rows, facts: { organizationId } }: Change, items: readonly ImportItem[]): Promise<KnownCredentials> {
    const store = new ImportedCredentialStore(rows);
    const digests = items.flatMap(({ old }) => ('sha256' in old ? [Buffer.from(old.sha256, 'base64')] : []));
    const heads = [...new Set(items.flatMap(({ old }) => ('head' in old ? [old.head] : [])))];
    const parts = [...new Set(heads.flatMap((head) => startsOf(head)))];
    const [knownDigests, knownHeads] = [
      await store.knownDigests(organizationId, digests),
      await store.knownHeads(organizationId, heads, parts),
    ];
    return new KnownCredentials(new Set(knownDigests), new Set(knownHeads));
  }

  /** Why a credential cannot be imported beside the others, or null. */
  faultOf(old: OldDigest): string | null {
    if ('sha256' in old) return this.digests.has(old.sha256) ? 'digest: this organization has imported this credential already.' : null;
    const taken = this.starts.has(old.head) || startsOf(old.head).some((start) => this.heads.has(start));
    return taken ? 'lookupPrefix: another credential of this organization begins with it, or it with that one’s: name a longer one.' : null;
  }

  /** From now on this one is there. */
  add(old: OldDigest): void {
    if ('sha256' in old) {
      this.digests.add(old.sha256);
      return;
    }
    this.heads.add(old.head);
    for (const start of startsOf(old.head)) this.starts.add(start);
  }
}
