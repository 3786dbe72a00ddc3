import { isDuplicate, isInDoubt } from '../../src/database/index.js';
import { DatabaseClock, Lease, machineClocks, type SubjectId } from '../../src/withdrawals/index.js';
import { purgeWithdrawals } from '../../src/withdrawals/purgeWithdrawals.js';
import { Replica } from '../../src/withdrawals/Replica.js';
import { commitChange, ReplicaLogStore } from '../../src/withdrawals/ReplicaLogStore.js';
import { Hole } from '../start/hole.js';
import { until } from '../support/rows.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf, openAt } from './databaseWorld.js';

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
  world.database.transact((rows) => commitChange(rows, subjects, at));

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
  test('gives numbers without a gap, in the order of the commits, to whoever comes at once', async () => {
    const { log } = reading('replica_order');
    const before = await log.head();
    const subjects = Array.from({ length: 20 }, (_, n) => `usr_${n}`);
    const numbers = await Promise.all(subjects.map((subject) => append([subject])));
    const { changes, head } = await log.read(before);
    expect(head).toBe(before + 20);
    expect(changes.map(({ number }) => number)).toEqual(subjects.map((_, n) => before + 1 + n));
    expect(changes.map(({ subjectId }) => numbers[subjects.indexOf(subjectId)])).toEqual(changes.map(({ number }) => number));
  });

  test('is committed, and the next number free, without another word of whoever sent the change: it may be frozen, or gone', async () => {
    const { log } = reading('replica_unheard');
    const before = await log.head();
    const address = new URL(world.home.url);
    const hole = await Hole.before(Number(address.port));
    address.port = String(hole.port);
    const unheard = await openAt(address.href);
    hole.closesBehind = ['UPDATE change_sequence'];
    const lost = errorOf(() => unheard.transact((rows) => commitChange(rows, ['usr_unheard'], world.now)));
    await until(async () => ((await log.head()) > before ? true : undefined));
    expect(hole.closed).toBe(true);
    expect(await append(['usr_next'])).toBe(before + 2);
    expect((await log.read(before)).changes.map(({ subjectId }) => subjectId)).toEqual(['usr_unheard', 'usr_next']);
    hole.reset();
    expect(isInDoubt(await lost)).toBe(true);
    await unheard.close();
    await hole.stop();
  });

  test('is left alone, and the change undone, where the database refuses a line of it', async () => {
    const { log } = reading('replica_refused');
    const before = await log.head();
    const error = await errorOf(() =>
      world.database.transact(async (rows) => {
        await rows.query("INSERT INTO replicas (id, acknowledged, seen_at) VALUES ('replica_undone', 0, NOW(3))");
        await commitChange(rows, ['usr_twice', 'usr_twice'], world.now);
      }),
    );
    expect([isDuplicate(error), isInDoubt(error)]).toEqual([true, false]);
    expect(await log.read(before)).toMatchObject({ head: before, changes: [] });
    expect(await world.sql("SELECT id FROM replicas WHERE id = 'replica_undone'")).toEqual([]);
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
