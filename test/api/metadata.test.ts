import { type DoorAnswer, knock } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const AT = '/.well-known/oauth-authorization-server';

describe('the metadata of RFC 8414', () => {
  test('says what there is, and nothing else: no tokens are given for keys (S3.2)', async () => {
    const issuer = 'http://bailiwick.test';
    const answer = await knock(`${service.url}${AT}`);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=300' },
    });
    expect(answer.body).toEqual({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
      revocation_endpoint: `${issuer}/oauth2/revoke`,
      revocation_endpoint_auth_methods_supported: ['none'],
      response_types_supported: [],
      grant_types_supported: [],
    });
  });

  test('names addresses at which there is something', async () => {
    const { body } = await knock(`${service.url}${AT}`);
    const addresses = Object.entries(body).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
    expect(addresses).toHaveLength(3);
    for (const [, address] of addresses) {
      const { status } = await knock(`${service.url}${new URL(String(address)).pathname}`);
      expect([200, 405]).toContain(status);
    }
  });

  test('of an issuer with a path is found behind the well-known part as well (RFC 8414, 3.1)', async () => {
    const below = await startService(undefined, { publicUrl: 'https://example.test/id' });
    try {
      const answers: DoorAnswer[] = await Promise.all([knock(`${below.url}${AT}/id`), knock(`${below.url}${AT}`)]);
      for (const { status, body } of answers) {
        expect([status, body['issuer'], body['jwks_uri']]).toEqual([
          200,
          'https://example.test/id',
          'https://example.test/id/.well-known/jwks.json',
        ]);
      }
    } finally {
      await below.stop();
    }
  });

  test('is read by GET and HEAD; what is not there is 404 with a problem', async () => {
    for (const path of [AT, '/.well-known/jwks.json']) {
      expect(await knock(`${service.url}${path}`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
      expect(await knock(`${service.url}${path}`, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
    for (const path of ['/.well-known/openid-configuration', `${AT}/elsewhere`, '/oauth2/authorize']) {
      expect(await knock(`${service.url}${path}`)).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/problem+json; charset=utf-8' },
        body: { type: 'about:blank', title: 'Not Found', status: 404, code: 'NOT_FOUND' },
      });
    }
  });
});

test('the key that signs access tokens is replaced every thirty days, and the next one is published before it signs', async () => {
  const keys = async (): Promise<number> => ((await knock(`${service.url}/.well-known/jwks.json`)).body['keys'] as object[]).length;
  await service.app.jobs.look();
  expect(await keys()).toBe(1);
  service.clock.advance(30 * 86_400_000);
  await service.app.jobs.look();
  // What was read within the second is published from memory.
  while ((await keys()) !== 2);
});
