import type { ContextReading, ContextRow, ContextStore } from '../../src/contexts/ContextStore.js';
import { KeyContexts } from '../../src/contexts/index.js';
import type { ContextParts } from '../../src/contexts/KeyContexts.js';
import type { Rows } from '../../src/database/index.js';
import { authenticateKey } from '../../src/verification/authenticateKey.js';

export const DIGEST = Buffer.alloc(32, 7);

/** A key of somebody in a workspace of a tenant, for whom somebody else issued it. */
export const keyRow = (id: string, more: Partial<ContextRow> = {}): ContextRow => ({
  id,
  organizationId: 'org_a',
  environment: 'PRODUCTION',
  userId: 'usr_a',
  issuedBy: 'usr_b',
  parentId: null,
  name: 'Key',
  permissions: '["event:submit"]',
  digest: DIGEST,
  expiresAt: null,
  revoked: false,
  restrictions: null,
  allowedCidrs: null,
  rateLimit: null,
  metadata: null,
  generation: 1,
  previousDigest: null,
  previousUntil: null,
  previousIssuedBy: null,
  home: { id: 'wks_a', kind: 'WORKSPACE', applicationId: null, deleted: false },
  parent: null,
  people: {
    standings: ['usr_a', 'usr_b'].map((person) => ({ id: person, active: true, removed: false })),
    holdings: ['usr_a', 'usr_b'].map((userId) => ({ userId, roleId: 'rol_custom', permissions: '["event:submit"]' })),
  },
  ...more,
});

/** The same, once one of its people is deactivated. */
export const withoutUser = (row: ContextRow): ContextRow => ({
  ...row,
  people: row.people && { ...row.people, standings: row.people.standings.map((person) => ({ ...person, active: false })) },
});

/** A store whose reads see the rows at the instant at which they are sent, and answer when the test lets them. */
export class FakeStore {
  readonly rows = new Map<string, ContextRow>();
  readonly reads: (readonly string[])[] = [];
  /** Those of them that read the people behind the keys as well. */
  readonly readsOfPeople: (readonly string[])[] = [];
  /** Answers of reads that are held back; null: each is answered at once. */
  held: (() => void)[] | null = null;

  put(row: ContextRow): void {
    this.rows.set(row.id, row);
  }

  keys(ids: readonly string[]): Promise<ContextReading> {
    return this.read(ids, (row) => ({ ...row, people: null }));
  }

  keysAndPeople(ids: readonly string[]): Promise<ContextReading> {
    this.readsOfPeople.push(ids);
    return this.read(ids, (row) => row);
  }

  registered(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  private read(ids: readonly string[], as: (row: ContextRow) => ContextRow): Promise<ContextReading> {
    this.reads.push(ids);
    const rows = new Map([...this.rows].flatMap(([id, row]) => (ids.includes(id) ? [[id, as(row)] as const] : [])));
    const { held } = this;
    return new Promise((resolve) => {
      const answer = (): void => resolve({ rows, now: null });
      if (held) held.push(answer);
      else answer();
    });
  }

  /** Lets what is held back be answered. */
  release(): void {
    for (const answer of this.held?.splice(0) ?? []) answer();
    this.held = null;
  }
}

/** A memory over such a store; `holds` is its lease. */
export function remembering(more: Partial<ContextParts> = {}) {
  const store = new FakeStore();
  const lease = { held: true };
  const parts: ContextParts = {
    store: store as unknown as ContextStore,
    reader: () => ({}) as Rows,
    reliance: { holds: () => lease.held },
    // What a memory may hold is reserved when it is made.
    mostKeys: 100,
    mostAbsent: 100,
    ...more,
  };
  return { store, lease, contexts: new KeyContexts(parts), parts };
}

/** How the door answers a key: the code, or null where it is let in. */
export async function knock(contexts: KeyContexts, keyId: string, whileLimitIsAsked: () => Promise<void> = () => Promise.resolve()) {
  const take = async () => {
    await whileLimitIsAsked();
    return { fits: true, state: { limit: 9, windowSeconds: 9, remaining: 9, resetAt: new Date(0) } };
  };
  const uses = { note: () => undefined, noteWrong: () => undefined } as never;
  const answer = await authenticateKey(
    { contexts, clock: () => new Date(1_800_000_000_000), rateLimits: { take }, uses },
    { credential: { keyId, environment: 'PRODUCTION', digest: DIGEST }, environment: 'PRODUCTION', peerAddress: '192.0.2.1', usedBy: null },
  );
  return 'principal' in answer ? null : 'code' in answer ? answer.code : 'RATE_LIMITED';
}
