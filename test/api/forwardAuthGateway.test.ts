import { makeCredential } from '../../src/keys/credential.js';
import { newId } from '../../src/domain/index.js';
import { RevokeApiKeyDocument } from '../generated/documents.js';
import { bearer, type DoorAnswer, type DoorRequest, knock, withoutRequestId } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
let application: string;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  application = await tenant.application('Shop');
});
afterAll(() => service.stop());

const pass = (headers: DoorRequest['headers'], query = '', method = 'GET'): Promise<DoorAnswer> =>
  knock(`${service.url}/verify${query}`, { method, headers: { 'x-bailiwick-service-key': gateway.key, ...headers } });

const identityIn = ({ headers }: DoorAnswer): string[] =>
  Object.keys(headers).filter((name) => /^x-auth-(?!code)/.test(name) && headers[name] !== '');

describe('the gateway', () => {
  test('without a key of its own, or with one that is no good here, is 401 for everyone (R81)', async () => {
    const key = await tenant.key();
    const stranger = await foundTenant(service, 'Foreign');
    const foreign = await stranger.gateway();
    const revoked = await tenant.gateway();
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: revoked.id } });
    const ask = (serviceKey: string | string[] | undefined, credential: string) =>
      knock(`${service.url}/verify`, {
        headers: { ...bearer(credential), ...(serviceKey !== undefined && { 'x-bailiwick-service-key': serviceKey }) },
      });
    const unknown: (string | string[] | undefined)[] = [
      undefined,
      '',
      'garbage',
      revoked.key,
      makeCredential(gateway.id, 'PRODUCTION').credential,
      (await tenant.key({ permissions: ['service:manage'] })).key,
      (await tenant.key({ permissions: ['apiKey:verify'], restrictions: [{ type: 'customer', ids: ['c'] }] })).key,
      [gateway.key, gateway.key],
      gateway.secret,
    ];
    const answers = await Promise.all(unknown.map((serviceKey) => ask(serviceKey, key.key)));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="bailiwick"' } });
      expect(answer.body['detail']).toContain('X-Bailiwick-Service-Key');
      expect(withoutRequestId(answer)).toBe(withoutRequestId(answers[0]!));
      expect(identityIn(answer)).toEqual([]);
    }
    // Those are somebody's gateways, and this key is none of theirs.
    for (const other of [foreign, await tenant.gateway('STAGING'), await tenant.gateway('PRODUCTION', application)]) {
      expect((await ask(other.key, key.key)).status).toBe(401);
    }
    expect((await ask(gateway.key, key.key)).status).toBe(200);
  });

  test('is not let in by the credential of the original request, nor anybody by the key of the gateway alone', async () => {
    const asGateway = await knock(`${service.url}/verify`, { headers: bearer(gateway.key) });
    expect(asGateway.status).toBe(401);
    expect((await pass({})).status).toBe(401);
  });

  test('asks nothing of the database before it is known', async () => {
    const { key } = await tenant.key();
    const statements = await service.statementsOf(async () => {
      expect((await knock(`${service.url}/verify`, { headers: bearer(key) })).status).toBe(401);
    });
    expect(statements).toEqual([]);
  });

  test('that is spent lets nobody through, and says when it will', async () => {
    const slow = await tenant.key({ permissions: ['apiKey:verify'], rateLimit: { limit: 1, windowSeconds: 60 } });
    const { key } = await tenant.key();
    const ask = () => knock(`${service.url}/verify`, { headers: { ...bearer(key), 'x-bailiwick-service-key': slow.key } });
    expect((await ask()).status).toBe(200);
    const spent = await ask();
    // It is not the bearer's limit: nothing of it is told.
    expect(spent).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
    expect(Object.keys(spent.headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  });
});

describe('what the gateway is configured to ask', () => {
  test('is namespace, permission and resource; a misspelt or repeated name is 400, and never asks for less', async () => {
    const { key } = await tenant.key();
    const bad = [
      '?permision=service:manage',
      '?Permission=service:manage',
      '?permissions=service:manage',
      '?scope=service:manage',
      '?permission=',
      '?permission',
      '?permission=everything',
      '?permission=service:manage&permission=',
      '?permission=service:manage,policy:manage',
      '?permission=service:manage%20policy:manage',
      `?namespace=${application}&namespace=${tenant.organizationId}`,
      '?namespace=',
      '?resource=customer',
      '?resource=customer:',
      '?resource=a:b&resource=c:d',
      `?access_token=${key}`,
      '?__proto__=x',
      '?a[b]=c',
      `?${Array.from({ length: 101 }, () => 'permission=service:manage').join('&')}`,
    ];
    for (const query of bad) {
      const answer = await pass(bearer(key), query);
      expect([query, answer.status, answer.body['code']]).toEqual([query, 400, 'BAD_REQUEST']);
      expect(answer.text).not.toContain(key);
    }
    expect(service.logged.join('\n')).not.toContain(key);
  });

  test('a resource is its type, a colon, and an id in which more colons may be', async () => {
    const { key } = await tenant.key({ restrictions: [{ type: 'customer', ids: ['c_42', 'urn:x:1 &=%'] }] });
    expect((await pass(bearer(key), '?resource=customer:c_42')).status).toBe(200);
    expect((await pass(bearer(key), `?resource=${encodeURIComponent('customer:urn:x:1 &=%')}`)).status).toBe(200);
    expect((await pass(bearer(key), '?resource=customer:urn')).status).toBe(403);
  });
});

describe('the address of the bearer', () => {
  test('is the last one in X-Forwarded-For, which the gateway has seen itself; what the bearer wrote before it counts nothing (R79, R63)', async () => {
    const { key } = await tenant.key({ allowedCidrs: ['192.0.2.0/24', '2001:db8::/32'] });
    const cases: [string | string[] | undefined, number][] = [
      ['192.0.2.7', 200],
      ['198.51.100.1, 192.0.2.7', 200],
      ['2001:db8::7', 200],
      ['::ffff:192.0.2.7', 200],
      [['198.51.100.1', '192.0.2.7'], 200],
      ['192.0.2.7, 198.51.100.1', 403],
      [['192.0.2.7', '198.51.100.1'], 403],
      ['198.51.100.1', 403],
      ['192.0.2.7,', 403],
      ['192.0.2.7, unknown', 403],
      ['192.0.2.07', 403],
      ['192.0.2.7:1234', 403],
      ['', 403],
      [undefined, 403],
    ];
    for (const [forwarded, status] of cases) {
      const headers = { ...bearer(key), ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) };
      expect([forwarded, (await pass(headers)).status]).toEqual([forwarded, status]);
    }
    for (const name of ['forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-bailiwick-client-ip']) {
      expect((await pass({ ...bearer(key), [name]: name === 'forwarded' ? 'for=192.0.2.7' : '192.0.2.7' })).status).toBe(403);
    }
  });

  test('is not asked of keys without CIDRs: garbage in the header does not stop them', async () => {
    const { key } = await tenant.key();
    expect((await pass({ ...bearer(key), 'x-forwarded-for': 'garbage' })).status).toBe(200);
  });
});

describe('the door', () => {
  test('is GET and HEAD: else 405 with Allow; below it there is nothing (R61)', async () => {
    const { key } = await tenant.key();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      expect(await pass(bearer(key), '', method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
    expect(await knock(`${service.url}/verify/this`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('ignores X-Auth-*, X-User-* and X-Forwarded-User of the bearer, and repeats none of them (R63)', async () => {
    const weak = await tenant.key({ permissions: ['service:manage'] });
    const inbound = {
      'x-auth-permissions': 'policy:manage',
      'x-auth-user-id': newId('usr'),
      'x-auth-key-id': gateway.id,
      'x-user-id': 'root',
      'x-forwarded-user': 'root',
    };
    expect((await pass({ ...bearer(weak.key), ...inbound }, '?permission=policy:manage')).status).toBe(403);
    const { headers } = await pass({ ...bearer(weak.key), ...inbound }, '?permission=service:manage');
    expect(headers).toMatchObject({ 'x-auth-permissions': 'service:manage', 'x-auth-user-id': tenant.owner.id, 'x-auth-key-id': weak.id });
  });
});
