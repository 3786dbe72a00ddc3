import { request } from 'node:http';
import { crc32 } from 'node:zlib';
import { makeCredential } from '../../src/keys/credential.js';
import {
  ChangePasswordDocument,
  DeleteApiKeyDocument,
  RefreshSessionDocument,
  SignInDocument,
  SignOutDocument,
  ViewerDocument,
} from '../generated/documents.js';
import { type Answer, answerOf, type ClientOptions } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let key: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  key = await tenant.key();
});
afterAll(() => service.stop());

type Door = NonNullable<ClientOptions['door']>;
const doors = [
  ['PRODUCTION', '/graphql'],
  ['STAGING', '/staging/graphql'],
  ['DEVELOPMENT', '/development/graphql'],
] as const;

const present = (headers: Record<string, string>, door?: Door) => service.anonymous.with(headers, door).send(ViewerDocument, {});
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const withoutRequestId = (text: string): string => text.replaceAll(/"requestId":"[^"]*"/g, '');

/** Headers that occur twice, which fetch would join. */
const presentTwice = (name: string, values: string[]): Promise<Answer<unknown>> =>
  new Promise((resolve, reject) => {
    const sent = request(`${service.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        answerOf<unknown>(new Response(text, { status: response.statusCode ?? 0 })).then(resolve, reject);
      });
    });
    sent.setHeader(name, values);
    sent.on('error', reject).end('{"query":"{ viewer { environment } }"}');
  });

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A credential with a checksum that fits whatever was done to it. */
function checked(body: string): string {
  let rest = crc32(body);
  let sum = '';
  for (; sum.length < 6; rest = Math.floor(rest / 62)) sum = DIGITS.charAt(rest % 62) + sum;
  return body + sum;
}

describe('an API key', () => {
  test('is presented as Bearer, as Basic with its id and secret, or as X-API-Key, without any token first (S3.1, S3.3, S2.1)', async () => {
    expect(key.key.endsWith(`_${key.secret}`)).toBe(true);
    const ways = [
      { authorization: `Bearer ${key.key}` },
      { authorization: `bearer  ${key.key}` },
      { authorization: basic(key.id, key.secret) },
      { 'x-api-key': key.key },
    ];
    for (const headers of ways) {
      const answer = await present(headers);
      expect(answer).toMatchObject({ status: 200, code: 'OK' });
      expect(answer.data?.viewer).toMatchObject({ environment: 'PRODUCTION', user: { id: tenant.owner.id }, apiKey: { id: key.id } });
    }
  });

  test('is accepted where an access token is, and answered alike (S3.2)', async () => {
    const application = await tenant.application('Asked about');
    const atHome = await tenant.key({ namespaceId: application });
    const query = 'query ($id: ID!) { namespace(id: $id) { id name description createdAt } }';
    const byToken = await tenant.owner.client.send(query, { id: application });
    const byKey = await atHome.client.send(query, { id: application });
    expect(byToken.code).toBe('OK');
    expect(byKey.text).toBe(byToken.text);
  });

  test('is not used to generate tokens: it signs nobody in, and refreshes, ends and changes nothing of a session (S3.2, C22)', async () => {
    const { email, password } = tenant.owner;
    expect(await key.client.send(SignInDocument, { input: { email, password: key.key } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await key.client.send(SignInDocument, { input: { email, password: key.secret } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await key.client.send(RefreshSessionDocument, { input: { refreshToken: key.key } })).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await key.client.send(SignOutDocument, {})).toMatchObject({ code: 'FORBIDDEN' });
    const change = { input: { currentPassword: password, newPassword: 'another long password' } };
    expect(await key.client.send(ChangePasswordDocument, change)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('opens only the door of its own environment: of nine pairs three pass (S2.2, S2.3, S2.13, C21, R13)', async () => {
    const passed: string[] = [];
    for (const [environment] of doors) {
      const made = await tenant.key({ environment });
      for (const [at, door] of doors) {
        for (const headers of [{ authorization: `Bearer ${made.key}` }, { authorization: basic(made.id, made.secret) }]) {
          const answer = await present(headers, door);
          if (answer.status === 200) {
            expect(answer.data?.viewer).toMatchObject({ environment, apiKey: { id: made.id, environment } });
            passed.push(`${environment} at ${at}`);
          } else {
            expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', data: undefined });
            expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
          }
        }
      }
    }
    expect([...new Set(passed)]).toEqual(['PRODUCTION at PRODUCTION', 'STAGING at STAGING', 'DEVELOPMENT at DEVELOPMENT']);
  });

  test('that lacks a permission is refused in the field with FORBIDDEN; the request itself is answered (S2.15, C15)', async () => {
    const weak = await tenant.key({ permissions: ['organization:view'] });
    const answer = await weak.client.send(
      'mutation ($o: ID!) { createApplication(input: { organizationId: $o, name: "x" }) { application { id } } }',
      {
        o: tenant.organizationId,
      },
    );
    expect(answer).toMatchObject({
      status: 200,
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['application:create'] } }],
    });
  });
});

describe('a person', () => {
  test('who is signed in may take any of the three doors: the directory is shared (C21)', async () => {
    const { accessToken } = (
      await service.anonymous.ask(SignInDocument, { input: { ...signInOf(), organizationId: tenant.organizationId } })
    ).signIn;
    const answers = await Promise.all(
      doors.map(([, door]) => service.anonymous.as(accessToken, door).send('{ applications { nodes { id } } }')),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  const signInOf = () => ({ email: tenant.owner.email, password: tenant.owner.password });
});

describe('a credential that is no good', () => {
  const flip = (text: string, at: number): string => text.slice(0, at) + (text.at(at) === 'a' ? 'b' : 'a') + text.slice(at + 1);

  test('is 401 with WWW-Authenticate, whatever is wrong with it, and in the same words (S2.13, R34)', async () => {
    const deleted = await tenant.key();
    await tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id: deleted.id } });
    const relabelled = checked(key.key.replace('bwk_prod_', 'bwk_stg_').slice(0, -6));
    const other = await tenant.key();
    const bad: [string, Record<string, string>, Door?][] = [
      ['one letter is another', { authorization: `Bearer ${flip(key.key, key.key.length - 1)}` }],
      ['the secret is another and the checksum fits', { authorization: `Bearer ${makeCredential(key.id, 'PRODUCTION').credential}` }],
      ['there is no such key', { authorization: `Bearer ${makeCredential('key_01jzzzzzzzzzzzzzzzzzzzzzzz', 'PRODUCTION').credential}` }],
      ['the key was deleted (R22, S0.15)', { authorization: `Bearer ${deleted.key}` }],
      ['it was relabelled for another environment', { authorization: `Bearer ${relabelled}` }],
      ['the same, at the door of its label', { authorization: `Bearer ${relabelled}` }, '/staging/graphql'],
      ['it is cut short', { authorization: `Bearer ${key.key.slice(0, -1)}` }],
      ['it is one letter too long (R29)', { authorization: `Bearer ${key.key}a` }],
      ['it is in another case (R29)', { authorization: `Bearer bwk_${key.key.slice(4).toUpperCase()}` }],
      ['it is as long as a book (R29)', { authorization: `Bearer bwk_${'a'.repeat(10_000)}` }],
      ['Basic with the secret of another key', { authorization: basic(key.id, other.secret) }],
      ['Basic with the whole credential as secret', { authorization: basic(key.id, key.key) }],
      ['Basic with the address and password of a person', { authorization: basic(tenant.owner.email, tenant.owner.password) }],
      ['Basic that is no base64', { authorization: 'Basic %%%' }],
      ['X-API-Key with a secret alone', { 'x-api-key': key.secret }],
      ['X-API-Key with nothing in it', { 'x-api-key': '' }],
    ];
    const answers = await Promise.all(bad.map(([, headers, door]) => present(headers, door)));
    answers.forEach((answer, index) => {
      expect([bad[index]?.[0], answer.status, answer.code]).toEqual([bad[index]?.[0], 401, 'UNAUTHENTICATED']);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="bailiwick"/);
      if (answer.text.includes('This API key')) expect(withoutRequestId(answer.text)).toBe(withoutRequestId(answers[0]!.text));
      expect(answer.text).not.toContain(key.id);
    });
  });

  test.each(['Bearer', 'Bearer ', 'Token abc', 'Digest username="x"', 'Bearer two words', 'abc', ''])(
    'the header `Authorization: %s` is 401 with what to write',
    async (authorization) => {
      const answer = await present({ authorization });
      expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(answer.errors[0]?.message).toContain('Authorization: Bearer');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    },
  );

  test('two credentials in one request are 400, also when both are good (R85)', async () => {
    const both = await present({ authorization: `Bearer ${key.key}`, 'x-api-key': key.key });
    expect(both).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: undefined });
    expect(await presentTwice('authorization', [`Bearer ${key.key}`, `Bearer ${key.key}`])).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
    expect(await presentTwice('x-api-key', [key.key, key.key])).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test('in the address, a cookie or a header of another name it is no credential at all (R26, R63)', async () => {
    const body = JSON.stringify({ query: '{ viewer { environment } }' });
    const ask = async (query: string, headers: Record<string, string> = {}) =>
      answerOf(
        await fetch(`${service.url}/graphql${query}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        }),
      );
    for (const query of [`?access_token=${key.key}`, `?api_key=${key.key}`, `?authorization=Bearer%20${key.key}`]) {
      expect(await ask(query)).toMatchObject({ status: 200, code: 'UNAUTHENTICATED' });
    }
    for (const name of ['cookie', 'x-auth-user', 'x-user-id', 'forwarded', 'x-forwarded-user', 'x-original-authorization']) {
      expect(await ask('', { [name]: `Bearer ${key.key}` })).toMatchObject({ status: 200, code: 'UNAUTHENTICATED' });
    }
    expect(service.logged.join('\n')).not.toContain(key.secret);
  });
});
