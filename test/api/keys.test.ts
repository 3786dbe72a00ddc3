import {
  ApiKeyDocument,
  ApiKeysDocument,
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  NodeDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { firstOwner, foundTenant, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let organizationId: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  ({ organizationId } = tenant);
});
afterAll(() => service.stop());

const create = (more: object = {}, by = owner) => {
  const input = { namespaceId: organizationId, environment: 'PRODUCTION', name: 'Script', ...more } as CreateApiKeyInput;
  return by.send(CreateApiKeyDocument, { input });
};
const update = (id: string, said: object, by = owner) => by.send(UpdateApiKeyDocument, { input: { id, ...said } });
const roleHolds = async (id: string): Promise<string[]> => {
  const { node } = await owner.ask(NodeDocument, { id });
  return node && 'permissions' in node ? [...node.permissions] : [];
};

describe('createApiKey', () => {
  test('takes a name, a namespace and perhaps an expiry, and shows id and secret in this one answer (S0.1, S0.3, S2.9, S3.12, S3.13)', async () => {
    const expiresAt = '2031-12-31T23:59:59.123Z';
    const { data } = await create({ description: 'For the nightly export', expiresAt });
    const { apiKey, key, secret } = data!.createApiKey;
    expect(apiKey).toMatchObject({
      name: 'Script',
      description: 'For the nightly export',
      environment: 'PRODUCTION',
      status: 'ACTIVE',
      namespace: { id: organizationId },
      role: null,
      user: { id: tenant.owner.id },
      createdBy: { id: tenant.owner.id },
      issuedBy: { id: tenant.owner.id },
      expiresAt,
    });
    expect(key).toBe(`${apiKey.hint}_${secret}`);
    expect(key).toMatch(/^bwk_prod_[0-9a-z]{26}_[0-9A-Za-z]{49}$/);
    expect(apiKey.hint).toBe(`bwk_prod_${apiKey.id.slice('key_'.length)}`);
  });

  test('is the only answer that ever shows the secret (S2.10, S4.8, S4.10, R25)', async () => {
    const { id, key, secret } = await tenant.key();
    const read = [
      await owner.send(ApiKeyDocument, { id }),
      await owner.send(ApiKeysDocument, {}),
      await owner.send(NodeDocument, { id }),
      await update(id, { name: 'Renamed' }),
      await owner.send(RevokeApiKeyDocument, { input: { id } }),
    ];
    for (const { text, code } of read) {
      expect(code).toBe('OK');
      expect(text).not.toContain(secret);
      expect(text).not.toContain(key);
    }
    for (const field of ['secret', 'key', 'secretDigest', 'credential', 'value']) {
      const answer = await owner.send(`query ($id: ID!) { apiKey(id: $id) { ${field} } }`, { id });
      expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    }
    expect(service.logged.join('\n')).not.toContain(secret);
  });

  test('binds a key to a namespace of any kind; no application is needed (S3.5, S3.11)', async () => {
    const application = await tenant.application();
    const homes = [organizationId, application, await tenant.workspace(application), await tenant.group(), await tenant.group(application)];
    for (const namespaceId of homes) {
      const { data } = await create({ namespaceId });
      expect(data?.createApiKey.apiKey).toMatchObject({ namespace: { id: namespaceId }, status: 'ACTIVE' });
    }
    const person = await tenant.person('Ada', ['rol_event_writer']);
    expect((await create({}, person.client)).data?.createApiKey.apiKey.permissions).toEqual(await roleHolds('rol_event_writer'));
  });

  test('needs something to be held in the namespace, and more than what nobody may hand on (S3.11)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const hidden = await tenant.application('Hidden', admin.client);
    const nobody = await tenant.person('Nobody');
    for (const namespaceId of [organizationId, hidden, 'app_01jzzzzzzzzzzzzzzzzzzzzzzz']) {
      expect(await create({ namespaceId }, nobody.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.namespaceId' });
    }
    // The owner could recover that application, and holds nothing in it until they do.
    expect(await create({ namespaceId: hidden })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    const managing = await tenant.person('Personnel', [await tenant.role('Personnel', 'user:manage', 'grant:manage')]);
    expect(await create({}, managing.client)).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    expect(await create({}, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('leaves other keys alone, also those of the same namespace: each is revoked by itself (S3.4, S3.7)', async () => {
    const keys = [await tenant.key(), await tenant.key(), await tenant.key()];
    const gateway = await tenant.gateway();
    await owner.ask(RevokeApiKeyDocument, { input: { id: keys[1]!.id } });
    const codes = await Promise.all(keys.map(async (key) => (await verify(gateway, key)).code));
    expect(codes).toEqual(['VALID', 'INACTIVE', 'VALID']);
  });

  test.each([
    ['an empty list of permissions (R3)', { permissions: [] }, 'input.permissions'],
    ['null for permissions (R3)', { permissions: null }, 'input.permissions'],
    ['a permission that the tenant does not know', { permissions: ['event:sumbit'] }, 'input.permissions'],
    ['101 permissions', { permissions: Array.from({ length: 101 }, (_, n) => `thing:act${n}`) }, 'input.permissions'],
    ['both a level and permissions', { roleId: 'rol_viewer', permissions: ['event:submit'] }, 'input.permissions'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }, 'input.expiresAt'],
    ['no name', { name: '' }, 'input.name'],
    ['a name of 101 characters', { name: 'n'.repeat(101) }, 'input.name'],
    ['a description of 501 characters', { description: 'd'.repeat(501) }, 'input.description'],
    ['a namespace that is no id', { namespaceId: 'home' }, 'input.namespaceId'],
  ])('with %s is refused with the field', async (_what, wrong, field) => {
    expect(await create(wrong)).toMatchObject({ status: 200, code: 'BAD_USER_INPUT', field, data: null });
  });

  test.each([
    ['no environment (S2.2)', { environment: undefined }],
    ['two environments (S2.2)', { environment: ['PRODUCTION', 'STAGING'] }],
    ['an environment of its own (S2.2)', { environment: 'QA' }],
    ['a wildcard', { permissions: ['workspace:*'] }],
    ['30 February', { expiresAt: '2031-02-30T00:00:00.000Z' }],
    ['an instant without Z', { expiresAt: '2031-02-28T00:00:00.000' }],
    ['another user (R2)', { userId: 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz' }],
    ['another tenant (R2)', { organizationId: 'org_01jzzzzzzzzzzzzzzzzzzzzzzz' }],
    ['an issuer (R2)', { issuedBy: 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz' }],
    ['a secret of its own', { secret: 'x'.repeat(49) }],
  ])('with %s is no request at all', async (_what, wrong) => {
    expect(await create(wrong)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', data: undefined });
  });

  test('at the instant of now is refused as an expiry: it would be over already (C17)', async () => {
    expect(await create({ expiresAt: service.clock.now().toISOString() })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.expiresAt',
    });
    expect((await create({ expiresAt: new Date(service.clock.now().getTime() + 1).toISOString() })).code).toBe('OK');
  });
});

describe('levels and permissions', () => {
  test.each(['rol_admin', 'rol_service_author', 'rol_policy_author', 'rol_event_writer', 'rol_read_only'])(
    'a key is issued at the level %s, with what that holds at that moment less what no key carries (S1.2, S1.7, S0.4, C23)',
    async (roleId) => {
      const { apiKey } = (await create({ roleId })).data!.createApiKey;
      const never = [
        'grant:manage',
        'role:manage',
        'user:manage',
        'apiKey:createForUser',
        'sharedSecret:reveal',
        'userGroup:manageMembers',
      ];
      expect(apiKey.role?.id).toBe(roleId);
      expect(apiKey.permissions).toEqual((await roleHolds(roleId)).filter((name) => !never.includes(name)));
      expect(apiKey.effectivePermissions).toEqual(apiKey.permissions);
    },
  );

  test('there is no key at the level of OWNER; what an owner leaves out tops out at ADMIN (S0.4, C8)', async () => {
    expect(await create({ roleId: 'rol_owner' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.roleId' });
    const [byDefault, atAdmin] = [await create(), await create({ roleId: 'rol_admin' })];
    expect(byDefault.data?.createApiKey.apiKey.permissions).toEqual(atAdmin.data?.createApiKey.apiKey.permissions);
    const { client: first } = await tenant.key({ by: await firstOwner(service), namespaceId: (await service.app.firstOrganization()).id });
    const { viewer } = await first.ask<{ viewer: { apiKey: { permissions: string[] } } }>('{ viewer { apiKey { permissions } } }');
    for (const name of ['owner:manage', 'namespace:recover', 'organization:create']) expect(viewer.apiKey.permissions).not.toContain(name);
  });

  test.each([
    ...['owner:manage', 'namespace:recover', 'organization:create', 'grant:manage', 'role:manage', 'user:manage'],
    ...['apiKey:createForUser', 'sharedSecret:reveal', 'userGroup:manageMembers'],
  ])('%s is on no key (C8, C22)', async (name) => {
    expect(await create({ permissions: ['event:submit', name] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
    const { id } = await tenant.key({ permissions: ['event:submit'] });
    expect(await update(id, { permissions: [name] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
  });

  test('what exceeds the creator is refused with all that exceeds, never dropped (S3.16, C13, R4)', async () => {
    const person = await tenant.person('Ada', ['rol_event_writer']);
    const refused = await create({ permissions: ['service:manage', 'event:submit', 'workspace:edit'] }, person.client);
    expect(refused).toMatchObject({ status: 200, code: 'EXCEEDS_AUTHORITY', data: null });
    expect(refused.errors[0]?.extensions['excess']).toEqual([
      { namespaceId: organizationId, permissions: ['service:manage', 'workspace:edit'] },
    ]);
    expect((await person.client.ask(ApiKeysDocument, {})).apiKeys.totalCount).toBe(0);
    expect((await create({ permissions: ['event:submit'] }, person.client)).data?.createApiKey.apiKey.permissions).toEqual([
      'event:submit',
    ]);
  });

  test('levels are compared as sets: a SERVICE_AUTHOR issues no POLICY_AUTHOR, nor the reverse, nor an ADMIN (S0.4, S0.9, S0.10)', async () => {
    const services = await tenant.person('Services', ['rol_service_author']);
    const policies = await tenant.person('Policies', ['rol_policy_author']);
    const issued = async (by: Client) => {
      const codes = [];
      for (const level of ['admin', 'service_author', 'policy_author', 'event_writer', 'read_only']) {
        codes.push((await create({ roleId: `rol_${level}` }, by)).code);
      }
      return codes;
    };
    const no = 'EXCEEDS_AUTHORITY';
    expect(await issued(services.client)).toEqual([no, 'OK', no, 'OK', 'OK']);
    expect(await issued(policies.client)).toEqual([no, no, 'OK', 'OK', 'OK']);
    expect(await issued(owner)).toEqual(['OK', 'OK', 'OK', 'OK', 'OK']);
  });

  test('what is left out is stored as the list of that moment, and never grows (R3, S3.14)', async () => {
    const person = await tenant.person('Ada', ['rol_event_writer']);
    const { id } = await tenant.key({ by: person.client });
    const before = (await owner.ask(ApiKeyDocument, { id })).apiKey;
    await tenant.grant(person.id, 'rol_admin');
    const after = (await owner.ask(ApiKeyDocument, { id })).apiKey;
    expect(after?.permissions).toEqual(before?.permissions);
    expect(after?.effectivePermissions).toEqual(await roleHolds('rol_event_writer'));
  });
});

describe('updateApiKey', () => {
  test('changes name, description and permissions; what is left out is kept, and null clears only what can be empty (C1)', async () => {
    const { id } = await tenant.key({ permissions: ['event:submit', 'service:manage'], expiresAt: new Date('2031-01-01T00:00:00.000Z') });
    const said = async (change: object) => (await update(id, change)).data?.updateApiKey.apiKey;
    expect(await said({ name: ' Renamed ', description: 'D' })).toMatchObject({
      name: 'Renamed',
      description: 'D',
      permissions: ['event:submit', 'service:manage'],
    });
    expect(await said({ permissions: ['event:submit'] })).toMatchObject({ name: 'Renamed', permissions: ['event:submit'], role: null });
    expect(await said({ roleId: 'rol_event_writer' })).toMatchObject({
      role: { id: 'rol_event_writer' },
      permissions: await roleHolds('rol_event_writer'),
    });
    expect(await said({ description: null })).toMatchObject({ name: 'Renamed', description: null, role: { id: 'rol_event_writer' } });
    expect(await said({})).toMatchObject({ name: 'Renamed', expiresAt: '2031-01-01T00:00:00.000Z' });
    for (const [field, value] of [
      ['name', null],
      ['permissions', null],
      ['permissions', []],
      ['name', ''],
      ['roleId', null],
    ] as const) {
      expect(await update(id, { [field]: value })).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${field}` });
    }
    expect(await update(id, { roleId: 'rol_owner' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.roleId' });
    expect(await update(id, { roleId: 'rol_viewer', permissions: ['event:submit'] })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test.each([
    ...['expiresAt', 'userId', 'namespaceId', 'environment', 'organizationId', 'createdBy', 'issuedBy', 'createdByApiKeyId'],
    ...['secret', 'key', 'status', 'revokedAt', 'createdAt', 'generation'],
  ])('has no way to change %s (S3.9, S4.7, C1, R2, R17)', async (field) => {
    const { id } = await tenant.key({ expiresAt: new Date('2031-01-01T00:00:00.000Z') });
    for (const value of [null, '2040-01-01T00:00:00.000Z']) {
      expect(await update(id, { name: 'Renamed', [field]: value })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', data: undefined });
    }
    expect((await owner.ask(ApiKeyDocument, { id })).apiKey).toMatchObject({ name: 'Key', expiresAt: '2031-01-01T00:00:00.000Z' });
  });

  test('gains nothing that the people behind the key do not hold (S3.16, R4, R17)', async () => {
    const person = await tenant.person('Ada', ['rol_event_writer']);
    const { id } = await tenant.key({ by: person.client, permissions: ['configuration:view'] });
    expect((await update(id, { permissions: ['event:submit'] }, person.client)).code).toBe('OK');
    for (const by of [person.client, owner]) {
      const refused = await update(id, { permissions: ['event:submit', 'service:manage'] }, by);
      expect(refused.code).toBe('EXCEEDS_AUTHORITY');
      expect(refused.errors[0]?.extensions['excess']).toEqual([{ namespaceId: organizationId, permissions: ['service:manage'] }]);
    }
  });
});
