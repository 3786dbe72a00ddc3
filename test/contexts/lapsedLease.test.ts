import type { ContextRow, ContextStore } from '../../src/contexts/ContextStore.js';
import { KeyContexts } from '../../src/contexts/KeyContexts.js';
import { effective } from '../../src/authority/index.js';

/** What the database holds of two keys of one user, whose only grant a test takes away. */
const database = { granted: true };

const row = (id: string): ContextRow => ({
  id,
  organizationId: 'org_a',
  environment: 'PRODUCTION',
  userId: 'usr_a',
  issuedBy: 'usr_a',
  parentId: null,
  name: 'Key',
  permissions: '["service:manage"]',
  digest: Buffer.alloc(32),
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
  home: { id: 'org_a', kind: 'ORGANIZATION', applicationId: null, deleted: false },
  parent: null,
  people: {
    standings: [{ id: 'usr_a', active: true, removed: false }],
    holdings: database.granted ? [{ userId: 'usr_a', roleId: 'rol_owner', permissions: null }] : [],
  },
});
const store = {
  keys: (ids: readonly string[]) => Promise.resolve({ rows: new Map(ids.map((id) => [id, { ...row(id), people: null }])), now: null }),
  keysAndPeople: (ids: readonly string[]) => Promise.resolve({ rows: new Map(ids.map((id) => [id, row(id)])), now: null }),
  registered: () => Promise.resolve([]),
} as unknown as ContextStore;

const lease = { held: true, holds: () => lease.held };
let contexts: KeyContexts;

/** What a key may do by a context, at the last. */
async function mayDo(found: ReturnType<KeyContexts['find']>): Promise<readonly string[]> {
  const { facts } = (await found)!.known;
  return [...effective(facts, facts.home)];
}

describe.each([
  ['whose people are read with them', 1_000],
  ['whose people are taken to be remembered', 0],
])('once the lease has lapsed, of keys %s', (_name, familiarAfter) => {
  beforeEach(() => {
    Object.assign(database, { granted: true });
    lease.held = true;
    contexts = new KeyContexts({ store, reader: () => undefined as never, reliance: lease, familiarAfter });
  });

  it('what is read is true, whatever another key has left behind that is remembered of the same person', async () => {
    expect(await mayDo(contexts.find('key_a'))).toEqual(['service:manage']);
    lease.held = false;
    database.granted = false;
    expect(await mayDo(contexts.find('key_a'))).toEqual([]);
    expect(await mayDo(contexts.read('key_a'))).toEqual([]);
    expect(await mayDo(contexts.find('key_b'))).toEqual([]);
  });

  it('nothing is remembered: what is remembered again was read under a lease', async () => {
    lease.held = false;
    expect(await mayDo(contexts.find('key_a'))).toEqual(['service:manage']);
    expect(contexts.counts.entries).toBe(0);
    lease.held = true;
    database.granted = false;
    expect(await mayDo(contexts.find('key_a'))).toEqual([]);
    expect(contexts.counts.entries).toBe(1);
  });
});
