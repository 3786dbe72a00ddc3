import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { ContextStore } from '../../src/contexts/ContextStore.js';
import { ReactivateApiKeyDocument, RevokeApiKeyDocument, SignInDocument } from '../generated/documents.js';
import { bearer, type DoorAnswer, knock, post } from '../support/doors.js';
import { importKeys, itemOf, oldCredential, sha256 } from '../support/jobs.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const introspect = (token: string): Promise<DoorAnswer> => post(`${service.url}/oauth2/introspect`, { token }, bearer(gateway.key));
const pass = (credential: string): Promise<DoorAnswer> =>
  knock(`${service.url}/verify`, { headers: { ...bearer(credential), 'x-bailiwick-service-key': gateway.key } });
const revoke = (token: string): Promise<DoorAnswer> => post(`${service.url}/oauth2/revoke`, { token });

/** Whatever is asked of the database fails like that: what TypeORM asks, and what is read of keys, which goes a way of its own. */
async function whileItFails(code: string, work: () => Promise<void>): Promise<void> {
  const failure = (): Error => Object.assign(new Error('in the vault'), { code });
  const spies = [
    jest.spyOn(BetterSqlite3QueryRunner.prototype, 'query').mockImplementation(() => Promise.reject(failure())),
    jest.spyOn(MysqlQueryRunner.prototype, 'query').mockImplementation(() => Promise.reject(failure())),
    jest.spyOn(ContextStore.prototype, 'keys').mockImplementation(() => Promise.reject(failure())),
    jest.spyOn(ContextStore.prototype, 'keysAndPeople').mockImplementation(() => Promise.reject(failure())),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const accessToken = async (): Promise<string> =>
  (
    await service.anonymous.ask(SignInDocument, {
      input: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
    })
  ).signIn.accessToken;

describe('a fault behind the plain doors', () => {
  test('of a database that is away is 503 with Retry-After, never an answer, and never a yes (R67)', async () => {
    const key = await tenant.key();
    const token = await accessToken();
    await whileItFails('ECONNREFUSED', async () => {
      for (const answer of [
        await introspect(token),
        await pass(token),
        await introspect(key.key),
        await pass(key.key),
        await revoke(key.key),
      ]) {
        expect(answer).toMatchObject({
          status: 503,
          headers: { 'retry-after': '1', 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' },
          body: { status: 503, title: 'Service Unavailable', code: 'UNAVAILABLE', retryAfterSeconds: 1 },
        });
        expect(answer.text).not.toMatch(/vault|active/);
      }
    });
    expect((await pass(key.key)).status).toBe(200);
  });

  test('of ours is 500 and says nothing but the id of the request, under which the log tells it (R60)', async () => {
    const key = await tenant.key();
    await whileItFails('EWEIRD', async () => {
      for (const answer of [await pass(key.key), await introspect(key.key), await revoke(key.key)]) {
        expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL_SERVER_ERROR', title: 'Internal Server Error' } });
        expect(answer.text).not.toContain('vault');
        const { requestId } = answer.body;
        expect(service.logged.some((line) => line.includes(String(requestId)))).toBe(true);
      }
    });
  });
});

describe('a credential that was made elsewhere', () => {
  test('is verified at both doors as a key of ours is, and is not ended by its bearer: here it proves nothing', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const jwt = `${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`;
    for (const credential of [oldCredential(), jwt]) {
      await importKeys(tenant.owner.client, tenant.organizationId, [
        itemOf(credential, { userId: ada.id, namespaceId: tenant.organizationId, digest: sha256(credential), algorithm: 'SHA256_HEX' }),
      ]);
      expect((await introspect(credential)).body).toMatchObject({ active: true, sub: ada.id, scope: 'event:submit' });
      expect(await pass(credential)).toMatchObject({ status: 200, headers: { 'x-auth-user-id': ada.id } });
      expect((await revoke(credential)).status).toBe(200);
      expect((await pass(credential)).status).toBe(200);
    }
  });
});

describe('the doors and GraphQL', () => {
  test('say the same of the same key at every moment: one decision', async () => {
    const key = await tenant.key({ permissions: ['service:manage'], rateLimit: { limit: 1_000, windowSeconds: 60 } });
    const agree = async (code: string): Promise<void> => {
      const [{ valid, httpStatus }, { body }, { status }] = [await verify(gateway, key), await introspect(key.key), await pass(key.key)];
      expect([code, body['active'], status]).toEqual([code, valid, httpStatus]);
    };
    await agree('VALID');
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    await agree('INACTIVE');
    await tenant.owner.client.ask(ReactivateApiKeyDocument, { input: { id: key.id } });
    await agree('VALID');
    // All of them have taken from one window.
    const { rateLimit } = await verify(gateway, key);
    expect(rateLimit).toMatchObject({ remaining: 1_000 - 7 });
  });

  test('count a use at whichever door it was made, in one log', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    for (let n = 0; n < 3; n += 1) {
      await introspect(key.key);
      await pass(key.key);
      await verify(gateway, key);
    }
    const used = async (): Promise<number> => {
      const { apiKey } = await tenant.owner.client.ask<{ apiKey: { logs: { nodes: { uses: number }[] } } }, object>(
        'query ($id: ID!) { apiKey(id: $id) { logs { nodes { code } } } }',
        { id: key.id },
      );
      return apiKey.logs.nodes.length;
    };
    while ((await used()) < 9);
    expect(await used()).toBe(9);
  });
});
