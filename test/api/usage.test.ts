import { ApiKeysDocument, RevokeApiKeyDocument, VerifyApiKeysDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { crowding } from '../support/crowding.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestKey, type TestTenant, verify } from '../support/tenant.js';
import { usageOf, usageOn } from '../support/usage.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  // An hour of its own for each test.
  service.clock.advance(3_600_000);
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

/** The owner, signed in anew: the clock was moved beyond the life of an access token. */
const backAgain = ({ owner: { email, password }, organizationId }: TestTenant): Promise<Client> =>
  signIn(service, email, password, organizationId);
const revoke = (id: string) => owner.ask(RevokeApiKeyDocument, { input: { id } });

describe('when a key was last used', () => {
  /** The page as S1.10 shows it. "Never" is how a client writes null. */
  const rows = [
    ['tcross_ro', 'READONLY', '2024-07-29 18:59:11'],
    ['srdkn', 'ADMIN', '2024-12-12 19:51:30'],
    ['rharman_automation_rw', 'ADMIN', 'Never'],
    ['rharman_automation_ro', 'READONLY', '2024-12-16 13:00:02'],
    ['productreport', 'READONLY', '2024-12-09 16:21:36'],
    ['djm_dash', 'ADMIN', '2024-09-27 20:02:11'],
    ['chris_ro', 'READONLY', '2024-01-08 23:07:29'],
    ['accountd', 'ADMIN', '2024-12-16 19:47:38'],
  ] as const;

  test('is listed as on the page that was shown: eight keys with role and last use, one of them never used (S1.5, S1.6, S1.9, S1.10)', async () => {
    const now = service.clock.now();
    try {
      service.clock.set(new Date('2024-01-01T00:00:00.000Z'));
      const then = await foundTenant(service, 'Page');
      const readOnly = await then.role('READONLY', 'organization:view', 'configuration:view');
      const asker = await then.gateway();
      const made: TestKey[] = [];
      for (const [name, role] of rows) made.push(await then.key({ name, roleId: role === 'ADMIN' ? 'rol_admin' : readOnly }));
      for (const [index, [, , lastUse]] of rows.entries()) {
        if (lastUse === 'Never') continue;
        service.clock.set(new Date(`${lastUse.replace(' ', 'T')}Z`));
        expect(await verify(asker, made[index]!)).toMatchObject({ valid: true });
      }
      // Whoever looks at the list signs in when all of that has been.
      service.clock.set(new Date('2024-12-16T20:00:00.000Z'));
      const client = await backAgain(then);
      const listed = await until(async () => {
        const { apiKeys } = await client.ask(ApiKeysDocument, { first: 100 });
        const shown = apiKeys.nodes.filter(({ name }) => name !== 'Gateway');
        return shown.filter(({ lastUsedAt }) => lastUsedAt !== null).length === 7 ? shown : undefined;
      });
      const asShown = (lastUsedAt: string | null | undefined): string =>
        lastUsedAt ? lastUsedAt.replace('T', ' ').replace('.000Z', '') : 'Never';
      expect(listed.map(({ name, role, lastUsedAt }) => [name, role?.name, asShown(lastUsedAt)])).toEqual(rows);
    } finally {
      service.clock.set(now);
    }
  });

  test('is exact to the millisecond, and visible within a second (S2.7, C16)', async () => {
    const key = await tenant.key();
    expect(await usageOn(service, owner, key.id)).toMatchObject({ lastUsedAt: null });
    service.clock.set(new Date(Math.floor(service.clock.now().getTime() / 1_000) * 1_000 + 123));
    const at = service.clock.now().toISOString();
    expect(at).toMatch(/\.123Z$/);
    await verify(gateway, key);
    const answered = performance.now();
    expect(await usageOf(service, owner, key.id, 1)).toMatchObject({ lastUsedAt: at });
    expect(performance.now() - answered).toBeLessThan(1_000 * crowding());
  });

  test('is a request to a door of this API just as well, and the gateway that asks was used too', async () => {
    const key = await tenant.key();
    await key.client.ask('{ viewer { apiKey { id } } }');
    await verify(gateway, key);
    const at = service.clock.now().toISOString();
    expect(await usageOf(service, owner, key.id, 2)).toMatchObject({ lastUsedAt: at, usage: [{ verified: 2, denied: 0 }] });
    expect(await usageOf(service, owner, gateway.id, 1)).toMatchObject({ lastUsedAt: at, usage: [{ verified: 1, denied: 0 }] });
  });

  test('is never a use that was denied, and never goes back (C16)', async () => {
    const key = await tenant.key({ permissions: ['event:submit'] });
    await verify(gateway, key);
    const used = service.clock.now();
    service.clock.advance(1_000);
    expect(await verify(gateway, key, { permissions: ['service:manage'] })).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    await revoke(key.id);
    expect(await verify(gateway, key)).toMatchObject({ code: 'INACTIVE' });
    expect(await key.client.send('{ viewer { apiKey { id } } }')).toMatchObject({ status: 401 });
    expect(await usageOf(service, owner, key.id, 4)).toMatchObject({
      lastUsedAt: used.toISOString(),
      usage: [{ verified: 1, denied: 3, rateLimited: 0 }],
    });
    // Another replica was slower to tell of an earlier use.
    const other = await tenant.key();
    await verify(gateway, other);
    await usageOf(service, owner, other.id, 1);
    const now = service.clock.now();
    service.clock.set(new Date(now.getTime() - 500));
    await verify(gateway, other);
    service.clock.set(now);
    expect(await usageOf(service, owner, other.id, 2)).toMatchObject({ lastUsedAt: now.toISOString() });
  });

  test('changes nothing else of the key', async () => {
    const key = await tenant.key();
    const row = async () => (await sql(service, 'SELECT * FROM api_keys WHERE id = ?', [key.id]))[0]!;
    const before = await row();
    service.clock.advance(60_000);
    await verify(gateway, key);
    await usageOf(service, owner, key.id, 1);
    const { last_used_at: used, ...after } = await row();
    expect({ ...after, last_used_at: null }).toEqual(before);
    expect(used).not.toBeNull();
  });
});

describe('usage', () => {
  const usage = (id: string, from: string, to: string, granularity: 'HOUR' | 'DAY') =>
    owner.send<{ apiKey: { usage: { start: string; verified: number; denied: number }[] } }>(
      `query ($id: ID!, $from: DateTime!, $to: DateTime!, $granularity: UsageGranularity!) {
         apiKey(id: $id) { usage(from: $from, to: $to, granularity: $granularity) { start verified denied rateLimited } } }`,
      { id, from, to, granularity },
    );

  test('has a bucket for each hour and each day of UTC, those without a use as well', async () => {
    const now = service.clock.now();
    try {
      service.clock.set(new Date('2025-03-01T22:10:00.000Z'));
      const then = await foundTenant(service, 'Hours');
      const asker = await then.gateway();
      const key = await then.key({ permissions: ['event:submit'] });
      for (const minutes of [0, 0, 49.999, 0, 61]) {
        service.clock.advance(minutes * 60_000);
        await verify(asker, key, minutes === 61 ? { permissions: ['service:manage'] } : {});
      }
      // At 22:10 twice, at 22:59:59.940 twice, at 00:00:59.940 once, in vain.
      owner = await backAgain(then);
      await usageOf(service, owner, key.id, 1);
      const none = { verified: 0, denied: 0, rateLimited: 0 };
      const told = async (...asked: [string, string, 'HOUR' | 'DAY']) => (await usage(key.id, ...asked)).data?.apiKey.usage;
      expect(await told('2025-03-01T21:30:00.000Z', '2025-03-02T01:00:00.000Z', 'HOUR')).toEqual([
        { start: '2025-03-01T21:00:00.000Z', ...none },
        { start: '2025-03-01T22:00:00.000Z', ...none, verified: 4 },
        { start: '2025-03-01T23:00:00.000Z', ...none },
        { start: '2025-03-02T00:00:00.000Z', ...none, denied: 1 },
      ]);
      expect(await told('2025-02-28T00:00:00.000Z', '2025-03-02T00:00:00.001Z', 'DAY')).toEqual([
        { start: '2025-02-28T00:00:00.000Z', ...none },
        { start: '2025-03-01T00:00:00.000Z', ...none, verified: 4 },
        { start: '2025-03-02T00:00:00.000Z', ...none, denied: 1 },
      ]);
    } finally {
      service.clock.set(now);
    }
  });

  test('spans at most 1,000 buckets, from one instant to a later one', async () => {
    const { id } = await tenant.key();
    const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
    expect((await usage(id, at(0), at(1_000), 'HOUR')).data?.apiKey.usage).toHaveLength(1_000);
    expect(await usage(id, at(0), at(1_001), 'HOUR')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'from' });
    expect((await usage(id, at(0), at(1_001), 'DAY')).data?.apiKey.usage).toHaveLength(42);
    expect(await usage(id, '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', 'DAY')).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await usage(id, '9999-12-31T22:59:59.999Z', '9999-12-31T23:59:59.999Z', 'HOUR')).data?.apiKey.usage).toHaveLength(2);
    for (const to of [at(1), at(0)]) expect(await usage(id, at(1), to, 'HOUR')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'to' });
  });

  test('of many keys is read in as many statements as of few, and of too many buckets together not at all', async () => {
    for (let made = 0; made < 21; made += 1) await tenant.key();
    const statements = async (first: number): Promise<number> => {
      const document = `{ apiKeys(first: ${first}) { nodes { id
        day: usage(from: "2026-01-01T00:00:00.000Z", to: "2026-01-31T00:00:00.000Z", granularity: DAY) { start verified }
        logs(first: 5) { nodes { id } } } } }`;
      return (await service.statementsOf(() => owner.ask(document))).length;
    };
    expect(await statements(21)).toBe(await statements(3));
    const all = `{ apiKeys(first: 21) { nodes { usage(from: "2024-01-01T00:00:00.000Z", to: "2026-09-01T00:00:00.000Z", granularity: DAY) { start } } } }`;
    expect(await owner.send(all)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'from' });
  });
});

describe('counts are exact', () => {
  test('under 200 verifications at once, right ones and wrong ones', async () => {
    const key = await tenant.key({ permissions: ['event:submit'] });
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        verify(gateway, key, { permissions: [index % 4 === 0 ? 'service:manage' : 'event:submit'] }),
      ),
    );
    expect(await usageOf(service, owner, key.id, 200)).toMatchObject({ usage: [{ verified: 150, denied: 50, rateLimited: 0 }] });
    expect(await usageOf(service, owner, gateway.id, 200)).toMatchObject({ usage: [{ verified: 200, denied: 0 }] });
  });

  test('when one request asks about many keys, and about one of them many times', async () => {
    const [one, other] = [await tenant.key(), await tenant.key()];
    const inputs = Array.from({ length: 100 }, (_, index) => ({ key: index < 60 ? one.key : other.key }));
    await gateway.client.ask(VerifyApiKeysDocument, { inputs });
    expect(await usageOf(service, owner, one.id, 60)).toMatchObject({ usage: [{ verified: 60 }] });
    expect(await usageOf(service, owner, other.id, 40)).toMatchObject({ usage: [{ verified: 40 }] });
  });
});
