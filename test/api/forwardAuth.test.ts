import { makeCredential } from '../../src/keys/credential.js';
import { newId } from '../../src/domain/index.js';
import { DeleteApiKeyDocument, RevokeApiKeyDocument, SignInDocument } from '../generated/documents.js';
import { basic, bearer, type DoorAnswer, type DoorRequest, knock, withoutRequestId } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

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

describe('a request that may pass', () => {
  test('is 200 with who it is in X-Auth-* headers, and no body, for GET and HEAD alike', async () => {
    const key = await tenant.key({ namespaceId: application, permissions: ['application:view', 'service:manage'] });
    for (const method of ['GET', 'HEAD']) {
      const answer = await pass(bearer(key.key), '?permission=service:manage', method);
      expect(answer).toMatchObject({
        status: 200,
        text: '',
        headers: {
          'cache-control': 'no-store',
          'x-auth-code': 'VALID',
          'x-auth-key-id': key.id,
          'x-auth-user-id': tenant.owner.id,
          'x-auth-organization-id': tenant.organizationId,
          'x-auth-namespace-id': application,
          'x-auth-environment': 'PRODUCTION',
          'x-auth-permissions': 'application:view service:manage',
        },
      });
    }
  });

  test('presents its key in any of the three ways, or an access token: where one is accepted, the other is (S3.2, S3.3)', async () => {
    const key = await tenant.key();
    for (const headers of [bearer(key.key), basic(key.id, key.secret), { 'x-api-key': key.key }]) {
      expect(await pass(headers)).toMatchObject({ status: 200, headers: { 'x-auth-key-id': key.id } });
    }
    const { accessToken } = (
      await service.anonymous.ask(SignInDocument, {
        input: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
      })
    ).signIn;
    const byToken = await pass(bearer(accessToken), '?permission=service:manage');
    expect(byToken).toMatchObject({
      status: 200,
      headers: { 'x-auth-user-id': tenant.owner.id, 'x-auth-namespace-id': tenant.organizationId },
    });
    expect([byToken.headers['x-auth-key-id'], byToken.headers['x-auth-environment']]).toEqual(['', '']);
    expect(await pass(bearer(accessToken), '?permission=made:up')).toMatchObject({ status: 403 });
    expect(await pass(bearer(accessToken), `?namespace=${newId('wks')}`)).toMatchObject({ status: 403 });
    await service.anonymous.as(accessToken).ask('mutation { signOut { signedOut } }');
    expect(await pass(bearer(accessToken))).toMatchObject({ status: 401, headers: { 'x-auth-code': 'NOT_FOUND' } });
  });

  test('takes 1 of the limit of its key, and is told what is left; a spent one is 429 with Retry-After (S2.14)', async () => {
    const key = await tenant.key({ rateLimit: { limit: 2, windowSeconds: 60 } });
    expect((await verify(gateway, key)).code).toBe('VALID');
    expect(await pass(bearer(key.key))).toMatchObject({
      status: 200,
      headers: { ratelimit: '"key";r=0;t=60', 'ratelimit-policy': '"key";q=2;w=60' },
    });
    const spent = await pass(bearer(key.key));
    expect(spent).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60', ratelimit: '"key";r=0;t=60', 'x-auth-code': 'RATE_LIMITED' },
      body: { code: 'RATE_LIMITED', title: 'Too Many Requests' },
    });
    expect(identityIn(spent)).toEqual([]);
  });

  test('with more permissions than headers hold is told all or none of them, never some', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `thing${'x'.repeat(40)}:act${index}`);
    for (const name of names) {
      await tenant.owner.client.ask('mutation ($i: DefinePermissionInput!) { definePermission(input: $i) { permission { name } } }', {
        i: { organizationId: tenant.organizationId, name, label: 'x', description: 'x' },
      });
    }
    const key = await tenant.key({ permissions: names });
    const answer = await pass(bearer(key.key), `?permission=${names[0]}`);
    expect(answer.status).toBe(200);
    expect(identityIn(answer)).not.toContain('x-auth-permissions');
  });
});

describe('a request that may not pass', () => {
  const refused = { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' };

  test('is 401 without a credential, with a challenge that names no error', async () => {
    const answer = await pass({});
    expect(answer).toMatchObject({ status: 401, headers: { ...refused, 'www-authenticate': 'Bearer realm="bailiwick"' } });
  });

  test('is 401 with a credential that is no good, byte for byte alike where the secret is not right (R34)', async () => {
    const good = await tenant.key();
    const deleted = await tenant.key();
    await tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id: deleted.id } });
    const stranger = await (await foundTenant(service, 'Stranger')).key();
    const unknown = [
      makeCredential(good.id, 'PRODUCTION').credential,
      makeCredential(newId('key'), 'PRODUCTION').credential,
      deleted.key,
      stranger.key,
      `${good.key}x`,
      'garbage',
      'a.b.c',
    ];
    const answers = await Promise.all(unknown.map((credential) => pass(bearer(credential))));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 401,
        headers: { ...refused, 'x-auth-code': 'NOT_FOUND', 'www-authenticate': 'Bearer realm="bailiwick", error="invalid_token"' },
        body: { status: 401, title: 'Unauthorized', code: 'NOT_FOUND' },
      });
      expect(withoutRequestId(answer)).toBe(withoutRequestId(answers[0]!));
      expect(identityIn(answer)).toEqual([]);
    }
  });

  test('has the status of its code, as verification tells it (S2.13, S2.15, C15)', async () => {
    const revoked = await tenant.key();
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: revoked.id } });
    const expiring = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 1) });
    service.clock.advance(1);
    const left = await tenant.person('Left', ['rol_admin']);
    const orphan = await tenant.key({ by: left.client });
    await tenant.setActive(left.id, false);
    const staging = await tenant.key({ environment: 'STAGING' });
    const weak = await tenant.key({ permissions: ['service:manage'] });
    const restricted = await tenant.key({ restrictions: [{ type: 'customer', ids: ['c_42'] }] });
    const bound = await tenant.key({ allowedCidrs: ['192.0.2.0/24'] });
    const cases: [TestKey, string, number, string][] = [
      [revoked, '', 401, 'INACTIVE'],
      [expiring, '', 401, 'EXPIRED'],
      [staging, '', 401, 'ENVIRONMENT_MISMATCH'],
      [orphan, '', 403, 'HOLDER_LOST_ACCESS'],
      [weak, `?namespace=${application}`, 403, 'NAMESPACE_MISMATCH'],
      [weak, '?namespace=nowhere', 403, 'NAMESPACE_MISMATCH'],
      [weak, '?permission=service:manage&permission=policy:manage', 403, 'INSUFFICIENT_PERMISSIONS'],
      [restricted, '', 403, 'RESOURCE_NOT_ALLOWED'],
      [restricted, '?resource=customer:c_43', 403, 'RESOURCE_NOT_ALLOWED'],
      [bound, '', 403, 'IP_NOT_ALLOWED'],
    ];
    for (const [{ key }, query, status, code] of cases) {
      const answer = await pass(bearer(key), query);
      expect([code, answer.status, answer.headers['x-auth-code'], answer.body['code']]).toEqual([code, status, code, code]);
      expect(answer.headers).toMatchObject(refused);
      expect(identityIn(answer)).toEqual([]);
      const { httpStatus } = await verify(gateway, { key }, questionOf(query));
      expect(httpStatus).toBe(status);
    }
    const lacking = await pass(bearer(weak.key), '?permission=service:manage&permission=policy:manage');
    expect(lacking.headers['www-authenticate']).toBe('Bearer realm="bailiwick", error="insufficient_scope", scope="policy:manage"');
    expect(lacking.body['missingPermissions']).toEqual(['policy:manage']);
  });

  const questionOf = (query: string): object => {
    const asked = new URLSearchParams(query);
    const [type, id] = (asked.get('resource') ?? '').split(':');
    const permissions = asked.getAll('permission');
    return {
      namespaceId: asked.get('namespace'),
      ...(permissions.length > 0 && { permissions }),
      ...(id !== undefined && { resource: { type, id } }),
    };
  };

  test('with two credentials is 400, also where both are good (R85)', async () => {
    const { key } = await tenant.key();
    for (const headers of [
      { ...bearer(key), 'x-api-key': key },
      { authorization: [`Bearer ${key}`, `Bearer ${key}`] },
      { 'x-api-key': [key, key] },
    ]) {
      expect(await pass(headers)).toMatchObject({ status: 400, headers: refused, body: { code: 'BAD_REQUEST' } });
    }
  });

  test('is refused until its key is good, and from the revocation on', async () => {
    const key = await tenant.key();
    expect((await pass(bearer(key.key))).status).toBe(200);
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    expect((await pass(bearer(key.key))).status).toBe(401);
  });
});
