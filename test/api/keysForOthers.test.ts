import {
  ApiKeyDocument,
  ApiKeysDocument,
  CreateApiKeyForUserDocument,
  DeleteApiKeyDocument,
  NodeDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  UserDocument,
} from '../generated/documents.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let organizationId: string;
let ada: TestPerson;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  ({ organizationId } = tenant);
  ada = await tenant.person('Ada', ['rol_event_writer']);
});
afterAll(() => service.stop());

const create = (userId: string, more: object = {}, by = owner) =>
  by.send(CreateApiKeyForUserDocument, {
    input: { userId, namespaceId: organizationId, environment: 'PRODUCTION', name: 'For them', ...more },
  });
const update = (id: string, said: object, by: Client) => by.send(UpdateApiKeyDocument, { input: { id, ...said } });
const excessOf = ({ errors }: Answer<unknown>): unknown => errors[0]?.extensions['excess'];
const listed = async (by: Client): Promise<string[]> => (await by.ask(ApiKeysDocument, {})).apiKeys.nodes.map(({ id }) => id);

describe('createApiKeyForUser', () => {
  test('makes a key that acts for the user and was made by the admin, within what both hold (S4.3, C12)', async () => {
    const { apiKey, key, secret } = (await create(ada.id)).data!.createApiKeyForUser;
    expect(apiKey).toMatchObject({
      user: { id: ada.id },
      createdBy: { id: tenant.owner.id },
      issuedBy: { id: tenant.owner.id },
      status: 'ACTIVE',
    });
    expect(key.endsWith(secret)).toBe(true);
    const holds = (await owner.ask(UserDocument, { id: ada.id, namespaceId: organizationId })).user?.permissions;
    expect(apiKey.permissions).toEqual(holds);
    expect(apiKey.effectivePermissions).toEqual(holds);
    expect((await create(await tenant.serviceUser('Bot', ['rol_event_writer']))).data?.createApiKeyForUser.apiKey.permissions).toEqual(
      holds,
    );
  });

  test('refuses what one of the two does not hold, with the excess, and where they hold nothing in common (C12, C13)', async () => {
    const forAda = await create(ada.id, { permissions: ['event:submit', 'service:manage'] });
    expect(forAda.code).toBe('EXCEEDS_AUTHORITY');
    expect(excessOf(forAda)).toEqual([{ namespaceId: organizationId, permissions: ['service:manage'] }]);
    expect(await create(ada.id, { roleId: 'rol_admin' })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    const application = await tenant.application();
    expect(await create(ada.id, { namespaceId: application })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    await tenant.setActive(ada.id, false);
    expect(await create(ada.id)).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
  });

  test('an admin of little makes no key of much for somebody who holds more (R6, C12)', async () => {
    const application = await tenant.application();
    const role = await tenant.role('Key clerk', 'apiKey:createForUser', 'event:submit', 'user:view');
    const clerk = await tenant.person('Clerk', [role, application], [role]);
    const refused = await create(
      tenant.owner.id,
      { namespaceId: application, permissions: ['application:delete', 'event:submit'] },
      clerk.client,
    );
    expect(excessOf(refused)).toEqual([{ namespaceId: application, permissions: ['application:delete'] }]);
    expect(await create(tenant.owner.id, { namespaceId: application, roleId: 'rol_admin' }, clerk.client)).toMatchObject({
      code: 'EXCEEDS_AUTHORITY',
    });
    const within = await create(tenant.owner.id, { namespaceId: application }, clerk.client);
    expect(within.data?.createApiKeyForUser.apiKey).toMatchObject({
      user: { id: tenant.owner.id },
      issuedBy: { id: clerk.id },
      permissions: ['event:submit', 'user:view'],
    });
  });

  test('is for who holds apiKey:createForUser, there or in the organization, signed in (S4.3, C9)', async () => {
    const missing = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['apiKey:createForUser'] } }] };
    expect(await create(tenant.owner.id, {}, ada.client)).toMatchObject(missing);
    expect(await create(ada.id, {}, ada.client)).toMatchObject(missing);
    const nobody = await tenant.person('Nobody');
    for (const client of [nobody.client, (await foundTenant(service)).owner.client]) {
      expect(await create(ada.id, {}, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.namespaceId' });
    }
    expect(await create(ada.id, {}, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await create(ada.id, {}, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
    const admin = await tenant.person('Admin', ['rol_admin']);
    expect((await create(ada.id, {}, admin.client)).code).toBe('OK');
  });

  test('knows nobody of another tenant, nobody who is gone, and nobody whom the caller does not see (S4.11)', async () => {
    const other = await foundTenant(service);
    const gone = await tenant.person('Gone', ['rol_event_writer']);
    await tenant.removeUser(gone.id);
    for (const id of [other.owner.id, gone.id, 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz', organizationId]) {
      expect(await create(id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
    }
    expect(await create('ada')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userId' });
    // Who makes keys in one application sees only the people of that application.
    const application = await tenant.application();
    const clerk = await tenant.person('Clerk', [await tenant.role('Clerk', 'apiKey:createForUser', 'event:submit'), application]);
    const by = { namespaceId: application };
    expect(await create(ada.id, by, clerk.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
    await tenant.grant(ada.id, 'rol_event_writer', application);
    expect((await create(ada.id, by, clerk.client)).code).toBe('OK');
  });

  test.each([
    ['an empty list', { permissions: [] }, 'input.permissions'],
    ['the level of OWNER', { roleId: 'rol_owner' }, 'input.roleId'],
    ['owner:manage', { permissions: ['owner:manage'] }, 'input.permissions'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }, 'input.expiresAt'],
  ])('with %s is refused as it is for oneself (R3, C8)', async (_what, wrong, field) => {
    expect(await create(ada.id, wrong)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});

describe('a key that an admin issued for a user', () => {
  const issued = async (...permissions: string[]): Promise<TestKey> => tenant.key({ forUser: ada.id, permissions });

  test("is its user's to see, rename, narrow, revoke and delete; what widens it needs apiKey:manage (S4.4, S4.5, S4.6, S4.9)", async () => {
    const key = await issued('event:submit', 'configuration:view');
    expect(await listed(ada.client)).toEqual([key.id]);
    expect((await update(key.id, { name: 'Mine' }, ada.client)).code).toBe('OK');
    expect((await update(key.id, { permissions: ['event:submit'] }, ada.client)).code).toBe('OK');
    expect(await update(key.id, { permissions: ['event:submit', 'configuration:view'] }, ada.client)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['apiKey:manage'] } }],
    });
    expect((await update(key.id, { permissions: ['event:submit', 'configuration:view'] }, owner)).code).toBe('OK');
    expect((await ada.client.send(RevokeApiKeyDocument, { input: { id: key.id } })).code).toBe('OK');
    expect((await ada.client.send(DeleteApiKeyDocument, { input: { id: key.id } })).code).toBe('OK');
  });

  test('is capped by both, ever after: what either loses it loses, and gets back with them (C12)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const key = await tenant.key({ forUser: ada.id, by: admin.client, permissions: ['event:submit'] });
    const gateway = await tenant.gateway();
    const code = async () => (await verify(gateway, key, { permissions: ['event:submit'] })).code;
    expect(await code()).toBe('VALID');
    for (const id of [ada.id, admin.id]) {
      await tenant.setActive(id, false);
      expect(await code()).toBe('HOLDER_LOST_ACCESS');
      await tenant.setActive(id, true);
      expect(await code()).toBe('VALID');
    }
    const role = await tenant.role('Looks', 'configuration:view');
    await tenant.grant(admin.id, role);
    const { namespace } = await owner.ask<{
      namespace: { grants: { nodes: { id: string; role: { id: string }; subject: { id: string } }[] } };
    }>('query ($id: ID!) { namespace(id: $id) { grants { nodes { id role { id } subject { ... on User { id } } } } } }', {
      id: organizationId,
    });
    await tenant.revokeGrant(namespace.grants.nodes.find((grant) => grant.role.id === 'rol_admin' && grant.subject.id === admin.id)!.id);
    expect(await verify(gateway, key, { permissions: ['event:submit'] })).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      httpStatus: 403,
      missingPermissions: ['event:submit'],
    });
    await tenant.grant(admin.id, 'rol_event_writer');
    expect(await code()).toBe('VALID');
  });

  test("denies once its issuer is removed, and its user's own keys do not (C14)", async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const issuedByAdmin = await tenant.key({ forUser: ada.id, by: admin.client });
    const own = await tenant.key({ by: ada.client });
    const gateway = await tenant.gateway();
    await tenant.removeUser(admin.id);
    expect(await verify(gateway, issuedByAdmin)).toMatchObject({ valid: false, code: 'HOLDER_LOST_ACCESS', httpStatus: 403 });
    expect(await issuedByAdmin.client.send('{ viewer { environment } }')).toMatchObject({ status: 401 });
    expect((await owner.ask(ApiKeyDocument, { id: issuedByAdmin.id })).apiKey).toMatchObject({
      status: 'ACTIVE',
      effectivePermissions: [],
      issuedBy: { id: admin.id },
    });
    expect(await verify(gateway, own)).toMatchObject({ valid: true });
  });
});

describe('the table of who may do what with keys (S4.1 to S4.9, R15)', () => {
  const rename = (id: string, by: Client) => update(id, { name: 'Renamed' }, by);
  const revoke = (id: string, by: Client) => by.send(RevokeApiKeyDocument, { input: { id } });
  const remove = (id: string, by: Client) => by.send(DeleteApiKeyDocument, { input: { id } });
  const view = (id: string, by: Client) => by.send('query ($id: ID!) { apiKey(id: $id) { secret } }', { id });
  const reassign = (id: string, by: Client) =>
    by.send('mutation ($id: ID!, $to: ID!) { updateApiKey(input: { id: $id, userId: $to }) { apiKey { id } } }', { id, to: ada.id });

  test('a tenant admin: list all, create, create for a user, edit, revoke, delete; never reassign, never see a value (S0.2, S2.19, S4.1, S4.2, S4.3, S4.4, S4.5, S4.6, S4.7, S4.8)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const application = await tenant.application();
    const elsewhere = await tenant.key({ namespaceId: application, environment: 'STAGING' });
    const [hers, mine] = [await tenant.key({ by: ada.client }), await tenant.key({ by: admin.client })];
    expect(await listed(admin.client)).toEqual([elsewhere.id, hers.id, mine.id]);
    expect((await create(ada.id, {}, admin.client)).code).toBe('OK');
    for (const { id } of [elsewhere, hers, mine]) {
      expect((await rename(id, admin.client)).code).toBe('OK');
      expect((await revoke(id, admin.client)).code).toBe('OK');
      expect(await reassign(id, admin.client)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(await view(id, admin.client)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      expect((await remove(id, admin.client)).code).toBe('OK');
    }
  });

  test('a user: only their own keys exist; they create, edit, revoke and delete those, never reassign, never see a value (S4.1, S4.2, S4.3, S4.4, S4.5, S4.6, S4.7, S4.8, S4.9)', async () => {
    const [hers, others] = [await tenant.key({ by: ada.client }), await tenant.key()];
    expect(await listed(ada.client)).toEqual([hers.id]);
    expect((await ada.client.ask(ApiKeyDocument, { id: others.id })).apiKey).toBeNull();
    expect((await ada.client.ask(NodeDocument, { id: others.id })).node).toBeNull();
    expect(await create(tenant.owner.id, {}, ada.client)).toMatchObject({ code: 'FORBIDDEN' });
    for (const act of [rename, revoke, remove]) {
      expect(await act(others.id, ada.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
      expect(await act(hers.id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await reassign(hers.id, ada.client)).toMatchObject({ status: 400 });
    expect(await view(hers.id, ada.client)).toMatchObject({ status: 400 });
    for (const act of [rename, revoke, remove]) expect((await act(hers.id, ada.client)).code).toBe('OK');
    expect(await listed(ada.client)).toEqual([]);
  });

  test('who may see keys and not manage them is refused by name; the tenant is the boundary (S4.9, S4.11)', async () => {
    const auditor = await tenant.person('Auditor', ['rol_viewer']);
    const key = await tenant.key();
    const stranger = (await foundTenant(service)).owner.client;
    expect(await listed(auditor.client)).toEqual([key.id]);
    expect(await listed(stranger)).toEqual([]);
    for (const act of [rename, revoke, remove]) {
      expect(await act(key.id, auditor.client)).toMatchObject({
        code: 'FORBIDDEN',
        errors: [{ extensions: { missingPermissions: ['apiKey:manage'] } }],
      });
      expect(await act(key.id, stranger)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
  });

  test('apiKey:manage in one namespace is about the keys at home there, and no others', async () => {
    const application = await tenant.application();
    const [inside, outside] = [await tenant.key({ namespaceId: application }), await tenant.key()];
    const clerk = await tenant.person('Clerk', [await tenant.role('Clerk', 'apiKey:manage'), application]);
    expect(await listed(clerk.client)).toEqual([inside.id]);
    expect((await revoke(inside.id, clerk.client)).code).toBe('OK');
    expect(await revoke(outside.id, clerk.client)).toMatchObject({ code: 'NOT_FOUND' });
  });
});
