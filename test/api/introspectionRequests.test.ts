import { makeCredential } from '../../src/keys/credential.js';
import { RevokeApiKeyDocument, SignInDocument } from '../generated/documents.js';
import { basic, bearer, type DoorAnswer, knock, post, withoutRequestId } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const introspect = (token: string, more: Record<string, string> = {}, asker: TestKey = gateway): Promise<DoorAnswer> =>
  post(`${service.url}/oauth2/introspect`, { token, ...more }, bearer(asker.key));

const ownersToken = async (): Promise<string> =>
  (
    await service.anonymous.ask(SignInDocument, {
      input: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
    })
  ).signIn.accessToken;

describe('the service that introspects', () => {
  const url = (): string => `${service.url}/oauth2/introspect`;
  const problem = { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' };

  test('authenticates with its key as Bearer, as X-API-Key, or as OAuth clients do: id and secret, each escaped (RFC 6749, 2.3.1)', async () => {
    const { key } = await tenant.key();
    const escaped = (text: string): string => text.replaceAll('_', '%5F').replaceAll('a', '%61');
    const ways = [
      bearer(gateway.key),
      { 'x-api-key': gateway.key },
      basic(gateway.id, gateway.secret),
      basic(escaped(gateway.id), escaped(gateway.secret)),
    ];
    for (const headers of ways) expect((await post(url(), { token: key }, headers)).body).toMatchObject({ active: true });
  });

  test('is 401 without a credential, before anything is looked up, with a challenge that names no error (RFC 6750, 3.1)', async () => {
    const good = await tenant.key();
    let answers: DoorAnswer[] = [];
    const statements = await service.statementsOf(async () => {
      answers = [
        await post(url(), { token: good.key }),
        await post(url(), { token: 'garbage' }),
        await post(url(), {}),
        await post(url(), { token: good.key, client_id: gateway.id, client_secret: gateway.secret }),
      ];
    });
    expect(statements).toEqual([]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 401,
        headers: { ...problem, 'www-authenticate': 'Bearer realm="bailiwick", Basic realm="bailiwick", charset="UTF-8"' },
        body: { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'UNAUTHENTICATED', error: 'invalid_client' },
      });
      expect(withoutRequestId(answer)).toBe(withoutRequestId(answers[0]!));
      expect(answer.body['requestId']).toBe(answer.headers['x-request-id']);
    }
  });

  test('is 401 with what is no good as a key of its own, in the scheme that it tried', async () => {
    const token = (await tenant.key()).key;
    const revoked = await tenant.gateway();
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: revoked.id } });
    const invalid = 'Bearer realm="bailiwick", error="invalid_token"';
    const bad: [Record<string, string>, string][] = [
      [bearer('garbage'), invalid],
      [bearer(revoked.key), invalid],
      [bearer(makeCredential(gateway.id, 'PRODUCTION').credential), invalid],
      [bearer(await ownersToken()), invalid],
      [{ 'x-api-key': 'garbage' }, invalid],
      [{ authorization: 'Digest x' }, invalid],
      [basic(gateway.id, 'garbage'), 'Basic realm="bailiwick", charset="UTF-8"'],
      [basic(gateway.id, '%zz'), 'Basic realm="bailiwick", charset="UTF-8"'],
      [basic(tenant.owner.email, tenant.owner.password), 'Basic realm="bailiwick", charset="UTF-8"'],
    ];
    for (const [headers, challenge] of bad) {
      const answer = await post(url(), { token }, headers);
      expect(answer).toMatchObject({ status: 401, headers: { ...problem, 'www-authenticate': challenge } });
      expect(answer.text).not.toContain('active');
    }
  });

  test("is 403 without apiKey:verify, which its tenant's trail tells, and when it is restricted itself", async () => {
    const weak = await tenant.key({ permissions: ['service:manage'] });
    const restricted = await tenant.key({ permissions: ['apiKey:verify'], restrictions: [{ type: 'customer', ids: ['c'] }] });
    const token = (await tenant.key()).key;
    for (const asker of [weak, restricted]) {
      for (const asked of [token, await ownersToken(), 'garbage', 'a.b.c']) {
        expect(await introspect(asked, {}, asker)).toMatchObject({
          status: 403,
          headers: { ...problem, 'www-authenticate': 'Bearer realm="bailiwick", error="insufficient_scope", scope="apiKey:verify"' },
          body: { code: 'FORBIDDEN', missingPermissions: ['apiKey:verify'], error: 'insufficient_scope' },
        });
      }
    }
    const denials = async () => {
      const { auditEvents } = await tenant.owner.client.ask<{ auditEvents: { nodes: { actorApiKeyId: string }[] } }, object>(
        'query ($o: ID!) { auditEvents(filter: { organizationId: $o, action: "verifyApiKey" }) { nodes { outcome actorApiKeyId } } }',
        { o: tenant.organizationId },
      );
      return auditEvents.nodes.filter(({ actorApiKeyId }) => actorApiKeyId === weak.id);
    };
    while ((await denials()).length < 4);
    expect(await denials()).toEqual(Array.from({ length: 4 }, () => ({ outcome: 'DENIED', actorApiKeyId: weak.id })));
  });

  test('is told about its own limit in the headers, and is 429 when that is spent', async () => {
    const slow = await tenant.key({ permissions: ['apiKey:verify'], rateLimit: { limit: 1, windowSeconds: 60 } });
    const token = (await tenant.key()).key;
    expect(await introspect(token, {}, slow)).toMatchObject({ status: 200, headers: { ratelimit: '"key";r=0;t=60' } });
    const spent = await introspect(token, {}, slow);
    expect(spent).toMatchObject({ status: 429, headers: { ...problem, 'retry-after': '60' }, body: { code: 'RATE_LIMITED' } });
    expect(spent.body).not.toHaveProperty('api_key_id');
  });

  test('is 400 with two credentials, also where both are good, and where the body holds one of its own (R85)', async () => {
    const token = (await tenant.key()).key;
    const twice = [
      { ...bearer(gateway.key), 'x-api-key': gateway.key },
      { authorization: [`Bearer ${gateway.key}`, `Bearer ${gateway.key}`] },
      { 'x-api-key': [gateway.key, gateway.key] },
    ];
    for (const headers of twice) expect(await post(url(), { token }, headers)).toMatchObject({ status: 400, headers: problem });
    for (const own of [{ client_secret: gateway.secret }, { client_assertion: 'x' }]) {
      expect(await introspect(token, own)).toMatchObject({ status: 400, headers: problem, body: { error: 'invalid_request' } });
    }
  });
});

describe('a request for introspection', () => {
  const url = (): string => `${service.url}/oauth2/introspect`;

  test('that repeats a parameter is 400: readers differ on which one counts (RFC 6749, 3.2)', async () => {
    const { key } = await tenant.key();
    for (const form of [`token=${key}&token=${key}`, `token=${key}&scope=a:b&scope=c:d`, `token=${key}&what=1&what=2`]) {
      expect(await post(url(), form, bearer(gateway.key))).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    }
  });

  test('that lacks the token, or asks for what cannot be read, is 400 and says what to write', async () => {
    const { key } = await tenant.key();
    const bad: [string, RegExp][] = [
      ['', /^token/],
      ['token=', /^token/],
      ['Token=x', /^token/],
      [`token=${key}&scope=`, /^scope/],
      [`token=${key}&scope=everything`, /^scope/],
      [`token=${key}&scope=a:b++c:d`, /^scope/],
      [`token=${key}&scope=${Array.from({ length: 101 }, () => 'a:b').join('+')}`, /^scope/],
      [`token=${key}&namespace=`, /^namespace/],
      [`token=${key}&resource=customer`, /^resource/],
      [`token=${key}&resource=:c`, /^resource/],
      [`token=${key}&resource=customer:`, /^resource/],
      [`token=${key}&client_ip=`, /^client_ip/],
      [`token=${key}&client_ip=010.0.0.1`, /^client_ip/],
    ];
    for (const [form, detail] of bad) {
      const answer = await post(url(), form, bearer(gateway.key));
      expect([form, answer.status]).toEqual([form, 400]);
      expect(answer.body['detail']).toMatch(detail);
    }
  });

  test('with parameters that nobody knows is answered without them, as OAuth demands', async () => {
    const { key } = await tenant.key();
    expect((await introspect(key, { __proto__x: '1', constructor: 'x', hasOwnProperty: 'y', audience: 'z' })).body).toMatchObject({
      active: true,
    });
    expect((await post(url(), `token=${key}&__proto__=x&&=y`, bearer(gateway.key))).body).toMatchObject({ active: true });
  });

  test('is a form, in UTF-8, and not large: else 415 and 413', async () => {
    const { key } = await tenant.key();
    const form = 'application/x-www-form-urlencoded';
    const sent = (type: string, body: string) =>
      knock(url(), { method: 'POST', headers: { ...bearer(gateway.key), ...(type && { 'content-type': type }) }, body });
    expect((await sent(`${form}; charset=UTF-8`, `token=${key}`)).body).toMatchObject({ active: true });
    for (const [type, body] of [
      ['application/json', `{"token":"${key}"}`],
      ['multipart/form-data; boundary=x', `token=${key}`],
      ['text/plain', `token=${key}`],
      ['', `token=${key}`],
      [`${form}; charset=utf-16`, `token=${key}`],
    ] as const) {
      const answer = await sent(type, body);
      expect([type, answer.status, answer.body['code']]).toEqual([type, 415, 'BAD_REQUEST']);
    }
    expect(await sent(form, `token=${'x'.repeat(33_000)}`)).toMatchObject({ status: 413, body: { title: 'Payload Too Large' } });
  });

  test('by another method is 405 with Allow, whatever it brings; a token in the address is no token (R26)', async () => {
    const { key } = await tenant.key();
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const answer = await knock(`${url()}?token=${key}`, { method, headers: bearer(gateway.key) });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' }, body: { code: 'METHOD_NOT_ALLOWED' } });
    }
    expect(await post(`${url()}?token=${key}`, {}, bearer(gateway.key))).toMatchObject({ status: 400 });
    expect(await knock(`${service.url}/oauth2/token`, { method: 'POST' })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', status: 404 },
    });
    expect(service.logged.join('\n')).not.toContain(key);
  });

  test('by a client that accepts application/json alone is refused in that type, with the error that OAuth names', async () => {
    const answer = await post(url(), {}, { ...bearer(gateway.key), accept: 'application/json' });
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { error: 'invalid_request' },
    });
  });
});
