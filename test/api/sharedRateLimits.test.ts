import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../support/client.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { type Service, startBeside, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';
import { databaseKind } from '../support/testDatabase.js';

// A file of SQLite has one process; on MariaDB there are two replicas.
const alone = databaseKind() === 'sqlite';
const LIMIT = 60;

let redis: RedisServer;
let replicas: readonly Service[];
let tenant: TestTenant;

beforeAll(async () => {
  redis = await startRedis();
  // On a busy machine Redis may be late without being away; where it is away, it refuses.
  const shared = { redis: { url: redis.url, answerWithinMs: 30_000 } };
  const first = await startService(undefined, shared);
  replicas = alone ? [first] : [first, await startBeside(first, shared)];
  tenant = await foundTenant(first);
}, PROGRAMS_WITHIN_MS);
afterAll(async () => {
  for (const each of [...replicas].reverse()) await each.stop();
  await redis.stop();
});

/** Requests to each replica, all at once, until each has been answered; how many were let through where. */
async function admitted(key: TestKey, each: number): Promise<number[]> {
  const ask = async (client: Client): Promise<number> => {
    const { status } = await client.send('{ viewer { apiKey { id } } }');
    // Too much was asked of the database at once, before the key was counted.
    return status === 503 ? ask(client) : status;
  };
  return Promise.all(
    replicas.map(async ({ url }) => {
      const client = new Client(url).as(key.key);
      const statuses = await Promise.all(Array.from({ length: each }, () => ask(client)));
      expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
      return statuses.filter((status) => status === 200).length;
    }),
  );
}
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
/** What each replica tells of itself once it is ready: on a busy machine a lease may have run out for a moment. */
const readiness = () =>
  Promise.all(
    replicas.map(async ({ url }) => {
      for (;;) {
        const answer = await fetch(`${url}/readyz`);
        const { database, redis } = (await answer.json()) as Record<string, string>;
        if (answer.status === 200) return { database, redis };
        await delay(20);
      }
    }),
  );
async function until(state: 'up' | 'away'): Promise<void> {
  while (!replicas.every(({ app }) => app.rateLimits.state() === state)) await delay(10);
}

test('replicas that share Redis let exactly the limit of a key through, window after window (S2.14, R54)', async () => {
  const key = await tenant.key({ rateLimit: { limit: LIMIT, windowSeconds: 60 } });
  for (let window = 0; window < 2; window += 1) {
    expect(sum(await admitted(key, 80))).toBe(LIMIT);
    replicas[0]!.clock.advance(60_000);
  }
  expect(await readiness()).toEqual(replicas.map(() => ({ database: 'up', redis: 'up' })));
});

test('while Redis is away each lets at most the limit through; the service is ready, and says what is away (R67)', async () => {
  const key = await tenant.key({ rateLimit: { limit: LIMIT, windowSeconds: 60 } });
  expect(sum(await admitted(key, 10))).toBe(10 * replicas.length);
  redis.kill('SIGKILL');
  await until('away');
  expect(await admitted(key, 100)).toEqual(replicas.map(() => LIMIT - 10));
  expect(await readiness()).toEqual(replicas.map(() => ({ database: 'up', redis: 'away' })));
  await redis.restart();
  await until('up');
  expect(sum(await admitted(key, 20))).toBe(0);
  replicas[0]!.clock.advance(60_000);
  expect(sum(await admitted(key, 80))).toBe(LIMIT);
  expect(replicas.flatMap(({ logged }) => logged).join('\n')).not.toContain(redis.password);
});
