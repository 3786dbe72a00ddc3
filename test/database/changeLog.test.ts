import { DatabaseClock, Lease, machineClocks, type SubjectId } from '../../src/withdrawals/index.js';
import { purgeWithdrawals } from '../../src/withdrawals/purgeWithdrawals.js';
import { Replica } from '../../src/withdrawals/Replica.js';
import { appendChange, ReplicaLogStore } from '../../src/withdrawals/ReplicaLogStore.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld } from './databaseWorld.js';

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.open();
});
afterAll(() => world.close());

/** One process has an SQLite file to itself: it has no log and no registry. */
const onMysql = (what: string, tests: () => void): void => {
  if (databaseKind() === 'mariadb') describe(what, tests);
};

const append = (subjects: readonly SubjectId[], at = world.now): Promise<number> =>
  world.database.transact((rows) => appendChange(rows, subjects, at));

/** A replica that hands over few lines at once, and what it was told to forget. */
function reading(id: string, mostChanges?: number) {
  const told: (string | null)[] = [];
  const memory = {
    forget: (subjects: readonly string[]) => void told.push(...[...subjects].sort()),
    forgetAll: () => void told.push(null),
  };
  const log = new ReplicaLogStore(world.database.lanes.log, id, mostChanges);
  const lease = new Lease(machineClocks);
  const replica = new Replica({ log, memory, lease, databaseClock: new DatabaseClock(machineClocks) });
  return { log, replica, lease, told };
}

test('a purge leaves alone what is young, and there is nothing to purge where there is no log', async () => {
  await purgeWithdrawals(world.database, world.now);
  expect(await world.sql('SELECT number FROM change_log')).toEqual([]);
});

onMysql('the log of withdrawals', () => {
  test('gives numbers in the order of the commits: who comes second waits, and what is rolled back leaves no gap', async () => {
    const { log } = reading('replica_order');
    const before = await log.head();
    const order: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let drawn = (): void => undefined;
    const firstHasDrawn = new Promise<void>((resolve) => (drawn = resolve));
    const first = world.database
      .transact(async (rows) => {
        await appendChange(rows, ['usr_lost'], world.now);
        drawn();
        await held;
        throw new Error('the change is taken back');
      })
      .catch(() => order.push('first'));
    await firstHasDrawn;
    const second = append(['usr_kept']).then((number) => {
      order.push('second');
      return number;
    });
    // Nothing is committed, and nothing is seen.
    expect(await log.read(before)).toMatchObject({ head: before, changes: [] });
    release();
    await first;
    expect(await second).toBe(before + 1);
    expect(order).toEqual(['first', 'second']);
    expect(await log.read(before)).toMatchObject({ head: before + 1, changes: [{ number: before + 1, subjectId: 'usr_kept' }] });
  });

  test('hands over each change once, to a replica that keeps up', async () => {
    const { lease, replica, told } = reading('replica_keeping_up');
    await replica.look();
    expect([lease.holds(), told.splice(0)]).toEqual([true, [null, null]]);
    await append(['usr_a', 'key_b']);
    await append(['org_c']);
    await replica.look();
    await replica.look();
    expect(told).toEqual(['key_b', 'org_c', 'usr_a']);
    await replica.close();
  });

  test.each([
    ['in the middle of the last number', [1, 3], 3],
    ['between two numbers', [1, 2, 2], 3],
    ['in the middle of the only number', [5], 3],
    ['at the very end', [1, 2], 3],
  ])('is forgotten as a whole by a replica whose reading is full %s: it misses no subject', async (_where, sizes, most) => {
    const { replica, told } = reading('replica_behind', most);
    await replica.look();
    told.splice(0);
    for (const [nth, size] of sizes.entries()) await append(Array.from({ length: size }, (_, index) => `usr_${nth}_${index}`));
    await replica.look();
    expect(told).toEqual([null]);
    await replica.close();
  });

  test('loses whole numbers in a purge, so that a replica that was away sees that it has missed some', async () => {
    const { log, replica, told } = reading('replica_away');
    await replica.look();
    told.splice(0);
    const old = new Date(world.now.getTime() - 7_200_000);
    // A batch of the purge ends within one of these.
    for (let nth = 0; nth < 25; nth += 1) {
      const subjects = Array.from({ length: 49 }, (_, index) => `usr_${nth}_${index}`);
      await append(subjects, old);
    }
    const last = await append(['usr_young']);
    let purged = 0;
    const stop = new AbortController();
    const { database } = world;
    const once = Object.assign(Object.create(database) as typeof database, {
      transact: async (work: Parameters<typeof database.transact>[0]) => {
        purged += 1;
        stop.abort();
        return database.transact(work);
      },
    });
    await purgeWithdrawals(once, world.now, stop.signal);
    expect(purged).toBe(1);
    const rest = await world.sql<{ lines: string }>('SELECT COUNT(*) AS `lines` FROM change_log WHERE created_at = ? GROUP BY number', [
      old,
    ]);
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.filter(({ lines }) => Number(lines) !== 49)).toEqual([]);
    await replica.look();
    expect(told).toEqual([null]);
    await purgeWithdrawals(world.database, world.now);
    expect((await log.read(0)).changes).toContainEqual({ number: last, subjectId: 'usr_young' });
    await replica.close();
  });
});

onMysql('the registry', () => {
  test('knows who is behind, takes back who has left, and forgets who is silent', async () => {
    const [here, there] = [reading('replica_here'), reading('replica_there')];
    await here.replica.look();
    await there.replica.look();
    const number = await append(['usr_a']);
    expect([...(await here.log.behind(number))].sort()).toEqual(['replica_here', 'replica_there']);
    await there.replica.look();
    expect(await here.log.behind(number)).toEqual(['replica_here']);
    await here.replica.look();
    expect(await here.log.behind(number)).toEqual([]);
    await there.replica.close();
    await here.log.forgetSilent(10_000);
    expect(await here.log.acknowledge(number)).toBe(true);
    // The same number once more is a row that was found, though nothing of it is new.
    expect(await here.log.acknowledge(number)).toBe(true);
    expect(await there.log.acknowledge(number)).toBe(false);
    await world.sql('UPDATE replicas SET seen_at = seen_at - INTERVAL 11 SECOND');
    await there.log.forgetSilent(10_000);
    expect(await here.log.acknowledge(number)).toBe(false);
  });
});
