import { request } from 'node:http';
import {
  ApiKeysDocument,
  ExplainApiKeyDocument,
  UpdateApiKeyDocument,
  VerifyApiKeyDocument,
  VerifyApiKeysDocument,
  ViewerDocument,
} from '../generated/documents.js';
import { documentOf, roots, rowsOf, variablesOf } from '../security/support/operations.js';
import { firstTenant, preyOf } from '../security/support/world.js';
import { type Answer, answerOf, type Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const restrictions = [
  { type: 'customer', ids: ['c_42', 'c_43'] },
  { type: 'satellite', ids: ['eu-1'] },
  { type: 'access_tier', ids: ['gold'] },
];
const resource = (type: string, id: string) => ({ resource: { type, id } });
const explain = async (key: TestKey, question: object) =>
  (await owner.ask(ExplainApiKeyDocument, { input: { apiKeyId: key.id, ...question } })).explainApiKey;
const check = async (key: TestKey, name: string, question: object = {}) =>
  (await explain(key, question)).checks.find((each) => each.name === name);

describe('a key that is restricted to resources', () => {
  test('is VALID for a listed id of a listed type, for customers, satellites and access tiers alike (S2.18, S0.5, C19)', async () => {
    const key = await tenant.key({ restrictions });
    for (const [type, id] of [
      ['customer', 'c_42'],
      ['customer', 'c_43'],
      ['satellite', 'eu-1'],
      ['access_tier', 'gold'],
    ] as const) {
      expect(await verify(gateway, key, resource(type, id))).toMatchObject({ valid: true, code: 'VALID', restrictions });
    }
  });

  test.each([
    ['another id', resource('customer', 'c_44')],
    ['an id of another listed type', resource('satellite', 'c_42')],
    ['a type that is not listed', resource('region', 'eu-1')],
    ['another spelling of the type', resource('Customer', 'c_42')],
    ['another spelling of the id', resource('customer', 'C_42')],
    ['no resource at all', {}],
    ['null for a resource', { resource: null }],
  ])('is RESOURCE_NOT_ALLOWED for %s, at every door that verifies (R79, S2.18)', async (_what, question) => {
    const key = await tenant.key({ restrictions });
    const refused = { valid: false, code: 'RESOURCE_NOT_ALLOWED', httpStatus: 403, effectivePermissions: [], apiKeyId: key.id };
    expect(await verify(gateway, key, question)).toMatchObject(refused);
    const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs: [{ key: key.key, ...question }] });
    expect(verifyApiKeys).toEqual([expect.objectContaining(refused)]);
    expect(await explain(key, question)).toMatchObject({ allowed: false, code: 'RESOURCE_NOT_ALLOWED' });
  });

  test('is narrowed only: a listed resource gives no permission, and a key without restrictions asks for no resource', async () => {
    const key = await tenant.key({ restrictions, permissions: ['event:submit'] });
    const question = { ...resource('customer', 'c_42'), permissions: ['service:manage'] };
    expect(await verify(gateway, key, question)).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    const free = await tenant.key();
    expect(await verify(gateway, free, resource('anything', 'at all'))).toMatchObject({ valid: true });
    expect(await verify(gateway, free)).toMatchObject({ valid: true });
  });

  test('is explained: what it is restricted to, what was asked, and where nothing was', async () => {
    const key = await tenant.key({ restrictions: restrictions.slice(0, 2) });
    const only = 'customer c_42, c_43; satellite eu-1';
    expect(await check(key, 'resource')).toEqual({
      name: 'resource',
      passed: false,
      detail: `Not asked: no resource was named. The key is restricted to ${only}, and is refused without one.`,
    });
    expect(await check(key, 'resource', resource('customer', 'c_42'))).toMatchObject({
      passed: true,
      detail: `customer c_42 is among what the key is restricted to: ${only}.`,
    });
    expect(await check(key, 'resource', resource('customer', 'c_1'))).toMatchObject({
      passed: false,
      detail: `customer c_1 is not among what the key is restricted to: ${only}.`,
    });
    const free = await check(await tenant.key(), 'resource', resource('customer', 'c_1'));
    expect(free).toMatchObject({ passed: true, detail: 'The key is not restricted to resources.' });
  });

  test.each([
    ['an empty type', resource(' ', 'c_42'), 'input.resource.type'],
    ['an empty id', resource('customer', ''), 'input.resource.id'],
    ['an id of 101 characters', resource('customer', 'x'.repeat(101)), 'input.resource.id'],
  ])('is not asked about %s', async (_what, question, field) => {
    const { key } = await tenant.key({ restrictions });
    expect(await gateway.client.send(VerifyApiKeyDocument, { input: { key, ...question } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field,
    });
  });
});

describe('on this API itself a key that is restricted to resources', () => {
  let everything: TestKey;
  let prey: Awaited<ReturnType<typeof preyOf>>;

  beforeAll(async () => {
    const first = await firstTenant(service);
    everything = await first.key({ restrictions, name: 'Restricted' });
    prey = await preyOf(first);
  });

  test('asks who it is, and is shown nothing beyond its own (S2.18, C19)', async () => {
    const { viewer } = await everything.client.ask(ViewerDocument, {});
    expect(viewer.apiKey).toMatchObject({ id: everything.id, name: 'Restricted' });
    const nested = `{ viewer { user { email grants { nodes { id } } apiKeys { nodes { id } } organization {
      description viewerPermissions applications { nodes { id } } apiKeys { nodes { id } } users { nodes { id } } roles { builtIn } } } } }`;
    const answer = await everything.client.ask<{ viewer: { user: object } }>(nested);
    const itself = { nodes: [{ id: everything.id }] };
    expect(answer.viewer.user).toEqual({
      email: null,
      grants: { nodes: [] },
      apiKeys: itself,
      organization: {
        description: null,
        viewerPermissions: [],
        applications: { nodes: [] },
        apiKeys: itself,
        users: { nodes: [] },
        roles: [],
      },
    });
  });

  test.each(rowsOf(roots.filter(({ name }) => name !== 'viewer')))('may not ask %s', async (_name, root) => {
    const refused = await everything.client.send(documentOf(root, 1), variablesOf(root, prey));
    expect(refused).toMatchObject({ code: 'FORBIDDEN' });
    expect(refused.errors[0]?.message).toMatch(/restricted to resources/);
  });

  test('works again once the restrictions are cleared', async () => {
    const key = await tenant.key({ restrictions });
    expect(await key.client.send(ApiKeysDocument, {})).toMatchObject({ code: 'FORBIDDEN' });
    await owner.ask(UpdateApiKeyDocument, { input: { id: key.id, restrictions: null } });
    expect((await key.client.send(ApiKeysDocument, {})).code).toBe('OK');
  });
});

describe('a key that works from some networks', () => {
  const allowedCidrs = ['192.0.2.0/24', '2001:db8::/32'];

  test.each(['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.7', '2001:db8:1::9', '2001:DB8::1'])(
    'is VALID from %s (R79)',
    async (clientIp) => {
      const key = await tenant.key({ allowedCidrs });
      expect(await verify(gateway, key, { clientIp })).toMatchObject({ valid: true });
    },
  );

  test.each([['192.0.3.0'], ['192.0.1.255'], ['2001:db9::1'], [null], [undefined]])(
    'is IP_NOT_ALLOWED from %s, at every door that verifies (R79)',
    async (clientIp) => {
      const key = await tenant.key({ allowedCidrs });
      const question = clientIp === undefined ? {} : { clientIp };
      const refused = { valid: false, code: 'IP_NOT_ALLOWED', httpStatus: 403, effectivePermissions: [], apiKeyId: key.id };
      expect(await verify(gateway, key, question)).toMatchObject(refused);
      const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs: [{ key: key.key, ...question }] });
      expect(verifyApiKeys).toEqual([expect.objectContaining(refused)]);
      expect(await explain(key, question)).toMatchObject({ allowed: false, code: 'IP_NOT_ALLOWED' });
    },
  );

  test.each(['', ' ', '192.0.2', '192.0.2.1/32', '192.0.2.1, 10.0.0.1', '010.0.0.1', '::192.0.2.7', 'unknown', 'localhost', '\u0000'])(
    'is not asked about the address %j, and neither is a key that works from anywhere',
    async (clientIp) => {
      for (const { key, id } of [await tenant.key({ allowedCidrs }), await tenant.key()]) {
        const wrong = { code: 'BAD_USER_INPUT', field: 'input.clientIp' };
        expect(await gateway.client.send(VerifyApiKeyDocument, { input: { key, clientIp } })).toMatchObject(wrong);
        expect(await owner.send(ExplainApiKeyDocument, { input: { apiKeyId: id, clientIp } })).toMatchObject(wrong);
      }
    },
  );

  test('is asked about its resource first: of two gates that stay shut the earlier one answers', async () => {
    const key = await tenant.key({ allowedCidrs, restrictions });
    expect(await verify(gateway, key)).toMatchObject({ code: 'RESOURCE_NOT_ALLOWED' });
    expect(await verify(gateway, key, resource('customer', 'c_42'))).toMatchObject({ code: 'IP_NOT_ALLOWED' });
    expect(await verify(gateway, key, { ...resource('customer', 'c_42'), clientIp: '192.0.2.1' })).toMatchObject({ code: 'VALID' });
    const explained = await explain(key, { permissions: ['never:registered'] });
    expect(explained.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['permissions', 'resource', 'ip']);
  });

  test('is explained: from where it works, and where no address was named', async () => {
    const key = await tenant.key({ allowedCidrs });
    const only = '192.0.2.0/24, 2001:db8::/32';
    expect(await check(key, 'ip')).toMatchObject({
      passed: false,
      detail: `Not asked: no clientIp was named. The key works only from ${only}, and is refused without one.`,
    });
    expect(await check(key, 'ip', { clientIp: '192.0.2.1' })).toMatchObject({
      passed: true,
      detail: `The address is within the networks of the key: ${only}.`,
    });
    expect(await check(key, 'ip', { clientIp: '10.0.0.1' })).toMatchObject({
      passed: false,
      detail: `The address is not within the networks of the key: ${only}.`,
    });
    const free = await check(await tenant.key(), 'ip', { clientIp: '10.0.0.1' });
    expect(free).toMatchObject({ passed: true, detail: 'The key works from anywhere.' });
  });
});

describe('on this API itself a key that works from some networks', () => {
  /** Asks who one is, from an address of this machine. */
  const whoAmI = (key: TestKey, localAddress: string, headers: Record<string, string> = {}): Promise<Answer<unknown>> =>
    new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        localAddress,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key.key}`, ...headers },
      };
      const sent = request(`${service.url}/graphql`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => void answerOf<unknown>(new Response(text, { status: response.statusCode ?? 0 })).then(resolve, reject));
      });
      sent.on('error', reject);
      sent.end(JSON.stringify({ query: '{ viewer { apiKey { id } } }' }));
    });

  test('is held to the address of its connection (R79)', async () => {
    const key = await tenant.key({ allowedCidrs: ['127.0.0.2/32'] });
    expect(await whoAmI(key, '127.0.0.2')).toMatchObject({ status: 200, data: { viewer: { apiKey: { id: key.id } } } });
    const refused = await whoAmI(key, '127.0.0.1');
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(refused.errors[0]?.message).toBe('This API key may not be used from this address.');
  });

  test('is not helped by a header that names another address (R56, R63)', async () => {
    const key = await tenant.key({ allowedCidrs: ['192.0.2.1'] });
    const claims = ['x-forwarded-for', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-auth-ip', 'x-user-ip'];
    for (const name of claims) expect(await whoAmI(key, '127.0.0.1', { [name]: '192.0.2.1' })).toMatchObject({ status: 401 });
    expect(await whoAmI(key, '127.0.0.1', { forwarded: 'for=192.0.2.1' })).toMatchObject({ status: 401 });
    const local = await tenant.key({ allowedCidrs: ['127.0.0.0/8'] });
    for (const name of claims) expect(await whoAmI(local, '127.0.0.1', { [name]: '192.0.2.1' })).toMatchObject({ status: 200 });
  });
});
