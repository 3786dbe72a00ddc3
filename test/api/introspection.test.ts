import { makeCredential } from '../../src/keys/credential.js';
import { newId } from '../../src/domain/index.js';
import {
  DeleteApiKeyDocument,
  ResetUserPasswordDocument,
  RevokeApiKeyDocument,
  SignInDocument,
  ViewerDocument,
} from '../generated/documents.js';
import { bearer, type DoorAnswer, post } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant } from '../support/tenant.js';

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

const INACTIVE = '{"active":false}';
const ISSUER = 'http://bailiwick.test';

const introspect = (token: string, more: Record<string, string> = {}, asker: TestKey = gateway): Promise<DoorAnswer> =>
  post(`${service.url}/oauth2/introspect`, { token, ...more }, bearer(asker.key));

const tokenOf = async ({ email, password }: TestPerson): Promise<string> =>
  (await service.anonymous.ask(SignInDocument, { input: { email, password, organizationId: tenant.organizationId } })).signIn.accessToken;

describe('the introspection of an API key', () => {
  test('tells what RFC 7662 names, and the identity of the key flat beside it (S3.2)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 3_600_500);
    const key = await tenant.key({
      namespaceId: application,
      name: 'Importer',
      permissions: ['application:view', 'service:manage'],
      expiresAt,
      rateLimit: { limit: 10, windowSeconds: 60 },
      metadata: { plan: 'gold' },
    });
    const answer = await introspect(key.key);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      active: true,
      scope: 'application:view service:manage',
      client_id: key.id,
      token_type: 'Bearer',
      exp: Math.floor(expiresAt.getTime() / 1_000),
      iat: expect.any(Number),
      sub: tenant.owner.id,
      aud: [ISSUER, tenant.organizationId],
      iss: ISSUER,
      jti: key.id,
      organization_id: tenant.organizationId,
      namespace_id: application,
      api_key_id: key.id,
      api_key_name: 'Importer',
      environment: 'PRODUCTION',
      metadata: { plan: 'gold' },
      rate_limit: { limit: 10, remaining: 9, reset: Math.ceil(service.clock.now().getTime() / 1_000) + 60 },
    });
    expect(Math.abs(Number(answer.body['iat']) - Date.now() / 1_000)).toBeLessThan(60);
  });

  test('has no exp where the key never expires, and shows what it is restricted to', async () => {
    const restrictions = [{ type: 'customer', ids: ['c_42'] }];
    const key = await tenant.key({ permissions: ['service:manage'], restrictions });
    const { body } = await introspect(key.key, { resource: 'customer:c_42' });
    expect(body).toMatchObject({ active: true, restrictions });
    expect(body).not.toHaveProperty('exp');
  });

  test('answers for what is asked: scopes, a namespace, a resource, an address', async () => {
    const key = await tenant.key({ permissions: ['service:manage', 'policy:manage'], allowedCidrs: ['192.0.2.0/24'] });
    const from = { client_ip: '192.0.2.7' };
    expect((await introspect(key.key, { ...from, scope: 'service:manage' })).body).toMatchObject({ active: true });
    expect((await introspect(key.key, { ...from, scope: 'service:manage policy:manage' })).body).toMatchObject({ active: true });
    expect((await introspect(key.key, { ...from, namespace: tenant.organizationId })).body).toMatchObject({ active: true });
    expect((await introspect(key.key, { ...from, scope: 'service:manage event:submit' })).text).toBe(INACTIVE);
    expect((await introspect(key.key, { ...from, namespace: application })).text).toBe(INACTIVE);
    expect((await introspect(key.key, { ...from, namespace: 'nowhere' })).text).toBe(INACTIVE);
    expect((await introspect(key.key, { client_ip: '198.51.100.7' })).text).toBe(INACTIVE);
  });

  test('a key with restrictions without a resource, and one with CIDRs without an address, are inactive (R79)', async () => {
    const restricted = await tenant.key({ permissions: ['service:manage'], restrictions: [{ type: 'customer', ids: ['c_42'] }] });
    const bound = await tenant.key({ permissions: ['service:manage'], allowedCidrs: ['0.0.0.0/0', '::/0'] });
    expect((await introspect(restricted.key)).text).toBe(INACTIVE);
    expect((await introspect(restricted.key, { resource: 'customer:c_43' })).text).toBe(INACTIVE);
    expect((await introspect(bound.key)).text).toBe(INACTIVE);
    expect((await introspect(restricted.key, { resource: 'customer:c_42' })).body).toMatchObject({ active: true });
    expect((await introspect(bound.key, { client_ip: '2001:db8::1' })).body).toMatchObject({ active: true });
  });

  test('tells nothing but "inactive", byte for byte, of whatever is not active (R18, R34)', async () => {
    const [revoked, deleted, expiring] = [
      await tenant.key(),
      await tenant.key(),
      await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 1_000) }),
    ];
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: revoked.id } });
    await tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id: deleted.id } });
    service.clock.advance(1_000);
    const stranger = await (await foundTenant(service, 'Stranger')).key();
    const staging = await tenant.key({ environment: 'STAGING' });
    const good = await tenant.key();
    const inactive: Record<string, string> = {
      revoked: revoked.key,
      deleted: deleted.key,
      expired: expiring.key,
      'of another tenant': stranger.key,
      'of another environment': staging.key,
      'a wrong secret': makeCredential(good.id, 'PRODUCTION').credential,
      'an unknown key': makeCredential(newId('key'), 'PRODUCTION').credential,
      'cut short': good.key.slice(0, -1),
      'a secret alone': good.secret,
      garbage: 'garbage',
      'like a JWT': 'a.b.c',
      long: 'x'.repeat(8_000),
      'not ASCII': 'ключ\u0000',
    };
    for (const [what, token] of Object.entries(inactive)) {
      const { status, text, headers } = await introspect(token);
      expect([what, status, text, headers['cache-control']]).toEqual([what, 200, INACTIVE, 'no-store']);
    }
  });

  test('is within the environment of the asking key: of nine pairs three are active (S2.3, R13)', async () => {
    const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
    const active: string[] = [];
    for (const environment of environments) {
      const key = await tenant.key({ environment });
      for (const at of environments) {
        if ((await introspect(key.key, {}, await tenant.gateway(at))).body['active'] === true) active.push(`${environment} at ${at}`);
      }
    }
    expect(active).toEqual(['PRODUCTION at PRODUCTION', 'STAGING at STAGING', 'DEVELOPMENT at DEVELOPMENT']);
  });

  test("knows only the keys of the asker's home, unless that is the organization (R18)", async () => {
    const inside = await tenant.gateway('PRODUCTION', application);
    const atHome = await tenant.key({ namespaceId: application });
    const elsewhere = await tenant.key();
    expect((await introspect(atHome.key, {}, inside)).body).toMatchObject({ active: true });
    expect((await introspect(elsewhere.key, {}, inside)).text).toBe(INACTIVE);
  });

  test('a revocation that was answered is true at the next request (R24)', async () => {
    const key = await tenant.key();
    expect((await introspect(key.key)).body).toMatchObject({ active: true });
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    expect((await introspect(key.key)).text).toBe(INACTIVE);
  });

  test('takes 1 from the key\'s own window; a spent key is 429 with Retry-After, neither active nor "dead" (S2.14)', async () => {
    const key = await tenant.key({ rateLimit: { limit: 2, windowSeconds: 60 } });
    for (const remaining of [1, 0]) expect((await introspect(key.key)).body).toMatchObject({ rate_limit: { remaining } });
    const spent = await introspect(key.key);
    expect(spent).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60', ratelimit: '"key";r=0;t=60', 'content-type': 'application/problem+json; charset=utf-8' },
      body: { status: 429, code: 'RATE_LIMITED', title: 'Too Many Requests', api_key_id: key.id },
    });
    service.clock.advance(60_000);
    expect((await introspect(key.key)).body).toMatchObject({ active: true });
  });

  test('is in the log of the key as every verification is', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    await introspect(key.key, { scope: 'event:submit', client_ip: '192.0.2.1', resource: 'customer:c_1' });
    const logs = async () => {
      const { apiKey } = await tenant.owner.client.ask<{ apiKey: { logs: { nodes: unknown[] } } }, object>(
        'query ($id: ID!) { apiKey(id: $id) { logs { nodes { code httpStatus requestedPermissions resource clientIp } } } }',
        { id: key.id },
      );
      return apiKey.logs.nodes;
    };
    const line = {
      code: 'INSUFFICIENT_PERMISSIONS',
      httpStatus: 403,
      requestedPermissions: ['event:submit'],
      resource: 'customer:c_1',
      clientIp: '192.0.2.1',
    };
    while ((await logs()).length === 0);
    expect(await logs()).toEqual([line]);
  });
});

describe('the introspection of an access token', () => {
  test('tells whose it is and what they hold where it is asked (S3.2)', async () => {
    const ann = await tenant.person('Ann', ['rol_viewer', application], ['rol_event_writer']);
    const token = await tokenOf(ann);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    const { status, body } = await introspect(token);
    expect(status).toBe(200);
    expect(body).toEqual({
      active: true,
      scope: 'configuration:view event:submit organization:view application:view workspace:view userGroup:view role:view'
        .split(' ')
        .sort()
        .join(' '),
      client_id: 'bailiwick',
      token_type: 'Bearer',
      exp: claims['exp'],
      iat: claims['iat'],
      sub: ann.id,
      aud: [ISSUER, tenant.organizationId],
      iss: ISSUER,
      jti: claims['jti'],
      organization_id: tenant.organizationId,
      namespace_id: tenant.organizationId,
      session_id: claims['sid'],
    });
    expect((await introspect(token, { namespace: application, scope: 'application:view' })).body).toMatchObject({
      active: true,
      namespace_id: application,
    });
    expect((await introspect(token, { namespace: application, scope: 'event:submit' })).text).toBe(INACTIVE);
    expect((await introspect(token, { token_type_hint: 'refresh_token' })).body).toMatchObject({ active: true });
  });

  test('is inactive for services of other tenants, and where its bearer holds nothing (R18)', async () => {
    const bob = await tenant.person('Bob', ['rol_viewer']);
    const token = await tokenOf(bob);
    const foreign = await (await foundTenant(service, 'Foreign')).gateway();
    expect((await introspect(token, {}, foreign)).text).toBe(INACTIVE);
    expect((await introspect(token, { namespace: application })).text).toBe(INACTIVE);
    expect((await introspect(token, { namespace: newId('wks') })).text).toBe(INACTIVE);
    const inside = await tenant.gateway('PRODUCTION', application);
    expect((await introspect(token, {}, inside)).text).toBe(INACTIVE);
    expect((await introspect(token, { namespace: tenant.organizationId }, inside)).text).toBe(INACTIVE);
    await tenant.grant(bob.id, 'rol_editor', application);
    expect((await introspect(token, {}, inside)).body).toMatchObject({ active: true, namespace_id: application });
  });

  test('is inactive at once when its bearer is deactivated or signs out, and when it has expired', async () => {
    const cid = await tenant.person('Cid', ['rol_viewer']);
    const tokens = [await tokenOf(cid), await tokenOf(cid), await tokenOf(cid)] as const;
    for (const token of tokens) expect((await introspect(token)).body).toMatchObject({ active: true });
    await service.anonymous.as(tokens[0]).ask('mutation { signOut { signedOut } }');
    expect((await introspect(tokens[0])).text).toBe(INACTIVE);
    expect((await introspect(tokens[1])).body).toMatchObject({ active: true });
    await tenant.setActive(cid.id, false);
    expect((await introspect(tokens[1])).text).toBe(INACTIVE);
    await tenant.setActive(cid.id, true);
    const again = await tokenOf(cid);
    expect((await introspect(again)).body).toMatchObject({ active: true });
    service.clock.advance(600_000);
    expect((await introspect(again)).text).toBe(INACTIVE);
    service.clock.advance(-600_000);
  });

  test('is inactive while a temporary password waits to be changed: it is good for nothing yet', async () => {
    const dan = await tenant.person('Dan', ['rol_viewer']);
    const { resetUserPassword } = await tenant.owner.client.ask(ResetUserPasswordDocument, { input: { id: dan.id } });
    const token = await tokenOf({ ...dan, password: resetUserPassword.temporaryPassword });
    expect((await service.anonymous.as(token).send(ViewerDocument, {})).code).toBe('OK');
    expect((await introspect(token)).text).toBe(INACTIVE);
  });
});
