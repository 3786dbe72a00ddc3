import { setImmediate as turn } from 'node:timers/promises';
import type { KeyContexts } from '../../src/contexts/index.js';
import { JoiningOlderFlights, JoiningPastTheLease, sharingPastTheLease } from '../withdrawals/planting.js';
import { keyRow, knock, remembering, withoutUser } from './fakeStore.js';

const groundsOf = (contexts: KeyContexts): number => contexts['grounds'].size;

describe('what is remembered', () => {
  test('is read once for a hundred requests at once, and not at all for those that follow', async () => {
    const { contexts, store } = remembering();
    store.put(keyRow('key_a'));
    store.held = [];
    const first = Array.from({ length: 100 }, () => knock(contexts, 'key_a'));
    await turn();
    const joined = Array.from({ length: 100 }, () => knock(contexts, 'key_a'));
    await turn();
    store.release();
    expect(new Set(await Promise.all([...first, ...joined]))).toEqual(new Set([null]));
    expect(await knock(contexts, 'key_a')).toBeNull();
    expect(store.reads).toEqual([['key_a']]);
    expect(contexts.counts).toMatchObject({ entries: 1, hits: 1, misses: 200 });
  });

  test('is bounded, and what was used last stays', async () => {
    const { contexts, store } = remembering({ mostKeys: 10 });
    for (let index = 0; index < 20; index += 1) store.put(keyRow(`key_${index}`));
    for (let index = 0; index < 20; index += 1) {
      await knock(contexts, `key_${index}`);
      await knock(contexts, 'key_0');
    }
    expect(contexts.counts.entries).toBe(10);
    expect(store.reads.filter(([id]) => id === 'key_0')).toHaveLength(1);
    await knock(contexts, 'key_19');
    expect(store.reads.filter(([id]) => id === 'key_19')).toHaveLength(1);
  });

  test('of keys that there are is pushed out by no made-up id, however many come, and a made-up id is read once', async () => {
    const { contexts, store } = remembering({ mostKeys: 10, mostAbsent: 100 });
    for (let index = 0; index < 10; index += 1) store.put(keyRow(`key_${index}`));
    for (let index = 0; index < 10; index += 1) await knock(contexts, `key_${index}`);
    const made = Array.from({ length: 1_000 }, (_, index) => `key_made_up_${index}`);
    expect(new Set(await Promise.all(made.map((id) => knock(contexts, id))))).toEqual(new Set(['NOT_FOUND']));
    const before = store.reads.length;
    for (let index = 0; index < 10; index += 1) expect(await knock(contexts, `key_${index}`)).toBeNull();
    expect(await knock(contexts, 'key_made_up_999')).toBe('NOT_FOUND');
    expect(store.reads).toHaveLength(before);
    expect(contexts.counts.entries).toBe(10);
  });

  test('rests on grounds that go with the last key: none is left once all are forgotten, pushed out or withdrawn', async () => {
    const { contexts, store } = remembering({ mostKeys: 10 });
    const rows = Array.from({ length: 50 }, (_, index) =>
      keyRow(`key_${index}`, { userId: `usr_${index % 7}`, issuedBy: `usr_${index % 5}`, organizationId: `org_${index % 3}` }),
    );
    for (const row of rows) store.put(row);
    for (const { id } of rows) await knock(contexts, id);
    // Ten keys: themselves, seven users and three tenants at the most.
    expect(groundsOf(contexts)).toBeLessThanOrEqual(20);
    contexts.forget(['org_0', 'usr_3', 'key_49']);
    for (const { id } of rows) await knock(contexts, id);
    expect(groundsOf(contexts)).toBeLessThanOrEqual(20);
    // One after another, so that releasing is what lets go, and not only forgetting all.
    contexts.forget(rows.map(({ id }) => id));
    expect(groundsOf(contexts)).toBe(0);
    for (const { id } of rows) await knock(contexts, id);
    contexts.forgetAll();
    expect([groundsOf(contexts), contexts.counts.entries]).toEqual([0, 0]);
  });

  test('leaves nothing behind where a read fails or is overtaken', async () => {
    const { contexts, store } = remembering();
    store.put(keyRow('key_a'));
    store.held = [];
    const asked = knock(contexts, 'key_a');
    await turn();
    contexts.forget(['usr_b']);
    store.release();
    expect(await asked).toBeNull();
    expect([groundsOf(contexts), contexts.counts.entries]).toEqual([0, 0]);
    store.keysAndPeople = () => Promise.reject(new Error('the database is away'));
    await expect(knock(contexts, 'key_b')).rejects.toThrow('away');
    expect([groundsOf(contexts), contexts['flights'].size, contexts['fills'].size]).toEqual([0, 0, 0]);
  });
});

describe('a read that a withdrawal overtakes (R71)', () => {
  const subjects = ['key_a', 'usr_a', 'usr_b', 'org_a'] as const;

  test('is kept by nobody, whatever is withdrawn and wherever it comes, 1,000 times', async () => {
    for (let round = 0; round < 1_000; round += 1) {
      const { contexts, store } = remembering({ familiarAfter: round % 7 === 0 ? 0 : 1_000 });
      const subject = subjects[round % subjects.length] as string;
      store.put(keyRow('key_a'));
      store.put(keyRow('key_b'));
      if (round % 3 === 0) await knock(contexts, 'key_b');
      store.held = [];
      const during = knock(contexts, 'key_a');
      for (let turns = round % 5; turns > 0; turns -= 1) await (turns % 2 ? turn() : Promise.resolve());
      store.rows.set('key_a', { ...withoutUser(keyRow('key_a')), revoked: true });
      if (Math.floor(round / subjects.length) % 2) contexts.forget([subject]);
      else contexts.forgetAll();
      // The withdrawal is answered here: who comes now is refused, also while the older read is under way.
      const later = knock(contexts, 'key_a');
      await turn();
      store.release();
      expect(await later).toBe('INACTIVE');
      await during;
      expect(await knock(contexts, 'key_a')).toBe('INACTIVE');
    }
  });

  test('is joined by nobody who came after the withdrawal: where it could be, this test fails', async () => {
    const isLetIn = async (contexts: KeyContexts, store: ReturnType<typeof remembering>['store']) => {
      store.put(keyRow('key_a'));
      store.held = [];
      void knock(contexts, 'key_a');
      await turn();
      store.put(keyRow('key_a', { revoked: true }));
      contexts.forget(['key_a']);
      const later = knock(contexts, 'key_a');
      await turn();
      store.release();
      return (await later) === null;
    };
    const { contexts, parts, store } = remembering();
    expect(await isLetIn(contexts, store)).toBe(false);
    expect(await isLetIn(new JoiningOlderFlights(parts), store)).toBe(true);
  });
});

describe('a withdrawal in the middle of a request', () => {
  const limited = (revoked: boolean) => keyRow('key_a', { revoked, rateLimit: { limit: 9, windowSeconds: 9 } });

  /** How a request ends that was let in by what is remembered, and then `happens`. */
  async function endOf(
    happens: (world: ReturnType<typeof remembering>) => void,
    change: (contexts: KeyContexts) => void = () => undefined,
  ) {
    const world = remembering();
    const { contexts, store } = world;
    change(contexts);
    store.put(limited(false));
    expect(await knock(contexts, 'key_a')).toBeNull();
    return knock(contexts, 'key_a', async () => {
      store.put(limited(true));
      happens(world);
      await turn();
    });
  }
  const nobodyAsks = (contexts: KeyContexts) => void Object.assign(contexts, { stands: () => true });

  test.each<[string, (world: ReturnType<typeof remembering>) => void]>([
    ['is applied', ({ contexts }) => contexts.forget(['key_a'])],
    ['cannot be known of, since the lease runs out', ({ lease }) => void (lease.held = false)],
  ])('that %s is seen by it: where nobody asks last, this test fails', async (_name, happens) => {
    expect(await endOf(happens)).toBe('INACTIVE');
    expect(await endOf(happens, nobodyAsks)).toBeNull();
  });
});

describe('past the lease', () => {
  /** A replica that is cut off: somebody is deactivated elsewhere, and it hears nothing of it. */
  const isLetIn = async (contexts: KeyContexts, { lease, store }: Pick<ReturnType<typeof remembering>, 'lease' | 'store'>) => {
    lease.held = true;
    store.put(keyRow('key_a'));
    store.put(keyRow('key_b'));
    await knock(contexts, 'key_a');
    lease.held = false;
    store.put(withoutUser(keyRow('key_b')));
    return (await knock(contexts, 'key_b')) === null;
  };

  test.each([0, 1_000])(
    'a read shares no person, role or place with what was remembered: where it does, this test fails',
    async (familiarAfter) => {
      const { contexts, parts, ...world } = remembering({ familiarAfter });
      expect(await isLetIn(contexts, world)).toBe(false);
      expect(await isLetIn(sharingPastTheLease(parts), world)).toBe(true);
    },
  );

  test('no read is joined that was sent before the request came: where one is, this test fails', async () => {
    const joins = async (contexts: KeyContexts, { lease, store }: Pick<ReturnType<typeof remembering>, 'lease' | 'store'>) => {
      lease.held = true;
      store.put(keyRow('key_a'));
      store.held = [];
      void knock(contexts, 'key_a');
      await turn();
      lease.held = false;
      store.put(keyRow('key_a', { revoked: true }));
      const later = knock(contexts, 'key_a');
      await turn();
      store.release();
      return (await later) === null;
    };
    const { contexts, parts, ...world } = remembering();
    expect(await joins(contexts, world)).toBe(false);
    expect(await joins(new JoiningPastTheLease(parts), world)).toBe(true);
  });

  test('nothing is answered from memory, not even that there is no such key, and nothing is forgotten either', async () => {
    const { contexts, lease, store } = remembering();
    store.put(keyRow('key_a'));
    await knock(contexts, 'key_a');
    await knock(contexts, 'key_b');
    lease.held = false;
    store.put(keyRow('key_b'));
    expect([await knock(contexts, 'key_a'), await knock(contexts, 'key_b')]).toEqual([null, null]);
    lease.held = true;
    const before = store.reads.length;
    await knock(contexts, 'key_a');
    expect(store.reads).toHaveLength(before);
  });
});
