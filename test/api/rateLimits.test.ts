import {
  ExplainApiKeyDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  VerifyApiKeyDocument,
  type VerifyApiKeyInput,
  VerifyApiKeysDocument,
} from '../generated/documents.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const limited = (limit: number, windowSeconds = 60, more: object = {}): Promise<TestKey> =>
  tenant.key({ rateLimit: { limit, windowSeconds }, ...more });
const told = async (key: TestKey, question: Omit<VerifyApiKeyInput, 'key'> = {}) => {
  const { code, httpStatus, rateLimit } = await verify(gateway, key, question);
  return { code, httpStatus, remaining: rateLimit?.remaining };
};
const inSeconds = (seconds: number): string => new Date(service.clock.now().getTime() + seconds * 1_000).toISOString();
const valid = (remaining: number) => ({ code: 'VALID', httpStatus: 200, remaining });
const spent = (remaining = 0) => ({ code: 'RATE_LIMITED', httpStatus: 429, remaining });
/** Asks all at once, and those again, one by one, of whom the service says that too much is asked of its database at once. */
async function atOnce<T>(asks: readonly (() => Promise<Answer<T>>)[], isTooMuch: (answer: Answer<T>) => boolean): Promise<Answer<T>[]> {
  const answers = await Promise.all(asks.map((ask) => ask()));
  for (const [n, ask] of asks.entries()) while (isTooMuch(answers[n]!)) answers[n] = await ask();
  return answers;
}
/** A verification counts last: whatever could not be answered was not counted. A door counts before anything is executed. */
const unverified = ({ code }: { readonly code: string }): boolean => code === 'UNAVAILABLE';
const unadmitted = ({ status }: { readonly status: number }): boolean => status === 503;
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

describe('a verification', () => {
  test('beyond the limit is RATE_LIMITED with 429, and every answer tells the state (S2.14, S2.9)', async () => {
    const key = await limited(2);
    expect((await verify(gateway, key)).rateLimit).toEqual({ limit: 2, remaining: 1, resetAt: inSeconds(60) });
    service.clock.advance(1_000);
    expect((await verify(gateway, key)).rateLimit).toEqual({ limit: 2, remaining: 0, resetAt: inSeconds(59) });
    const refused = await verify(gateway, key);
    expect(refused).toMatchObject({ valid: false, code: 'RATE_LIMITED', httpStatus: 429, effectivePermissions: [], apiKeyId: key.id });
    expect(refused.rateLimit).toEqual({ limit: 2, remaining: 0, resetAt: inSeconds(59) });
    expect((await verify(gateway, await tenant.key())).rateLimit).toBeNull();
  });

  test('passes again at the very instant at which the window ends, and not a millisecond before (S2.14)', async () => {
    const key = await limited(1);
    expect(await told(key)).toEqual(valid(0));
    service.clock.advance(59_999);
    expect(await told(key)).toEqual(spent());
    service.clock.advance(1);
    expect(await told(key)).toEqual(valid(0));
    // Steady traffic does not move the end of a window.
    for (let n = 0; n < 12; n += 1) {
      service.clock.advance(5_000);
      expect(await told(key)).toEqual(n === 11 ? valid(0) : spent());
    }
  });

  test('costs what it says; what does not fit counts nothing, and cost 0 asks without counting', async () => {
    const key = await limited(10);
    expect(await told(key, { cost: 0 })).toEqual(valid(10));
    expect((await verify(gateway, key, { cost: 0 })).rateLimit?.resetAt).toBe(inSeconds(0));
    expect(await told(key, { cost: 7 })).toEqual(valid(3));
    expect(await told(key, { cost: 4 })).toEqual(spent(3));
    expect(await told(key, { cost: 11 })).toEqual(spent(3));
    expect(await told(key, { cost: 3 })).toEqual(valid(0));
    expect(await told(key, { cost: 0 })).toEqual(valid(0));
    expect(await told(key, { cost: 1 })).toEqual(spent());
    for (const cost of [-1, 1_000_000_001]) {
      const answer = await gateway.client.send(VerifyApiKeyDocument, { input: { key: key.key, cost } });
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.cost' });
    }
  });

  test('that an earlier gate refuses counts nothing', async () => {
    const key = await limited(2, 60, {
      permissions: ['event:submit'],
      restrictions: [{ type: 'customer', ids: ['a'] }],
      allowedCidrs: ['192.0.2.1'],
    });
    const resource = { type: 'customer', id: 'a' };
    const good = { resource, clientIp: '192.0.2.1' };
    const staging = await tenant.gateway('STAGING');
    expect(await verify(staging, key, good)).toMatchObject({ code: 'ENVIRONMENT_MISMATCH', rateLimit: { remaining: 2 } });
    for (const [code, question] of [
      ['NAMESPACE_MISMATCH', { ...good, namespaceId: 'nowhere' }],
      ['INSUFFICIENT_PERMISSIONS', { ...good, permissions: ['service:manage'] }],
      ['RESOURCE_NOT_ALLOWED', { clientIp: '192.0.2.1' }],
      ['IP_NOT_ALLOWED', { resource }],
    ] as const) {
      expect(await verify(gateway, key, question as object)).toMatchObject({ code, rateLimit: { limit: 2, remaining: 2 } });
    }
    expect(await told(key, good)).toEqual(valid(1));
    await owner.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    expect(await told(key, good)).toEqual({ code: 'INACTIVE', httpStatus: 401, remaining: 1 });
  });

  test('a window belongs to one key: the same limit on another key is another window', async () => {
    const [one, other] = [await limited(1), await limited(1)];
    expect(await told(one)).toEqual(valid(0));
    expect(await told(one)).toEqual(spent());
    expect(await told(other)).toEqual(valid(0));
  });
});

describe('an edit of the limit', () => {
  const edit = (key: TestKey, rateLimit: { limit: number; windowSeconds: number } | null) =>
    owner.ask(UpdateApiKeyDocument, { input: { id: key.id, rateLimit } });

  test('takes effect in the window that runs: raising the threshold lets the next call pass (S2.14)', async () => {
    const key = await limited(2);
    await told(key, { cost: 2 });
    expect(await told(key)).toEqual(spent());
    await edit(key, { limit: 3, windowSeconds: 60 });
    expect(await told(key)).toEqual(valid(0));
    await edit(key, { limit: 2, windowSeconds: 60 });
    expect(await told(key)).toEqual(spent());
    await edit(key, null);
    expect(await told(key)).toEqual({ code: 'VALID', httpStatus: 200, remaining: undefined });
    await edit(key, { limit: 5, windowSeconds: 60 });
    expect(await told(key)).toEqual(valid(1));
  });

  test('that shortens the window ends it earlier', async () => {
    const key = await limited(1, 3_600);
    expect(await told(key)).toEqual(valid(0));
    service.clock.advance(60_000);
    expect(await told(key)).toEqual(spent());
    await edit(key, { limit: 1, windowSeconds: 60 });
    expect(await told(key)).toEqual(valid(0));
  });
});

describe('however they are asked, verifications cost each', () => {
  test('of 200 in parallel at a limit of 100 exactly 100 pass, and again after the window (R54)', async () => {
    const key = await limited(100);
    const document = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code rateLimit { remaining } } }';
    type Told = { verifyApiKey: { code: string; rateLimit: { remaining: number } } };
    for (const _window of [1, 2]) {
      const answers = await atOnce(
        many(200, () => () => gateway.client.send<Told, object>(document, { key: key.key })),
        unverified,
      );
      const told = answers.map(({ data }) => data!.verifyApiKey);
      const passed = told.filter(({ code }) => code === 'VALID');
      expect(passed).toHaveLength(100);
      expect(new Set(passed.map(({ rateLimit }) => rateLimit.remaining))).toEqual(new Set(many(100, (n) => n)));
      expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['VALID', 'RATE_LIMITED']));
      service.clock.advance(60_000);
    }
  });

  test('in one call of verifyApiKeys, 100 questions cost 100 (R53)', async () => {
    const key = await limited(40);
    const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs: many(100, () => ({ key: key.key })) });
    expect(verifyApiKeys.filter(({ code }) => code === 'VALID')).toHaveLength(40);
    expect(verifyApiKeys.filter(({ code }) => code === 'RATE_LIMITED')).toHaveLength(60);
    expect(await told(key)).toEqual(spent());
  });

  test('under aliases of one operation each costs, and together with verifyApiKeys 100 in one request cost 100 (R53)', async () => {
    const key = await limited(90);
    const fields = many(10, (n) => `one${n}: verifyApiKey(input: { key: $key }) { code }`).join(' ');
    const document = `mutation ($key: String!, $inputs: [VerifyApiKeyInput!]!) { ${fields} verifyApiKeys(inputs: $inputs) { code } }`;
    type Code = { code: string };
    const { verifyApiKeys, ...aliased } = await gateway.client.ask<Record<string, Code> & { verifyApiKeys: Code[] }, object>(document, {
      key: key.key,
      inputs: many(90, () => ({ key: key.key })),
    });
    const codes = [...Object.values(aliased as Record<string, Code>), ...verifyApiKeys].map(({ code }) => code);
    expect(codes).toHaveLength(100);
    expect(codes.filter((code) => code === 'VALID')).toHaveLength(90);
  });
});

describe('on this API itself', () => {
  const whoAmI = '{ viewer { apiKey { id } } }';
  const headersOf = ({ headers }: { headers: Headers }) => [
    headers.get('ratelimit-policy'),
    headers.get('ratelimit'),
    headers.get('retry-after'),
  ];

  test('each request counts 1 on the counter of verifications, and is 429 as a whole once it is spent (S2.14)', async () => {
    const key = await limited(3);
    const first = await key.client.send(whoAmI);
    expect(first).toMatchObject({ status: 200, code: 'OK' });
    expect(headersOf(first)).toEqual(['"key";q=3;w=60', '"key";r=2;t=60', null]);
    expect(await told(key)).toEqual(valid(1));
    service.clock.advance(20_500);
    expect(headersOf(await key.client.send('{ nonsense }'))).toEqual(['"key";q=3;w=60', '"key";r=0;t=40', null]);
    const refused = await key.client.send(whoAmI);
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED', data: undefined });
    expect(refused.errors[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 40, requestId: expect.any(String) });
    expect(headersOf(refused)).toEqual(['"key";q=3;w=60', '"key";r=0;t=40', '40']);
    expect(await told(key)).toEqual(spent());
    service.clock.advance(39_500);
    expect(await key.client.send(whoAmI)).toMatchObject({ status: 200 });
  });

  test('of 200 requests in parallel at a limit of 100 exactly 100 pass (R54)', async () => {
    const key = await limited(100);
    const answers = await atOnce(
      many(200, () => () => key.client.send(whoAmI)),
      unadmitted,
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(100);
  });

  test("the window is the key's: 1,000 values of X-Forwarded-For make no other (R56)", async () => {
    const key = await limited(5);
    const statuses: number[] = [];
    for (const batch of many(10, (n) => n)) {
      const spoofed = many(100, (n) => ({
        authorization: `Bearer ${key.key}`,
        'x-forwarded-for': `10.0.${batch}.${n}`,
        forwarded: `for=10.1.${batch}.${n}`,
      }));
      const answers = await atOnce(
        spoofed.map((headers) => () => service.anonymous.with(headers).send(whoAmI)),
        unadmitted,
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(995);
  });

  test('a request that is refused before counts nothing, and answers to whoever has no limit carry no such header', async () => {
    const key = await limited(2);
    const away = service.anonymous.as(key.key, '/staging/graphql');
    for (let n = 0; n < 3; n += 1) expect(await away.send(whoAmI)).toMatchObject({ status: 401 });
    expect(headersOf(await away.send(whoAmI))).toEqual([null, null, null]);
    expect(await told(key, { cost: 0 })).toEqual(valid(2));
    for (const client of [gateway.client, owner, service.anonymous])
      expect(headersOf(await client.send(whoAmI))).toEqual([null, null, null]);
  });

  test('a service that asks pays with its own key, whatever it asks about', async () => {
    const asker = await limited(2, 60, { permissions: ['apiKey:verify'] });
    const key = await limited(10);
    await asker.client.ask(VerifyApiKeysDocument, { inputs: many(5, () => ({ key: key.key })) });
    expect(await told(key, { cost: 0 })).toEqual(valid(5));
    expect(await told(asker, { cost: 0 })).toEqual(valid(1));
    expect(await verify(asker, asker)).toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('explainApiKey', () => {
  const explain = async (key: TestKey) => (await owner.ask(ExplainApiKeyDocument, { input: { apiKeyId: key.id } })).explainApiKey;

  test('tells the state without counting', async () => {
    const key = await limited(2);
    for (let n = 0; n < 5; n += 1) {
      expect((await explain(key)).checks.at(-1)).toEqual({
        name: 'rateLimit',
        passed: true,
        detail: '2 of 2 are left; a window begins at the next use.',
      });
    }
    await told(key);
    expect((await explain(key)).checks.at(-1)).toMatchObject({ passed: true, detail: `1 of 2 are left until ${inSeconds(60)}.` });
    await told(key);
    const explained = await explain(key);
    expect(explained).toMatchObject({ allowed: false, code: 'RATE_LIMITED' });
    expect(explained.checks.at(-1)).toMatchObject({ passed: false, detail: `0 of 2 are left until ${inSeconds(60)}.` });
  });
});
