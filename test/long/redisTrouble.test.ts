import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import build from '../start/build.js';
import { StartFolder } from '../start/serviceProcess.js';
import { Client } from '../support/client.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { createTestDatabase, type TestDatabase } from '../support/testDatabase.js';
import { OWNER, signedIn } from './crowd.js';

const REPLICAS = 3;
const LIMIT = 200;
const TRIES = 400;
const AT_ONCE = 10;
/** A request that was held up by Redis would take as long as Redis is away; this much a busy machine may make of any. */
const ANSWERED_WITHIN_MS = 5_000;
const WHO_AM_I = '{ viewer { apiKey { id } } }';

let redis: RedisServer;
let database: TestDatabase;
let folder: StartFolder;
let bases: readonly string[];
let owner: Client;

beforeAll(async () => {
  await build();
  [redis, database, folder] = await Promise.all([startRedis(), createTestDatabase('mariadb'), StartFolder.make()]);
  const settings = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url.text,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BOOTSTRAP_PASSWORD: OWNER.password,
  };
  // The first one migrates and founds; the others find all of it.
  const first = await folder.start({ settings }).ready();
  const others = Array.from({ length: REPLICAS - 1 }, () => folder.start({ settings }).ready());
  bases = [first, ...(await Promise.all(others))];
  owner = await signedIn(first);
}, PROGRAMS_WITHIN_MS);
afterAll(async () => {
  await folder.remove();
  redis.kill('SIGCONT');
  await redis.stop();
  await database.drop();
});

/** A key that may be used so often in an hour. */
async function limitedKey(): Promise<string> {
  const { viewer } = await owner.ask<{ viewer: { user: { organization: { id: string } } } }, object>(
    '{ viewer { user { organization { id } } } }',
    {},
  );
  const { createApiKey } = await owner.ask<{ createApiKey: { key: string } }, object>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key } }',
    {
      input: {
        namespaceId: viewer.user.organization.id,
        environment: 'PRODUCTION',
        name: 'Limited',
        permissions: ['service:manage'],
        rateLimit: { limit: LIMIT, windowSeconds: 3_600 },
      },
    },
  );
  return createApiKey.key;
}

/** What each replica tells of Redis, once all tell the same. */
async function allSay(state: 'up' | 'away'): Promise<void> {
  for (const base of bases) {
    while (((await (await fetch(`${base}/readyz`)).json()) as { redis: string }).redis !== state) await delay(20);
  }
}

/** Uses a key at one replica again and again, telling how far it is; how often it was let through, and the longest wait. */
async function use(base: string, key: string, onTry: (n: number) => void): Promise<{ passed: number; longest: number }> {
  const client = new Client(base).as(key);
  let [tries, passed, longest] = [0, 0, 0];
  const worker = async (): Promise<void> => {
    while (tries < TRIES) {
      onTry((tries += 1));
      const asked = performance.now();
      const { status } = await client.send(WHO_AM_I);
      longest = Math.max(longest, performance.now() - asked);
      expect([200, 429, 503]).toContain(status);
      if (status === 200) passed += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { passed, longest };
}

test.each([
  ['killed and started again', 'SIGKILL'],
  ['stopped and continued', 'SIGSTOP'],
] as const)(
  'while Redis is %s under load, no replica lets more than the limit through, none refuses all, and no request waits for it (R67)',
  async (_what, trouble) => {
    await allSay('up');
    const key = await limitedKey();
    let begun = false;
    const uses = await Promise.all(
      bases.map((base) =>
        use(base, key, (n) => {
          if (n < 20 || begun) return;
          begun = true;
          redis.kill(trouble);
        }),
      ),
    );
    await allSay('away');
    if (trouble === 'SIGKILL') await redis.restart();
    else redis.kill('SIGCONT');
    await allSay('up');
    for (const { passed, longest } of uses) {
      expect(passed).toBeGreaterThan(0);
      expect(passed).toBeLessThanOrEqual(LIMIT);
      expect(longest).toBeLessThan(ANSWERED_WITHIN_MS);
    }
    expect(uses.reduce((sum, { passed }) => sum + passed, 0)).toBeGreaterThanOrEqual(LIMIT);
    // And none has any left now that they count together again.
    for (const base of bases) expect((await use(base, key, () => undefined)).passed).toBe(0);
  },
);
