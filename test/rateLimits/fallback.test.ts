import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { RateLimit } from '../../src/authority/index.js';
import { type OpenRateLimits, openRateLimits, parseRedisUrl } from '../../src/rateLimits/index.js';
import { deafServer, silentServer } from '../support/blackHole.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { findRedis, type RedisServer, startRedis } from '../support/redis.js';

/** How much later than 50 ms, as they are on this machine at this moment, an answer may come. */
const SLACK_MS = 1_000;
const hundred = { limit: 100, windowSeconds: 60 };

let redis: RedisServer;
let now = 1_800_000_000_000;
let replicas: Replica[] = [];

/** A line of the log. */
interface Line {
  readonly redis: string;
  readonly reason?: string;
}

interface Replica {
  readonly limits: OpenRateLimits;
  readonly logged: Line[];
}

/** A replica as it is shipped, or one that is patient: on a busy machine Redis may be late without being away. */
async function replica(url = redis.url.text, answerWithinMs?: number): Promise<Replica> {
  const logged: Line[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void logged.push(JSON.parse(line) as Line) });
  const parsed = parseRedisUrl(url);
  if (!parsed) throw new Error('no usable URL');
  const limits = await openRateLimits(() => new Date(now), log, { url: parsed, ...(answerWithinMs && { answerWithinMs }) });
  const opened = { limits, logged };
  replicas.push(opened);
  return opened;
}
async function patient(url = redis.url.text): Promise<Replica> {
  const one = await replica(url, 30_000);
  await is('up', one);
  one.logged.length = 0;
  return one;
}

/** Does something that may take 50 ms, beside a timer of as much: whatever holds up this process holds up both. */
async function within50Ms<T>(work: () => Promise<T>): Promise<T> {
  const timer = delay(50).then(() => performance.now());
  const result = await work();
  const done = performance.now();
  expect(done - (await timer)).toBeLessThan(SLACK_MS);
  return result;
}

/** Tries so often at once; how many were let through. */
async function passed({ limits }: Replica, tries: number, limit: RateLimit = hundred, key = 'key'): Promise<number> {
  const taken = await Promise.all(Array.from({ length: tries }, async () => limits.take(key, limit, 1)));
  return taken.filter(({ fits }) => fits).length;
}
/** The same while Redis is away: nobody may wait for it. */
const passedAway = (one: Replica, tries: number): Promise<number> => within50Ms(() => passed(one, tries));
async function is(state: 'up' | 'away', ...those: readonly Replica[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!those.every(({ limits }) => limits.state() === state)) {
    if (performance.now() > deadline) throw new Error(`Redis was never ${state}`);
    await delay(5);
  }
}
const told = ({ logged }: Replica): string[] => logged.map(({ redis, reason }) => (reason === undefined ? redis : `${redis}: ${reason}`));

beforeAll(() => findRedis(), PROGRAMS_WITHIN_MS);
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const { limits } of replicas) limits.close();
  replicas = [];
  redis.kill('SIGCONT');
  await redis.stop();
});

describe('while Redis answers', () => {
  test('three replicas let exactly the limit through together, window after window', async () => {
    const three = await Promise.all([patient(), patient(), patient()]);
    for (let window = 0; window < 3; window += 1) {
      const each = await Promise.all(three.map((one) => passed(one, 70)));
      expect(each.reduce((sum, one) => sum + one)).toBe(100);
      now += 60_000;
    }
    expect(three.map(({ limits }) => [limits.state(), limits.fallbacks])).toEqual([
      ['up', 0],
      ['up', 0],
      ['up', 0],
    ]);
    expect(three.flatMap(told)).toEqual([]);
  });

  test('more at once than it could answer in time are counted here, and the limit holds', async () => {
    const one = await patient();
    expect(await passed(one, 7_000, { limit: 3_000, windowSeconds: 60 })).toBe(3_000);
    expect(one.limits.state()).toBe('up');
    expect(one.limits.fallbacks).toBe(2_000);
  });
});

/** Three replicas of which the first two have used something of a window that all share. */
async function threeInUse(open: () => Promise<Replica>): Promise<readonly [Replica, Replica, Replica]> {
  const [one, two, three] = await Promise.all([open(), open(), open()]);
  await is('up', one, two, three);
  expect(await passed(one, 30)).toBe(30);
  expect(await passed(two, 10)).toBe(10);
  return [one, two, three];
}

describe('while Redis is away each replica lets at most the limit through, with what it let through before', () => {
  test('killed, and started again without what it held', async () => {
    const [one, two, three] = await threeInUse(patient);
    redis.kill('SIGKILL');
    expect([await passedAway(one, 200), await passedAway(two, 200), await passedAway(three, 200)]).toEqual([70, 90, 100]);
    expect([one, two, three].map(({ limits }) => [limits.state(), limits.fallbacks])).toEqual([
      ['away', 200],
      ['away', 200],
      ['away', 200],
    ]);
    await redis.restart();
    await is('up', one, two, three);
    // It knows of nothing, but each replica knows what it let through itself.
    expect(await Promise.all([one, two, three].map((each) => passed(each, 50)))).toEqual([0, 0, 0]);
    now += 60_000;
    const each = await Promise.all([one, two, three].map((each) => passed(each, 70)));
    expect(each.reduce((sum, one) => sum + one)).toBe(100);
    // Told once each, and nothing of it is secret.
    for (const each of [one, two, three]) expect(told(each)).toEqual([expect.stringMatching(/^away: \w+$/), 'up']);
    expect(JSON.stringify([one, two, three].map(({ logged }) => logged))).not.toContain(redis.password);
  });

  test('stopped and continued, whatever it counted of what nobody waited for', async () => {
    const [one, two, three] = await threeInUse(replica);
    redis.kill('SIGSTOP');
    expect([await passedAway(one, 200), await passedAway(two, 200), await passedAway(three, 200)]).toEqual([70, 90, 100]);
    // Whoever asks once it is known waits for nothing.
    await within50Ms(async () => {
      for (let n = 0; n < 1_000; n += 1) await one.limits.take(`key ${n}`, hundred, 1);
    });
    redis.kill('SIGCONT');
    await is('up', one, two, three);
    expect(await Promise.all([one, two, three].map((each) => passed(each, 50)))).toEqual([0, 0, 0]);
    expect(await redis.client.get('bailiwick:limit:key')).toMatch(/ \d+$/);
  });

  test.each([
    ['that accepts and never answers', silentServer],
    ['that never accepts', deafServer],
  ])('at an address %s', async (_what, server) => {
    const hole = await server();
    const one = await replica(`redis://:secret-word@127.0.0.1:${hole.port}`);
    expect(one.limits.state()).toBe('away');
    expect(await passedAway(one, 200)).toBe(100);
    now += 60_000;
    expect(await passedAway(one, 200)).toBe(100);
    expect(one.logged).toHaveLength(1);
    expect(JSON.stringify(one.logged)).not.toContain('secret-word');
    one.limits.close();
    await hole.close();
  });

  test.each([
    ['nobody listens', 'ECONNREFUSED', () => 'redis://:secret-word@127.0.0.1:1'],
    ['the password is wrong', 'WRONGPASS', () => redis.url.text.replace(redis.password, 'secret-word')],
    ['a password is missing', 'NOAUTH', () => redis.url.text.replace(`:${redis.password}@`, '')],
    ['the name is unknown', /^(ENOTFOUND|EAI_AGAIN|NotConnected|ETIMEDOUT)$/, () => 'redis://:secret-word@no-such-host.invalid'],
    ['TLS is not spoken', /./, () => redis.url.text.replace('redis:', 'rediss:')],
  ])('where %s: the start goes on, and says so without what is secret', async (_what, reason, url) => {
    const one = await replica(url());
    expect(one.limits.state()).toBe('away');
    expect(await passedAway(one, 200)).toBe(100);
    expect(one.logged).toEqual([expect.objectContaining({ level: 40, redis: 'away', reason: expect.stringMatching(reason) })]);
    expect(JSON.stringify(one.logged)).not.toMatch(new RegExp(`secret-word|${redis.password}|${redis.url.port}`));
  });
});

describe('a Redis that is there and cannot count', () => {
  test.each<readonly [what: string, reason: string, break_: () => Promise<unknown>, mend: () => Promise<unknown>]>([
    ['is a read-only copy', 'READONLY', () => redis.client.replicaof('127.0.0.1', 1), () => redis.client.replicaof('NO', 'ONE')],
    ['is full', 'OOM', () => redis.client.config('SET', 'maxmemory', '1'), () => redis.client.config('SET', 'maxmemory', '0')],
    [
      'does not let us write',
      'ERR',
      () => redis.client.acl('SETUSER', 'default', '-set'),
      () => redis.client.acl('SETUSER', 'default', '+set'),
    ],
  ])('because it %s is as one that is away, and comes back', async (_what, reason, breakIt, mendIt) => {
    const one = await patient();
    expect(await passed(one, 30)).toBe(30);
    await breakIt();
    expect(await passed(one, 200)).toBe(70);
    await is('away', one);
    await mendIt();
    await is('up', one);
    now += 60_000;
    expect(await passed(one, 200)).toBe(100);
    expect(told(one)).toEqual([`away: ${reason}`, 'up']);
  });

  test('because everything in it was deleted lets no replica have more than the limit, however often', async () => {
    const [one, two] = await Promise.all([patient(), patient()]);
    let [first, second] = [0, 0];
    for (let n = 0; n < 10; n += 1) {
      first += await passed(one, 30);
      second += await passed(two, 20);
      await redis.client.flushall();
    }
    expect([first, second]).toEqual([100, 100]);
    expect([one.limits.state(), told(one)]).toEqual(['up', []]);
  });
});

test('Redis may be shared with others: a user that may do what is needed, with our keys only, is enough', async () => {
  const rights = ['~bailiwick:*', '+eval', '+evalsha', '+get', '+set', '+info'];
  await redis.client.acl('SETUSER', 'app', 'on', '>secret-word', ...rights);
  const one = await patient(`redis://app:secret-word@127.0.0.1:${redis.url.port}`);
  expect(await passed(one, 150)).toBe(100);
  expect([one.limits.state(), one.limits.fallbacks, one.logged]).toEqual(['up', 0, []]);
  const other = await patient(`redis://:${redis.password}@127.0.0.1:${redis.url.port}/3`);
  expect(await passed(other, 10)).toBe(10);
});

describe('what is told', () => {
  test('follows Redis also while nobody uses a key', async () => {
    const one = await replica();
    await is('up', one);
    redis.kill('SIGSTOP');
    await is('away', one);
    redis.kill('SIGCONT');
    await is('up', one);
    expect(one.limits.fallbacks).toBe(0);
  });

  test('is "unused" where no Redis was named, and this process counts', async () => {
    const limits = await openRateLimits(() => new Date(now), pino({ enabled: false }), undefined);
    expect([limits.state(), limits.fallbacks]).toEqual(['unused', 0]);
    expect((await limits.take('key', hundred, 100)).fits).toBe(true);
    expect((await limits.take('key', hundred, 1)).fits).toBe(false);
    limits.close();
  });
});
