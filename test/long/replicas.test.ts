import './asDeployed.js';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import build from '../start/build.js';
import { Hole } from '../start/hole.js';
import { crowding } from '../support/crowding.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { OWNER } from '../support/service.js';
import { createMariadbDatabase } from '../support/testDatabase.js';
import { kinds, type Place, type Withdrawal } from '../support/withdrawals/kinds.js';
import { longest, median, timesOf } from '../support/withdrawals/summary.js';
import { type Asked, Watch } from '../support/withdrawals/Watch.js';
import { ExpiringKey } from '../support/withdrawals/WatchedKey.js';
import { type Answered, made, settle, turned, withdrawAll } from '../support/withdrawals/withdrawAll.js';
import { ReplicaSet } from './ReplicaSet.js';

/** For how long a replica may say yes by what it remembers, and the longest that a writer waits for one that is silent. */
const LEASE_MS = 500;
const LONGEST_MS = 1.1 * LEASE_MS + 100;
const USUAL_MS = 150;
/** Where a processor has more to do than this, it is not the protocol that takes the time. */
const CROWDED = 1.5;
/** After so long a replica that is silent is not waited for any more. */
const SILENT_MS = 10_000;

const LOAD = { clients: 2, pauseMs: 10 };
const LANES = 4;
const MANY = 1_000;
const SOME = 100;

let mariadb: MariadbServer;
let redis: RedisServer;
let wayToRedis: Hole;

beforeAll(async () => {
  await build();
  [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
  wayToRedis = await Hole.before(redis.url.port);
}, 120_000);
afterAll(async () => {
  await wayToRedis.stop();
  await Promise.all([mariadb.stop(), redis.stop()]);
});

/** Three replicas on a database of their own, with settings for each. */
async function threeReplicas(each: readonly Readonly<Record<string, string>>[] = [{}, {}, {}]): Promise<ReplicaSet> {
  const home = await createMariadbDatabase(mariadb.url);
  const redisUrl = new URL(redis.url.text);
  redisUrl.port = String(wayToRedis.port);
  const common = {
    DATABASE_URL: home.url,
    REDIS_URL: redisUrl.href,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BOOTSTRAP_PASSWORD: OWNER.password,
    PUBLIC_URL: 'http://bailiwick.test',
    LOG_LEVEL: 'fatal',
  };
  return ReplicaSet.start(common, each);
}

let set: ReplicaSet;
let places: readonly Place[];

/** New tenants to withdraw in: who signed in ten minutes ago is signed in no more. */
const settled = (): Promise<Place[]> => Promise.all(Array.from({ length: LANES }, () => settle(set)));

/** What is asked, withdrawn and judged while something happens, until it has happened and enough was withdrawn. */
async function whileWithdrawing(
  atLeast: number,
  happens: (watch: Watch) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly watch: Watch; readonly answered: Answered[] }> {
  const watch = new Watch(set, LOAD);
  let happened = false;
  const happening = happens(watch).finally(() => (happened = true));
  const [answered] = await Promise.all([withdrawAll(places, watch, (begun) => begun < atLeast || !happened), happening]).finally(() =>
    watch.stop(),
  );
  const creates = places.flatMap(({ owner }) => owner.creates);
  console.log(
    [
      `${expect.getState().currentTestName}: ${answered.length} withdrawals`,
      timesOf(answered),
      `${watch.refusedAfter} questions after them refused, ${watch.acceptedAfter} after giving back accepted`,
      JSON.stringify(Object.fromEntries(watch.counts)),
      ...[...watch.breaks].map(([why, count]) => `${count} times ${why}`),
      `creates: median ${median(creates).toFixed(0)} ms, longest ${longest(creates).toFixed(0)} ms; crowding ${crowding().toFixed(1)}`,
    ].join('\n  '),
  );
  expect(watch.wrong).toEqual([]);
  expect(new Set(answered.map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)));
  // It was not blind: behind each answer each replica was asked, at more than one door.
  expect(watch.refusedAfter).toBeGreaterThan(3 * answered.length);
  expect(watch.acceptedAfter).toBeGreaterThan(answered.length);
  return { watch, answered };
}

/**
 * What no answer may exceed: what the protocol waits for, and a tenth of a second. Where others are at work on the machine, a
 * change takes longer than that before it has anything to wait for: as long as one that withdraws nothing.
 */
function mostMs(): number {
  const creates = places.flatMap(({ owner }) => owner.creates);
  return crowding() < CROWDED ? LONGEST_MS : LONGEST_MS * crowding() + longest(creates);
}

function expectInTime(answered: readonly Answered[]): void {
  const timed = answered.filter(({ isTimed }) => isTimed);
  expect(median(timed)).toBeLessThan(USUAL_MS * crowding());
  expect(longest(timed)).toBeLessThan(mostMs());
}

/** What is withdrawn while a replica is frozen that knows it: from the key itself, and from whoever is behind it. */
const MEANWHILE = ['revokeApiKey', 'revokeGrant', 'revokeGrantOfAGroup', 'removeUserFromGroup', 'updateRole', 'setUserActive'] as const;

/** They have been by then: nobody holds what they need. */
const MEANWHILE_MS = 3_000;

async function meanwhile(kind: (typeof MEANWHILE)[number], place: Place, watch: Watch): Promise<Withdrawal> {
  const withdrawal = await made(kinds[kind]!, { ...place, owner: place.owner.beside() });
  watch.add(...withdrawal.keys);
  return withdrawal;
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await delay(20);
  }
}
const allReady = async (): Promise<boolean> => (await set.readiness()).every(({ status }) => status === 200);
const allSayOfRedis = (word: string) => async (): Promise<boolean> => (await set.readiness()).every(({ says }) => says['redis'] === word);

describe('three replicas on one MariaDB, under load', () => {
  beforeAll(async () => {
    set = await threeReplicas();
  }, 120_000);
  afterAll(() => set.stop());
  beforeEach(async () => {
    await until(allReady, 'all replicas are ready');
    places = await settled();
  }, 120_000);

  test(`of ${MANY} withdrawals none is ever accepted again, on any replica, by a request that began after its answer`, async () => {
    expectInTime((await whileWithdrawing(MANY / 2)).answered);
    places = await settled();
    expectInTime((await whileWithdrawing(MANY / 2)).answered);
  }, 1_800_000);

  test('the same while Redis is killed', async () => {
    const { answered } = await whileWithdrawing(SOME, async () => {
      redis.kill('SIGKILL');
      await until(allSayOfRedis('away'), 'Redis is told to be away');
    });
    expectInTime(answered);
    await redis.restart();
    await until(allSayOfRedis('up'), 'Redis is back');
  });

  test('the same while Redis is frozen', async () => {
    const { answered } = await whileWithdrawing(SOME, async () => {
      redis.kill('SIGSTOP');
      await until(allSayOfRedis('away'), 'Redis is told to be away');
    });
    redis.kill('SIGCONT');
    expectInTime(answered);
    await until(allSayOfRedis('up'), 'Redis is back');
  });

  test('the same while Redis is in a black hole', async () => {
    const { answered } = await whileWithdrawing(SOME, async () => {
      wayToRedis.closed = true;
      await until(allSayOfRedis('away'), 'Redis is told to be away');
    });
    wayToRedis.closed = false;
    expectInTime(answered);
    await until(allSayOfRedis('up'), 'Redis is back');
  });

  test('the same while a replica is frozen and goes on, for less than a lease, for longer, and for longer than it is waited for', async () => {
    const freezes: { readonly from: number; readonly to: number }[] = [];
    const { answered } = await whileWithdrawing(SOME, async (watch) => {
      // In a tenant of their own: a frozen replica may hold the row of one that it was changing.
      const place = await settle(set);
      const hot = await Promise.all(MEANWHILE.map((kind) => meanwhile(kind, place, watch)));
      for (const milliseconds of [200, 450, 700, 2_000, 1_000, 300, SILENT_MS + 3_000, 800, 900]) {
        for (const { keys } of hot) await Promise.all(keys.map((key) => watch.heat(key)));
        const replica = freezes.length % 3;
        const from = performance.now();
        set.freeze(replica);
        const taken = Promise.all(hot.map((each) => turned(each, watch, 'NO', each.take)));
        await delay(milliseconds);
        // For longer than a lease: those that it knows are withdrawn when it goes on, and it is asked about them at that instant.
        if (milliseconds > LEASE_MS) await Promise.race([taken, delay(MEANWHILE_MS)]);
        for (const { keys } of hot) for (const key of keys) watch.probe(key);
        set.thaw(replica);
        freezes.push({ from, to: performance.now() });
        await taken;
        await Promise.all(hot.map((each) => turned(each, watch, 'YES', each.giveBack!)));
      }
      for (const { keys } of hot) watch.retire(...keys);
    });
    // Who waits for an answer of the frozen one itself waits until it goes on.
    const stuck = ({ answeredAt, took }: Answered) => freezes.some(({ from, to }) => answeredAt - took < from && answeredAt > to);
    expect(longest(answered.filter((each) => each.isTimed && !stuck(each)))).toBeLessThan(mostMs());
  });

  test('the same while the database is frozen and goes on: not one yes beyond the lease, readiness says so, and all is well by itself afterwards', async () => {
    const lateYes: string[] = [];
    const told = new Set<string>();
    await whileWithdrawing(SOME, async (watch) => {
      for (const milliseconds of [200, 700, 3_000, 12_000]) {
        mariadb.kill('SIGSTOP');
        const stoppedAt = performance.now();
        watch.onAnswer = ({ said, began, ended, door, replica }: Asked) => {
          if (began <= stoppedAt + LEASE_MS) return;
          told.add(said);
          if (said !== 'AWAY')
            lateYes.push(`${said} by ${door} of replica ${replica}, ${ended - stoppedAt} ms after the database was frozen`);
        };
        await delay(milliseconds);
        if (milliseconds > 2 * LEASE_MS) {
          for (const { status, says } of await set.readiness()) expect([status, says['status']]).toEqual([503, 'not ready']);
        }
        watch.onAnswer = () => undefined;
        mariadb.kill('SIGCONT');
        await until(allReady, 'all replicas are ready again');
        await delay(500);
      }
    });
    expect(lateYes).toEqual([]);
    expect(told).toEqual(new Set(['AWAY']));
  });

  test('the same when a replica is killed: it is waited for no longer than a lease, and after ten seconds not at all', async () => {
    let killedAt = 0;
    const { answered } = await whileWithdrawing(SOME, async () => {
      await delay(1_000);
      killedAt = performance.now();
      await set.kill(2);
      await delay(SILENT_MS + 6_000);
    });
    await set.restart(2);
    const timed = answered.filter(({ isTimed }) => isTimed);
    expect(longest(timed)).toBeLessThan(mostMs());
    // The first that is not waited for is the one after the one that takes it out of the registry.
    const later = timed.filter(({ answeredAt, took }) => answeredAt - took > killedAt + SILENT_MS + 2_000);
    expect(later.length).toBeGreaterThan(10);
    expect(median(later)).toBeLessThan(USUAL_MS * crowding());
    await until(allReady, 'the replica is back');
    const { watch } = await whileWithdrawing(2 * Object.keys(kinds).length);
    expect(watch.count('BROKEN')).toBe(0);
  });
});

describe('three replicas of which two have a time of day that is off by a day, one ahead and one behind', () => {
  const shifted = (days: string) => ({ NODE_OPTIONS: `--require=${join(__dirname, 'shiftedClock.cjs')}`, TEST_DAYS_AHEAD: days });

  beforeAll(async () => {
    set = await threeReplicas([{}, shifted('1'), shifted('-1')]);
    places = await settled();
  }, 120_000);
  afterAll(() => set.stop());

  test('the same, and a key expires everywhere by the clock of the database, also where the time of day is set meanwhile', async () => {
    const [place] = places as [Place];
    let whenSet = 0;
    const { answered, watch } = await whileWithdrawing(SOME, async (watch) => {
      for (let n = 0; n < 6; n += 1) {
        const before = { away: watch.count('AWAY'), told: watch.told };
        const expiresAt = new Date(Date.now() + 4_000);
        const made = await place.tenant.key({ permissions: ['service:manage'], expiresAt });
        const key = new ExpiringKey(made.key, 'service:manage', place.gateway.key, expiresAt);
        watch.add(key);
        await watch.heat(key);
        // By two days, in the middle of a lease.
        if (n === 2) for (const replica of [1, 2]) set.signal(replica, 'SIGUSR2');
        while (!key.isWithdrawn) {
          watch.probe(key);
          await delay(50);
        }
        watch.probe(key);
        await delay(200);
        watch.retire(key);
        if (n === 2) whenSet = (watch.count('AWAY') - before.away) / (watch.told - before.told);
      }
    });
    expectInTime(answered);
    // A replica that loses its lease reads instead. Where the machine stands still, the database may be away for a moment.
    expect(whenSet).toBeLessThan(0.05);
    expect(watch.count('AWAY')).toBeLessThan(0.05 * watch.told);
  });
});
