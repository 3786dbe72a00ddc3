import { ExplainApiKeyDocument, type ExplainApiKeyInput, type ExplainApiKeyQuery, type VerifyApiKeyInput } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { allRows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

type Explanation = ExplainApiKeyQuery['explainApiKey'];
type Question = Omit<ExplainApiKeyInput, 'apiKeyId'>;

const GATES = ['status', 'expiry', 'environment', 'namespace', 'people', 'permissions', 'resource', 'ip', 'rateLimit'];
const NOBODYS = 'wks_00000000000000000000000000';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let ada: TestPerson;
let shop: string;
let orders: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  shop = await tenant.application('Shop');
  orders = await tenant.workspace(shop, 'Orders');
  ada = await tenant.person('Ada', ['rol_service_author', orders]);
});
afterAll(() => service.stop());

const send = (by: Client, apiKeyId: string, question: Question = {}) =>
  by.send(ExplainApiKeyDocument, { input: { apiKeyId, ...question } });
const explain = async (key: TestKey, question: Question = {}, by = owner): Promise<Explanation> =>
  (await by.ask(ExplainApiKeyDocument, { input: { apiKeyId: key.id, ...question } })).explainApiKey;
const detailOf = ({ checks }: Explanation, gate: string): string => checks.find(({ name }) => name === gate)?.detail ?? '';
const shutOf = ({ checks }: Explanation): string[] => checks.filter(({ passed }) => !passed).map(({ name }) => name);
const end = (field: string, id: string): Promise<unknown> =>
  owner.ask(`mutation ($id: ID!) { ${field}(input: { id: $id }) { __typename } }`, { id });
const onlyGrantOf = async (person: TestPerson): Promise<string> => {
  const { user } = await owner.ask<{ user: { grants: { nodes: { id: string }[] } } }>(
    'query ($id: ID!) { user(id: $id) { grants { nodes { id } } } }',
    { id: person.id },
  );
  return user.grants.nodes[0]?.id ?? '';
};

describe('every gate answers, in the order of verification, whether or not an earlier one stays shut', () => {
  test('of a key that may do all of it', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    expect(await explain(key, { environment: 'PRODUCTION', namespaceId: orders, permissions: ['service:manage'] })).toEqual({
      allowed: true,
      code: 'VALID',
      checks: [
        { name: 'status', passed: true, detail: 'The key has not been revoked.' },
        { name: 'expiry', passed: true, detail: 'The key never expires.' },
        { name: 'environment', passed: true, detail: 'The key belongs to PRODUCTION; it was asked about in PRODUCTION.' },
        { name: 'namespace', passed: true, detail: 'The namespace is the home of the key or in its reach.' },
        { name: 'people', passed: true, detail: 'Each of the people behind the key holds something in its home.' },
        { name: 'permissions', passed: true, detail: 'All that was asked for is there.' },
        { name: 'resource', passed: true, detail: 'Not asked: the key is not restricted to resources.' },
        { name: 'ip', passed: true, detail: 'Not asked: the key works from anywhere.' },
        { name: 'rateLimit', passed: true, detail: 'The key has no rate limit.' },
      ],
    });
  });

  test('and says so where it was not asked about', async () => {
    const explanation = await explain(await tenant.key({ by: ada.client, namespaceId: orders }));
    expect(explanation).toMatchObject({ allowed: true, code: 'VALID' });
    expect(explanation.checks.filter(({ detail }) => detail.startsWith('Not asked: '))).toEqual([
      { name: 'environment', passed: true, detail: 'Not asked: no environment was named.' },
      {
        name: 'namespace',
        passed: true,
        detail: 'Not asked: no namespace was named, so this is about the home of the key.',
      },
      {
        name: 'permissions',
        passed: true,
        detail: expect.stringMatching(/^Not asked: no permission was named\. The key can use \d+ there\.$/),
      },
      { name: 'resource', passed: true, detail: 'Not asked: the key is not restricted to resources.' },
      { name: 'ip', passed: true, detail: 'Not asked: the key works from anywhere.' },
    ]);
  });

  test('of a key about which everything is wrong: each gate by itself, and the code of the first', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 60_000);
    const key = await tenant.key({ by: ada.client, namespaceId: orders, expiresAt, permissions: ['service:manage'] });
    await end('revokeApiKey', key.id);
    await tenant.setActive(ada.id, false);
    service.clock.advance(60_000);
    const explanation = await explain(key, { environment: 'STAGING', namespaceId: shop, permissions: ['service:manage'] });
    expect(explanation).toMatchObject({ allowed: false, code: 'INACTIVE' });
    expect(explanation.checks.map(({ name }) => name)).toEqual(GATES);
    // The way to the application stays open: a workspace's key reaches its record.
    expect(shutOf(explanation)).toEqual(['status', 'expiry', 'environment', 'people', 'permissions']);
    expect(detailOf(explanation, 'status')).toMatch(/revoked/);
    expect(detailOf(explanation, 'expiry')).toBe(`The key expired at ${expiresAt.toISOString()}.`);
    expect(detailOf(explanation, 'environment')).toBe('The key belongs to PRODUCTION; it was asked about in STAGING.');
  });
});

describe('who lacks what is told by name', () => {
  test('a person who was deactivated, and one who holds nothing any more (C14)', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    await tenant.setActive(ada.id, false);
    expect(detailOf(await explain(key), 'people')).toBe(`Ada (${ada.id}) is inactive.`);
    await tenant.setActive(ada.id, true);
    await tenant.revokeGrant(await onlyGrantOf(ada));
    expect(detailOf(await explain(key), 'people')).toBe(`Ada (${ada.id}) holds nothing in its home any more.`);
  });

  test('each permission that is missing, and which of the two people lacks it (C12)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin'], ['rol_service_author', orders]);
    const key = await tenant.key({
      by: admin.client,
      namespaceId: orders,
      forUser: ada.id,
      permissions: ['service:manage', 'event:submit'],
    });
    const adas = await onlyGrantOf(ada);
    await tenant.grant(ada.id, 'rol_event_writer', orders);
    await tenant.revokeGrant(adas);
    const explanation = await explain(key, { permissions: ['service:manage', 'event:submit', 'policy:manage'] });
    expect(explanation).toMatchObject({ allowed: false, code: 'INSUFFICIENT_PERMISSIONS' });
    expect(detailOf(explanation, 'permissions')).toBe(
      `service:manage: not held there by Ada (${ada.id}). policy:manage: the key was not granted it.`,
    );
    await tenant.removeUser(admin.id);
    const orphaned = await explain(key, { permissions: ['event:submit'] });
    expect(detailOf(orphaned, 'people')).toBe(`Admin (${admin.id}) is removed.`);
    expect(detailOf(orphaned, 'permissions')).toBe(`event:submit: not held there by Admin (${admin.id}).`);
  });

  test('what the home does not let through to there is not the fault of people (C10)', async () => {
    const key = await tenant.key({ namespaceId: shop, permissions: ['workspace:view', 'service:manage'] });
    const explanation = await explain(key, { namespaceId: orders, permissions: ['workspace:view', 'service:manage'] });
    expect(detailOf(explanation, 'permissions')).toBe('service:manage: the home of the key does not let it through to there.');
  });
});

/** Somebody with a new access token: those live for ten minutes. */
const fresh = ({ email, password }: TestPerson): Promise<Client> => signIn(service, email, password, tenant.organizationId);

/** What is done to a key of Ada's before it is asked about, and what is asked. */
const situations: readonly (readonly [what: string, code: string, question: () => Question, done?: (key: TestKey) => Promise<unknown>])[] =
  [
    ['nothing in particular', 'VALID', () => ({})],
    ['what it holds', 'VALID', () => ({ permissions: ['service:manage', 'event:submit'] })],
    ['what it holds, in its home by name', 'VALID', () => ({ namespaceId: orders, permissions: ['service:manage'] })],
    ['something that it does not hold', 'INSUFFICIENT_PERMISSIONS', () => ({ permissions: ['service:manage', 'policy:manage'] })],
    ['a name that nobody registered', 'INSUFFICIENT_PERMISSIONS', () => ({ permissions: ['service:mange'] })],
    ['the application above, where its user holds nothing', 'INSUFFICIENT_PERMISSIONS', () => ({ namespaceId: shop })],
    ['a namespace that does not exist', 'NAMESPACE_MISMATCH', () => ({ namespaceId: NOBODYS })],
    ['a text that is no id', 'NAMESPACE_MISMATCH', () => ({ namespaceId: 'Orders' })],
    ['after revoking', 'INACTIVE', () => ({}), (key) => end('revokeApiKey', key.id)],
    [
      'after its last instant',
      'EXPIRED',
      () => ({}),
      () => {
        service.clock.advance(3_600_000);
        return Promise.resolve();
      },
    ],
    [
      'after both (C18)',
      'INACTIVE',
      () => ({}),
      async (key) => {
        await end('revokeApiKey', key.id);
        service.clock.advance(3_600_000);
      },
    ],
    ['after deactivating its user', 'HOLDER_LOST_ACCESS', () => ({}), () => tenant.setActive(ada.id, false)],
    ['after removing its user', 'INACTIVE', () => ({}), () => tenant.removeUser(ada.id)],
    ['after its user lost the role', 'HOLDER_LOST_ACCESS', () => ({}), async () => tenant.revokeGrant(await onlyGrantOf(ada))],
    [
      'after its user got another role instead',
      'INSUFFICIENT_PERMISSIONS',
      () => ({ permissions: ['service:manage'] }),
      async () => {
        const grant = await onlyGrantOf(ada);
        await tenant.grant(ada.id, 'rol_policy_author', orders);
        await tenant.revokeGrant(grant);
      },
    ],
    [
      'in another namespace, and after revoking',
      'INACTIVE',
      () => ({ namespaceId: NOBODYS, permissions: ['policy:manage'] }),
      (key) => end('revokeApiKey', key.id),
    ],
  ];

describe('explaining and deciding never disagree (law 9)', () => {
  test.each(situations.map((situation) => [situation[0], situation[1], situation] as const))(
    '%s: both say %s',
    async (_what, code, [, , question, done]) => {
      const gateway = await tenant.gateway();
      const key = await tenant.key({ by: ada.client, namespaceId: orders, expiresAt: new Date(service.clock.now().getTime() + 3_600_000) });
      await done?.(key);
      const asked: Omit<VerifyApiKeyInput, 'key'> = question();
      const verified = await verify(gateway, key, asked);
      const explained = await explain(key, { ...asked, environment: 'PRODUCTION' }, await fresh(tenant.owner));
      expect({ verified: verified.code, explained: explained.code }).toEqual({ verified: code, explained: code });
      expect(explained.allowed).toBe(verified.valid);
      expect(shutOf(explained).length === 0).toBe(verified.valid);
    },
  );

  test.each(['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const)(
    'and about a key of production asked about in %s (S2.3)',
    async (environment) => {
      const key = await tenant.key({ by: ada.client, namespaceId: orders });
      const verified = await verify(await tenant.gateway(environment), key);
      expect((await explain(key, { environment })).code).toBe(verified.code);
      expect(verified.valid).toBe(environment === 'PRODUCTION');
    },
  );
});

describe('an explanation is for who may manage the key', () => {
  const manager = ['apiKey:manage', 'organization:view'];

  test('its own user, signed in, and who holds apiKey:manage in its home or in the organization', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    const role = await tenant.role('Key manager', ...manager);
    const here = await tenant.person('Here', [role, orders]);
    const everywhere = await tenant.person('Everywhere', [role]);
    for (const { client } of [ada, here, everywhere]) expect(await send(client, key.id)).toMatchObject({ code: 'OK' });
  });

  test('FORBIDDEN, with what is missing, for who only sees the key; also for the key itself', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    const viewer = await tenant.person('Viewer', ['rol_viewer', orders]);
    for (const client of [viewer.client, key.client]) {
      const answer = await send(client, key.id);
      expect(answer).toMatchObject({ code: 'FORBIDDEN', data: null });
      expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['apiKey:manage']);
    }
  });

  test('NOT_FOUND for everybody else, for a deleted key, and for one that never was (R11, S4.11)', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    const gone = await tenant.key({ by: ada.client, namespaceId: orders, name: 'Gone' });
    await end('deleteApiKey', gone.id);
    const other = await foundTenant(service, 'Other');
    const nobody = await tenant.person('Nobody');
    const asked: readonly (readonly [Client, string])[] = [
      [other.owner.client, key.id],
      [nobody.client, key.id],
      [owner, gone.id],
      [owner, 'key_00000000000000000000000000'],
      [owner, ada.id],
    ];
    for (const [client, id] of asked)
      expect(await send(client, id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.apiKeyId', data: null });
    expect(await send(owner, 'a key')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.apiKeyId' });
    expect(await send(owner, key.id, { permissions: [] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
  });

  test("another tenant's namespace is one that does not exist (R8)", async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    const other = await foundTenant(service, 'Other');
    const [theirs, nobodys] = [
      await explain(key, { namespaceId: await other.application() }),
      await explain(key, { namespaceId: NOBODYS }),
    ];
    expect(theirs).toEqual(nobodys);
    expect(theirs.code).toBe('NAMESPACE_MISMATCH');
  });

  test('it counts nothing and touches nothing: every row of the database is as it was', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    const viewer = await tenant.person('Viewer', ['rol_viewer', orders]);
    const before = await allRows(service);
    await explain(key, { environment: 'STAGING', namespaceId: shop, permissions: ['service:manage'] });
    await send(viewer.client, key.id);
    await send(owner, 'key_00000000000000000000000000');
    expect(await allRows(service)).toEqual(before);
  });
});
