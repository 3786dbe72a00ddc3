import { effective } from '../../src/authority/index.js';
import type { KeyContexts } from '../../src/contexts/index.js';
import { keyRow, remembering } from './fakeStore.js';

/** What a key may do by a context, at the last. */
async function mayDo(found: ReturnType<KeyContexts['find']>): Promise<readonly string[]> {
  const { facts } = (await found)!.known;
  return [...effective(facts, facts.home)];
}

/** A key of a user whose only role a test takes away. */
const keyOf = (id: string, granted: boolean) =>
  keyRow(id, {
    issuedBy: 'usr_a',
    permissions: '["service:manage"]',
    home: { id: 'org_a', kind: 'ORGANIZATION', applicationId: null, deleted: false },
    people: {
      standings: [{ id: 'usr_a', active: true, removed: false }],
      holdings: granted ? [{ userId: 'usr_a', roleId: 'rol_owner', permissions: null }] : [],
    },
  });

describe.each([
  ['whose people are read with them', 1_000],
  ['whose people are taken to be remembered', 0],
])('once the lease has lapsed, of keys %s', (_name, familiarAfter) => {
  let world: ReturnType<typeof remembering>;
  let contexts: KeyContexts;

  const grant = (granted: boolean): void => ['key_a', 'key_b'].forEach((id) => world.store.put(keyOf(id, granted)));
  beforeEach(() => {
    world = remembering({ familiarAfter });
    ({ contexts } = world);
    grant(true);
  });

  it('what is read is true, whatever another key has left behind that is remembered of the same person', async () => {
    expect(await mayDo(contexts.find('key_a'))).toEqual(['service:manage']);
    world.lease.held = false;
    grant(false);
    expect(await mayDo(contexts.find('key_a'))).toEqual([]);
    expect(await mayDo(contexts.read('key_a'))).toEqual([]);
    expect(await mayDo(contexts.find('key_b'))).toEqual([]);
  });

  it('nothing is remembered: what is remembered again was read under a lease', async () => {
    world.lease.held = false;
    expect(await mayDo(contexts.find('key_a'))).toEqual(['service:manage']);
    expect(contexts.counts.entries).toBe(0);
    world.lease.held = true;
    grant(false);
    expect(await mayDo(contexts.find('key_a'))).toEqual([]);
    expect(contexts.counts.entries).toBe(1);
  });
});
