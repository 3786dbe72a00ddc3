import type { RateLimit } from '../../src/authority/index.js';
import { connectRedis } from '../../src/rateLimits/connectRedis.js';
import { RedisRateLimits } from '../../src/rateLimits/RedisRateLimits.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { answersAsTheReference } from './model.js';

/** A loaded machine may take its time: what is late is tested elsewhere. */
const PATIENCE_MS = 30_000;
const ten = { limit: 10, windowSeconds: 60 };

let redis: RedisServer;
let replicas: readonly Replica[];
let now = 0;
let tests = 0;

/** One of three, with a clock of its own that may differ from the common one. */
interface Replica {
  readonly limits: RedisRateLimits;
  skew: number;
}

async function replica(): Promise<Replica> {
  const skewed = { skew: 0 };
  const limits = new RedisRateLimits(connectRedis(redis.url), () => new Date(now + skewed.skew), PATIENCE_MS);
  await limits.open();
  return Object.assign(skewed, { limits });
}

beforeAll(async () => {
  redis = await startRedis();
  replicas = await Promise.all([replica(), replica(), replica()]);
}, PROGRAMS_WITHIN_MS);
beforeEach(() => {
  now = 1_800_000_000_000;
  tests += 1;
  for (const each of replicas) each.skew = 0;
});
afterAll(async () => {
  for (const { limits } of replicas) limits.close();
  await redis.stop();
});

/** A use on a key of this test's own, by one of the replicas. */
const take = (limit: RateLimit, cost = 1, by = 0, key = 'a') => replicas[by]!.limits.take(`test ${tests} ${key}`, limit, cost);
const fits = async (limit: RateLimit, cost = 1, by = 0): Promise<boolean> => (await take(limit, cost, by)).fits;

test('answers as the naive reference does, whatever is taken, however long is waited and whenever a limit is edited (S2.14)', async () => {
  await answersAsTheReference(() => ({ limits: replicas[0]!.limits, advance: (by) => void (now += by), now: () => now }));
});

describe('a window that replicas share', () => {
  test('lets of 200 uses at once, over three connections, exactly the limit of 100 through (R54)', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => take({ limit: 100, windowSeconds: 60 }, 1, n % 3)));
    const passed = answers.filter(({ fits }) => fits);
    expect(passed).toHaveLength(100);
    expect(new Set(passed.map(({ state }) => state.remaining))).toEqual(new Set(Array.from({ length: 100 }, (_, n) => n)));
  });

  test('begins at the first use of any of them and ends by the millisecond', async () => {
    expect(await fits(ten, 10, 0)).toBe(true);
    now += 59_999;
    expect(await fits(ten, 1, 1)).toBe(false);
    expect((await take(ten, 0, 2)).state).toEqual({ ...ten, remaining: 0, resetAt: new Date(now + 1) });
    now += 1;
    expect(await fits(ten, 1, 2)).toBe(true);
    expect((await take(ten, 0, 1)).state).toEqual({ ...ten, remaining: 9, resetAt: new Date(now + 60_000) });
  });

  test('takes an edit at once: raised, the next use passes; lowered, none does; shortened, it may be over', async () => {
    expect(await fits(ten, 10)).toBe(true);
    expect(await fits(ten, 1, 1)).toBe(false);
    expect(await fits({ ...ten, limit: 11 }, 1, 1)).toBe(true);
    expect(await fits({ ...ten, limit: 5 }, 1, 2)).toBe(false);
    now += 5_000;
    expect(await fits({ ...ten, windowSeconds: 5 }, 1, 0)).toBe(true);
  });

  test('counts what is as large as a limit can be', async () => {
    const largest = { limit: 1_000_000_000, windowSeconds: 30 * 86_400 };
    expect(await fits(largest, 999_999_999)).toBe(true);
    expect((await take(largest, 1, 1)).state).toEqual({ ...largest, remaining: 0, resetAt: new Date(now + 30 * 86_400_000) });
    expect(await fits(largest, 1, 2)).toBe(false);
  });
});

describe('in Redis', () => {
  const keyOf = (key = 'a') => `bailiwick:limit:test ${tests} ${key}`;

  test('a window is one small value under our prefix that is forgotten by itself, but not while it may still run by a slower clock', async () => {
    await take(ten, 7);
    expect(await redis.client.get(keyOf())).toBe(`${now} 60000 7`);
    expect(await redis.client.strlen(keyOf())).toBeLessThan(45);
    const left = await redis.client.pttl(keyOf());
    expect(left).toBeGreaterThan(60_000);
    expect(left).toBeLessThanOrEqual(60_000 * 1.1 + 60_000);
  });

  test('nothing is written by asking, nor by what does not fit', async () => {
    await take(ten, 0);
    await take(ten, 11);
    expect(await redis.client.exists(keyOf())).toBe(0);
  });

  test('a script that was forgotten is sent again, and the use is counted once', async () => {
    expect(await fits(ten, 4)).toBe(true);
    await redis.client.script('FLUSH');
    expect((await take(ten, 4)).state.remaining).toBe(2);
    await redis.client.script('FLUSH');
    const answers = await Promise.all(Array.from({ length: 5 }, () => fits(ten)));
    expect(answers.filter(Boolean)).toHaveLength(2);
  });

  test('one key belongs to a use, so that a cluster knows where to send it', async () => {
    await redis.client.config('RESETSTAT');
    await Promise.all(Array.from({ length: 20 }, (_, n) => take(ten, 1, 0, `key ${n}`)));
    // One round trip each, and not a byte of script among them.
    const stats = await redis.client.info('commandstats');
    expect(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]).toBe('20');
    expect(stats).not.toContain('cmdstat_eval:');
  });
});

describe('clocks that differ', () => {
  test('by a day hold nobody up for longer than one window, and share what was used of it', async () => {
    replicas[1]!.skew = 86_400_000;
    expect(await fits(ten, 10, 1)).toBe(true);
    // By the others' clocks it begins tomorrow: it runs from now on instead.
    expect(await fits(ten, 1, 0)).toBe(false);
    expect((await take(ten, 0, 2)).state).toEqual({ ...ten, remaining: 0, resetAt: new Date(now + 60_000) });
    now += 60_000;
    expect(await fits(ten, 10, 0)).toBe(true);
  });

  test('by some milliseconds cut a window short by these', async () => {
    replicas[1]!.skew = 3;
    expect(await fits(ten, 4, 1)).toBe(true);
    expect((await take(ten, 4, 0)).state).toEqual({ ...ten, remaining: 2, resetAt: new Date(now + 60_000) });
    expect(await fits(ten, 3, 1)).toBe(false);
    now += 59_997;
    expect(await fits(ten, 3, 0)).toBe(false);
    expect(await fits(ten, 3, 1)).toBe(true);
  });
});
