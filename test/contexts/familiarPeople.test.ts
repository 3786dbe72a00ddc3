import { setImmediate as turn } from 'node:timers/promises';
import { effective } from '../../src/authority/index.js';
import { DIGEST, keyRow, knock, remembering, withoutUser } from './fakeStore.js';

describe('people who are remembered', () => {
  const keysOfTheirs = (count: number) => Array.from({ length: count }, (_, index) => `key_${index}`);

  test('are not read again with each further key, once that has been so a few times', async () => {
    const { contexts, store } = remembering({ familiarAfter: 3 });
    for (const id of keysOfTheirs(10)) store.put(keyRow(id));
    for (const id of keysOfTheirs(10)) expect(await knock(contexts, id)).toBeNull();
    expect(store.reads).toHaveLength(10);
    expect(store.readsOfPeople).toEqual([['key_0'], ['key_1'], ['key_2'], ['key_3']]);
  });

  test('are read after all where others were expected, and from then on with each key for a while', async () => {
    const { contexts, store } = remembering({ familiarAfter: 1 });
    for (const id of keysOfTheirs(4)) store.put(keyRow(id));
    for (const id of keysOfTheirs(4)) await knock(contexts, id);
    store.put(withoutUser(keyRow('key_strangers', { home: { ...keyRow('').home, id: 'wks_b' } })));
    store.reads.length = store.readsOfPeople.length = 0;
    expect(await knock(contexts, 'key_strangers')).toBe('HOLDER_LOST_ACCESS');
    expect([store.reads, store.readsOfPeople]).toEqual([[['key_strangers'], ['key_strangers']], [['key_strangers']]]);
    contexts.forget(['key_0']);
    expect(await knock(contexts, 'key_0')).toBeNull();
    expect(store.readsOfPeople).toEqual([['key_strangers'], ['key_0']]);
  });

  test('are told apart by what a key carries: who holds all that a tenant has registered holds it on the next key as well', async () => {
    const { contexts, store } = remembering({ familiarAfter: 0 });
    const owned = (id: string, permissions: string) => {
      const { people } = keyRow(id);
      const holdings = (people?.holdings ?? []).map((holding) => ({ ...holding, roleId: 'rol_owner', permissions: null }));
      return keyRow(id, { permissions, people: people && { ...people, holdings } });
    };
    store.registered = () => Promise.resolve(['dinosaur:feed']);
    store.put(owned('key_a', '["user:view"]'));
    store.put(owned('key_b', '["dinosaur:feed"]'));
    store.put(owned('key_c', '["dinosaur:feed","user:view"]'));
    const may = async (id: string) => {
      const { facts } = (await contexts.find(id))!.known;
      return [...effective(facts, facts.home)].sort();
    };
    expect([await may('key_a'), await may('key_b'), await may('key_c')]).toEqual([
      ['user:view'],
      ['dinosaur:feed'],
      ['dinosaur:feed', 'user:view'],
    ]);
    expect(store.readsOfPeople).toEqual([['key_a'], ['key_b']]);
  });

  test('are read anew once one of them, or their tenant, was withdrawn: also where that comes while the key is being read', async () => {
    for (const [subject, isWhileRead] of ['usr_a', 'usr_b', 'org_a'].flatMap((each) => [[each, false] as const, [each, true] as const])) {
      const { contexts, store } = remembering({ familiarAfter: 0 });
      store.put(keyRow('key_a'));
      store.put(keyRow('key_b'));
      expect(await knock(contexts, 'key_a')).toBeNull();
      store.put(withoutUser(keyRow('key_b')));
      store.held = isWhileRead ? [] : null;
      const during = isWhileRead ? knock(contexts, 'key_b') : null;
      await turn();
      contexts.forget([subject]);
      const later = knock(contexts, 'key_b');
      await turn();
      store.release();
      expect([await during, await later]).toEqual([isWhileRead ? 'HOLDER_LOST_ACCESS' : null, 'HOLDER_LOST_ACCESS']);
      expect(store.readsOfPeople.slice(1)).toEqual(isWhileRead ? [['key_b'], ['key_b']] : [['key_b']]);
    }
  });

  test('are not taken for true, where one is withdrawn after their key was read, and before they were', async () => {
    for (const subject of ['usr_a', 'usr_b', 'org_a', 'key_a']) {
      const { contexts, store } = remembering({ familiarAfter: 0 });
      store.put(keyRow('key_a'));
      store.held = [];
      const during = knock(contexts, 'key_a');
      await turn();
      // The key alone is answered: its people are strangers, and are sent for.
      store.held.splice(0).forEach((answer) => answer());
      await turn();
      expect(store.readsOfPeople).toEqual([['key_a']]);
      store.put(withoutUser(keyRow('key_a')));
      contexts.forget([subject]);
      const later = knock(contexts, 'key_a');
      await turn();
      store.release();
      expect([await during, await later]).toEqual([null, 'HOLDER_LOST_ACCESS']);
      expect(await knock(contexts, 'key_a')).toBe('HOLDER_LOST_ACCESS');
    }
  });

  test('let their keys be answered where those of strangers cannot be read', async () => {
    const { contexts, store } = remembering({ familiarAfter: 0 });
    for (const id of ['key_a', 'key_b']) store.put(keyRow(id));
    store.put(keyRow('key_strangers', { home: { ...keyRow('').home, id: 'wks_b' } }));
    expect(await knock(contexts, 'key_a')).toBeNull();
    store.keysAndPeople = () => Promise.reject(new Error('the database is away'));
    const [known, strange] = await Promise.allSettled([knock(contexts, 'key_b'), knock(contexts, 'key_strangers')]);
    expect([known, strange.status]).toEqual([{ status: 'fulfilled', value: null }, 'rejected']);
  });

  test('are all asked for: also who issued the secret whose grace may last', async () => {
    const { contexts, store } = remembering({ familiarAfter: 0 });
    store.put(keyRow('key_a'));
    expect(await knock(contexts, 'key_a')).toBeNull();
    store.put(keyRow('key_b', { previousDigest: DIGEST, previousUntil: Number.MAX_SAFE_INTEGER, previousIssuedBy: 'usr_c' }));
    expect(await knock(contexts, 'key_b')).toBeNull();
    expect(store.readsOfPeople).toEqual([['key_a'], ['key_b']]);
    expect((await contexts.find('key_b'))!.known.earlier!.facts.people.map(({ id, state }) => [id, state])).toEqual([
      ['usr_a', 'ACTIVE'],
      ['usr_c', 'REMOVED'],
    ]);
  });

  test('are asked for with their keys past the lease, and expected again as soon as it is back', async () => {
    const { contexts, lease, store } = remembering({ familiarAfter: 1 });
    for (const id of ['key_a', 'key_b', 'key_c']) store.put(keyRow(id));
    for (const id of ['key_a', 'key_b']) await knock(contexts, id);
    lease.held = false;
    store.reads.length = store.readsOfPeople.length = 0;
    expect(await knock(contexts, 'key_c')).toBeNull();
    expect(store.reads).toEqual(store.readsOfPeople);
    lease.held = true;
    store.readsOfPeople.length = 0;
    expect(await knock(contexts, 'key_c')).toBeNull();
    expect(store.readsOfPeople).toEqual([]);
  });

  test('leave no ground behind where they had to be read after all, or the key is gone by then', async () => {
    const { contexts, store } = remembering({ familiarAfter: 0 });
    store.put(keyRow('key_a'));
    store.keysAndPeople = () => Promise.resolve({ rows: new Map(), now: null });
    expect(await knock(contexts, 'key_a')).toBe('NOT_FOUND');
    store.keysAndPeople = () => Promise.reject(new Error('the database is away'));
    store.put(keyRow('key_b'));
    await expect(knock(contexts, 'key_b')).rejects.toThrow('away');
    expect([contexts['grounds'].size, contexts.counts.entries, contexts['fills'].size]).toEqual([0, 0, 0]);
  });
});
