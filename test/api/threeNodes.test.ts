import { CreateApiKeyDocument, RevokeApiKeyDocument, VerifyApiKeyDocument } from '../generated/documents.js';
import { type Client } from '../support/client.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { type Service, startBeside, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';
import { databaseKind } from '../support/testDatabase.js';

// A file of SQLite has one process; on MariaDB there are three nodes.
const alone = databaseKind() === 'sqlite';
const QUOTA = 10;
const LIMIT = 100;
const AT_ONCE = 200;

let redis: RedisServer;
let nodes: Service[];
let tenant: TestTenant;

beforeAll(async () => {
  redis = await startRedis();
  // On a busy machine Redis may be late without being away.
  const settings = { quotas: { maxApiKeys: QUOTA }, redis: { url: redis.url, answerWithinMs: 30_000 } };
  const first = await startService(undefined, settings);
  nodes = alone ? [first] : [first, await startBeside(first, settings), await startBeside(first, settings)];
}, PROGRAMS_WITHIN_MS);
beforeEach(async () => {
  tenant = await foundTenant(nodes[0]!);
});
afterAll(async () => {
  for (const each of [...nodes].reverse()) await each.stop();
  await redis.stop();
});

/** Somebody's client at each node. */
const atEach = (client: Client): Client[] => nodes.map(({ url }) => client.at(url));
/** So many at once, at the nodes in turn; those that found too much to do are sent again. */
const atOnce = <T>(count: number, ask: (node: number) => Promise<T>, isTooMuch: (answer: T) => boolean): Promise<T[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      for (;;) {
        const answer = await ask(n % nodes.length);
        if (!isTooMuch(answer)) return answer;
      }
    }),
  );

test(`of ${AT_ONCE} creates at once on three nodes exactly ${QUOTA} make a key, where an organization may have ${QUOTA} (R72)`, async () => {
  const owners = atEach(tenant.owner.client);
  const input = { namespaceId: tenant.organizationId, environment: 'PRODUCTION', name: 'Key' } as const;
  const answers = await atOnce(
    AT_ONCE,
    (node) => owners[node]!.send(CreateApiKeyDocument, { input }),
    ({ code }) => code === 'UNAVAILABLE',
  );
  const codes = Map.groupBy(answers, ({ code }) => code);
  expect([...codes].map(([code, those]) => [code, those.length]).sort()).toEqual([
    ['CONFLICT', AT_ONCE - QUOTA],
    ['OK', QUOTA],
  ]);
});

test(`of ${AT_ONCE} requests at once on three nodes exactly ${LIMIT} pass a limit of ${LIMIT} (R54)`, async () => {
  const gateways = atEach((await tenant.gateway()).client);
  const { key } = await tenant.key({ rateLimit: { limit: LIMIT, windowSeconds: 60 } });
  const answers = await atOnce(
    AT_ONCE,
    // It is counted last: what finds too much to do was not, unless its lease lapsed just then.
    (node) => gateways[node]!.send(VerifyApiKeyDocument, { input: { key } }),
    ({ code }) => code === 'UNAVAILABLE',
  );
  const codes = answers.map(({ data }) => data?.verifyApiKey.code);
  expect([codes.filter((code) => code === 'VALID').length, codes.filter((code) => code === 'RATE_LIMITED').length]).toEqual([
    LIMIT,
    AT_ONCE - LIMIT,
  ]);
});

test('a key that was revoked on one node is refused by each, whether it knew the key or not (R19)', async () => {
  const gateways = atEach((await tenant.gateway()).client);
  const owners = atEach(tenant.owner.client);
  const codesOf = ({ key }: TestKey): Promise<string[]> =>
    Promise.all(gateways.map(async (client) => (await verify({ client }, { key })).code));
  const everywhere = (code: string): string[] => nodes.map(() => code);
  for (const owner of owners) {
    const [hot, cold] = [await tenant.key(), await tenant.key()];
    expect(await codesOf(hot)).toEqual(everywhere('VALID'));
    for (const { id } of [hot, cold]) await owner.ask(RevokeApiKeyDocument, { input: { id } });
    expect(await codesOf(hot)).toEqual(everywhere('INACTIVE'));
    expect(await codesOf(cold)).toEqual(everywhere('INACTIVE'));
  }
});
