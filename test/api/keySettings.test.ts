import {
  ApiKeyDocument,
  AuditEventsDocument,
  CreateApiKeyDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  UpdateOrganizationDocument,
} from '../generated/documents.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
});
afterAll(() => service.stop());

const rateLimit = { limit: 100, windowSeconds: 60 };
const restrictions = [
  { type: 'customer', ids: ['c_42', 'c_43'] },
  { type: 'satellite', ids: ['eu-1'] },
  { type: 'access_tier', ids: ['gold'] },
];
const allowedCidrs = ['192.0.2.0/24', '2001:db8::/32'];
const metadata = { plan: 'gold', nested: { list: [1, 'two', { three: null }] } };
const settings = { rateLimit, restrictions, allowedCidrs, metadata };
const none = { rateLimit: null, restrictions: null, allowedCidrs: null, metadata: null };

const create = (said: object, by: Client = owner): Promise<Answer<unknown>> =>
  by.send(CreateApiKeyDocument, { input: { namespaceId: tenant.organizationId, environment: 'PRODUCTION', name: 'Key', ...said } });
const update = (id: string, said: object, by: Client = owner) => by.send(UpdateApiKeyDocument, { input: { id, ...said } });
const shown = async (id: string): Promise<unknown> => (await owner.ask(ApiKeyDocument, { id })).apiKey;

describe('what narrows a key', () => {
  test('is set when it is created, shown with it, and told to who verifies it (S2.9, S2.16, S2.18, S0.5, C19)', async () => {
    const key = await tenant.key({ ...settings });
    expect(await shown(key.id)).toMatchObject(settings);
    expect(await shown((await tenant.key()).id)).toMatchObject(none);
    const gateway = await tenant.gateway();
    const about = { clientIp: '192.0.2.1', resource: { type: 'satellite', id: 'eu-1' } };
    expect(await verify(gateway, key, about)).toMatchObject({ valid: true, restrictions, metadata });
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    expect(await shown((await tenant.key({ forUser: ada.id, ...settings })).id)).toMatchObject(settings);
  });

  test('is kept where an edit leaves it out, cleared by null, and audited before and after (S2.14)', async () => {
    const { id } = await tenant.key({ ...settings });
    expect((await update(id, { name: 'Renamed' })).code).toBe('OK');
    expect(await shown(id)).toMatchObject({ name: 'Renamed', ...settings });
    const raised = { limit: 1_000, windowSeconds: 60 };
    expect((await update(id, { rateLimit: raised })).data?.updateApiKey.apiKey).toMatchObject({ ...settings, rateLimit: raised });
    expect((await update(id, none)).data?.updateApiKey.apiKey).toMatchObject(none);
    expect(await shown(id)).toMatchObject(none);
    const filter = { organizationId: tenant.organizationId, action: 'apiKey.update' };
    const { auditEvents } = await owner.ask(AuditEventsDocument, { filter });
    const changes = auditEvents.nodes.map((event) => event.changes as { before: object; after: object });
    expect(changes).toHaveLength(3);
    const cleared = changes.find(({ after }) => 'metadata' in after);
    expect(cleared?.before).toMatchObject({ ...settings, rateLimit: raised });
    expect(cleared?.after).toEqual(none);
    const created = await owner.ask(AuditEventsDocument, { filter: { organizationId: tenant.organizationId, action: 'apiKey.create' } });
    expect(created.auditEvents.nodes[0]?.changes).toMatchObject({ after: settings });
  });

  test('is stored in one spelling: blocks of addresses, and each id and block once', async () => {
    const { id } = await tenant.key({
      allowedCidrs: ['::ffff:192.0.2.0/120', '192.0.2.0/24', '2001:DB8:0::/32', '198.51.100.7'],
      restrictions: [{ type: ' customer ', ids: ['a', 'b', ' a '] }],
    });
    expect(await shown(id)).toMatchObject({
      allowedCidrs: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7/32'],
      restrictions: [{ type: 'customer', ids: ['a', 'b'] }],
    });
  });

  const list = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  test.each<[string, object, string]>([
    ['no restrictions', { restrictions: [] }, 'input.restrictions'],
    ['a restriction to no id', { restrictions: [{ type: 'customer', ids: [] }] }, 'input.restrictions.0.ids'],
    ['a type that is empty', { restrictions: [{ type: ' ', ids: ['a'] }] }, 'input.restrictions.0.type'],
    [
      'a type twice',
      {
        restrictions: [
          { type: 'customer', ids: ['a'] },
          { type: 'customer', ids: ['b'] },
        ],
      },
      'input.restrictions',
    ],
    ['21 restrictions', { restrictions: list(21, (n) => ({ type: `t${n}`, ids: ['a'] })) }, 'input.restrictions'],
    ['101 ids', { restrictions: [{ type: 'customer', ids: list(101, String) }] }, 'input.restrictions.0.ids'],
    ['an id of 101 characters', { restrictions: [{ type: 'customer', ids: ['x'.repeat(101)] }] }, 'input.restrictions.0.ids.0'],
    ['no network', { allowedCidrs: [] }, 'input.allowedCidrs'],
    ['51 networks', { allowedCidrs: list(51, (n) => `10.0.${n}.0/24`) }, 'input.allowedCidrs'],
    ['a network with bits beyond its prefix', { allowedCidrs: ['192.0.2.7/24'] }, 'input.allowedCidrs.0'],
    ['a name of a host', { allowedCidrs: ['localhost'] }, 'input.allowedCidrs.0'],
    ['a limit of 0', { rateLimit: { limit: 0, windowSeconds: 60 } }, 'input.rateLimit.limit'],
    ['a limit beyond 1,000,000,000', { rateLimit: { limit: 1_000_000_001, windowSeconds: 60 } }, 'input.rateLimit.limit'],
    ['a window of 0 seconds', { rateLimit: { limit: 1, windowSeconds: 0 } }, 'input.rateLimit.windowSeconds'],
    ['a window of more than 30 days', { rateLimit: { limit: 1, windowSeconds: 2_592_001 } }, 'input.rateLimit.windowSeconds'],
  ])('%s: refused with the field, for a new key and for an old one', async (_what, said, field) => {
    const { id } = await tenant.key();
    for (const answer of [await create(said), await update(id, said)]) {
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', field });
      expect(answer.errors[0]?.message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')} `));
    }
    expect(await shown(id)).toMatchObject(none);
  });

  test('is taken up to its limits: 20 restrictions, 100 ids, 50 networks, a limit of 1,000,000,000 in 30 days', async () => {
    const most = {
      restrictions: list(20, (n) => ({ type: `t${n}`, ids: list(n === 0 ? 100 : 1, (id) => `id ${id}`) })),
      allowedCidrs: list(50, (n) => `10.0.${n}.0/24`),
      rateLimit: { limit: 1_000_000_000, windowSeconds: 2_592_000 },
    };
    expect((await create(most)).code).toBe('OK');
  });
});

describe('metadata', () => {
  test('that is no object, is larger than 4 KiB or deeper than 5 levels is refused before anything is done (R51)', async () => {
    const deep = (levels: number): object => (levels === 1 ? {} : { inner: deep(levels - 1) });
    for (const wrong of [
      'text',
      1,
      true,
      [],
      { text: 'x'.repeat(4_090) },
      { text: 'é'.repeat(2_050) },
      deep(6),
      { a: [[[[[1]]]]] },
      deep(1_000),
    ]) {
      expect(await create({ metadata: wrong })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
    for (const right of [{}, { text: 'x'.repeat(4_080) }, deep(5), { '': null, ключ: [1.5, true] }]) {
      expect(await create({ metadata: right })).toMatchObject({ code: 'OK', data: { createApiKey: { apiKey: { metadata: right } } } });
    }
    expect(await create({ metadata: { text: 'x'.repeat(1_000_000) } })).toMatchObject({ status: 413 });
  });

  test('never reaches a prototype: __proto__ is refused at any depth, in variables and in a literal (R47)', async () => {
    const before = await tenant.key();
    for (const place of ['{"__proto__":{"p":1}}', '{"a":[{"__proto__":1}]}']) {
      const variables = `{"input":{"id":"${before.id}","metadata":${place}}}`;
      const query = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { metadata } } }';
      expect(await owner.post(`{"query":${JSON.stringify(query)},"variables":${variables}}`)).toMatchObject({ status: 400 });
      const literal = place.replaceAll(/"(\w+)":/g, '$1:');
      const refused = await owner.send(`mutation { updateApiKey(input: { id: "${before.id}", metadata: ${literal} }) { apiKey { id } } }`);
      expect(refused).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    }
    expect(({} as { p?: number }).p).toBeUndefined();
    const odd = { constructor: { name: 'x' }, toString: 'y', hasOwnProperty: 1 };
    expect((await update(before.id, { metadata: odd })).code).toBe('OK');
    expect(await shown(before.id)).toMatchObject({ metadata: odd });
  });

  test('is written in a literal as well, with variables inside', async () => {
    const { id } = await tenant.key();
    const document = `mutation ($n: Int) { updateApiKey(input: { id: "${id}", metadata: { a: { n: $n }, list: [1, 2.5, "x", true, null] } }) { apiKey { metadata } } }`;
    const answer = await owner.send<{ updateApiKey: { apiKey: object } }, object>(document, { n: 7 });
    expect(answer.data?.updateApiKey.apiKey).toEqual({ metadata: { a: { n: 7 }, list: [1, 2.5, 'x', true, null] } });
  });
});

describe('who changes what narrows a key', () => {
  let ada: TestPerson;
  const narrow = { rateLimit, restrictions: restrictions.slice(0, 1), allowedCidrs: allowedCidrs.slice(0, 1) };
  const wider: readonly (readonly [string, object])[] = [
    ['no rate limit', { rateLimit: null }],
    ['a higher rate limit', { rateLimit: { ...rateLimit, limit: 101 } }],
    ['a shorter window', { rateLimit: { ...rateLimit, windowSeconds: 59 } }],
    ['no restrictions', { restrictions: null }],
    ['one more id', { restrictions: [{ type: 'customer', ids: ['c_42', 'c_43', 'c_44'] }] }],
    ['one more type', { restrictions: restrictions.slice(0, 2) }],
    ['no networks', { allowedCidrs: null }],
    ['a larger network', { allowedCidrs: ['192.0.0.0/16'] }],
    ['one more network', { allowedCidrs }],
  ];
  const narrower = {
    rateLimit: { limit: 10, windowSeconds: 120 },
    restrictions: [{ type: 'customer', ids: ['c_43'] }],
    allowedCidrs: ['192.0.2.0/25', '192.0.2.128/25'],
  };
  const needsManage = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['apiKey:manage'] } }] };

  beforeEach(async () => {
    ada = await tenant.person('Ada', ['rol_event_writer']);
  });

  test.each(wider)("a user's own key gets %s from its user, unless only admins may create keys (S4.5, C9)", async (_what, said) => {
    const { id } = await tenant.key({ by: ada.client, ...narrow });
    await owner.ask(UpdateOrganizationDocument, { input: { id: tenant.organizationId, membersMayCreateApiKeys: false } });
    const missingPermissions = ['apiKey:createForUser', 'apiKey:manage'];
    expect(await update(id, said, ada.client)).toMatchObject({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions } }] });
    expect(await shown(id)).toMatchObject(narrow);
    expect((await update(id, narrower, ada.client)).code).toBe('OK');
    expect((await update(id, { ...narrow }, owner)).code).toBe('OK');
    await owner.ask(UpdateOrganizationDocument, { input: { id: tenant.organizationId, membersMayCreateApiKeys: true } });
    expect((await update(id, said, ada.client)).code).toBe('OK');
    expect(await shown(id)).toMatchObject({ ...narrow, ...said });
  });

  test.each(wider)('a key that an admin issued gets %s with apiKey:manage only (S4.5)', async (_what, said) => {
    const { id } = await tenant.key({ forUser: ada.id, ...narrow });
    expect(await update(id, said, ada.client)).toMatchObject(needsManage);
    expect(await shown(id)).toMatchObject(narrow);
    expect((await update(id, said, owner)).code).toBe('OK');
    expect(await shown(id)).toMatchObject({ ...narrow, ...said });
  });

  test("a key that an admin issued is narrowed by its user, and its metadata is the admin's (S4.5)", async () => {
    const { id } = await tenant.key({ forUser: ada.id, ...narrow, metadata });
    expect((await update(id, { ...narrower, metadata: structuredClone(metadata) }, ada.client)).code).toBe('OK');
    for (const changed of [null, { plan: 'platinum' }])
      expect(await update(id, { metadata: changed }, ada.client)).toMatchObject(needsManage);
    expect(await update(id, narrow, ada.client)).toMatchObject(needsManage);
    expect(await shown(id)).toMatchObject({ ...narrower, metadata });
    expect((await update(id, { metadata: null }, owner)).code).toBe('OK');
    const free = await tenant.key({ forUser: ada.id });
    expect(await update(free.id, { metadata }, ada.client)).toMatchObject(needsManage);
    expect((await update(free.id, narrow, ada.client)).code).toBe('OK');
  });

  test('nobody changes it who may not edit the key at all (S4.11)', async () => {
    const { id } = await tenant.key({ ...narrow });
    expect(await update(id, narrower, ada.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    expect(await update(id, narrower, (await foundTenant(service)).owner.client)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await update(id, narrower, (await tenant.key({ permissions: ['apiKey:view'] })).client)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a key that a key creates', () => {
  const here = ['127.0.0.0/8', '::1'];
  const parentOf = (more: object = {}): Promise<TestKey> =>
    tenant.key({ permissions: ['apiKey:create', 'event:submit'], rateLimit, allowedCidrs: here, ...more });

  test('inherits what narrows its parent, but not what is noted about it (R78)', async () => {
    const child = await tenant.key({ by: (await parentOf({ metadata })).client });
    expect(await shown(child.id)).toMatchObject({
      rateLimit,
      allowedCidrs: ['127.0.0.0/8', '::1/128'],
      restrictions: null,
      metadata: null,
    });
  });

  test('is narrower if it is said so, and never wider (R78)', async () => {
    const { client } = await parentOf();
    for (const [field, value] of Object.entries({
      rateLimit: [null, { limit: 101, windowSeconds: 60 }, { limit: 100, windowSeconds: 59 }],
      allowedCidrs: [null, ['0.0.0.0/0'], ['127.0.0.0/8', '192.0.2.1']],
    }).flatMap(([name, values]) => values.map((each) => [name, each] as const))) {
      const refused = await create({ [field]: value }, client);
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${field}` });
      expect(refused.errors[0]?.message).toMatch(/must not be wider/);
    }
    const narrower = { rateLimit: { limit: 1, windowSeconds: 60 }, allowedCidrs: ['127.0.0.1/32'], restrictions, metadata };
    expect(await shown((await tenant.key({ by: client, ...narrower })).id)).toMatchObject(narrower);
  });

  test('is not widened beyond its parent later, by anybody, not even once the parent is narrowed (R78)', async () => {
    const parent = await parentOf();
    const child = await tenant.key({ by: parent.client });
    expect(await update(child.id, { rateLimit: null })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.rateLimit' });
    expect((await update(parent.id, { restrictions })).code).toBe('OK');
    expect(await update(child.id, { restrictions: [{ type: 'customer', ids: ['c_99'] }] })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.restrictions',
    });
    expect((await update(child.id, { restrictions: restrictions.slice(0, 1), name: 'Narrow' })).code).toBe('OK');
    expect((await update(child.id, { name: 'Renamed' })).code).toBe('OK');
    await owner.ask(RevokeApiKeyDocument, { input: { id: parent.id } });
    expect(await update(child.id, { allowedCidrs: null })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
