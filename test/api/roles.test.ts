import {
  ApiKeyDocument,
  CreateRoleDocument,
  type CreateRoleInput,
  DeleteRoleDocument,
  NodeDocument,
  UpdateRoleDocument,
  UserDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

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

const create = (more: Partial<CreateRoleInput> = {}, by = owner) =>
  by.send(CreateRoleDocument, { input: { organizationId: tenant.organizationId, name: 'Custom', permissions: ['event:submit'], ...more } });
const update = (id: string, said: object, by = owner) => by.send(UpdateRoleDocument, { input: { id, ...said } });
const remove = (id: string, by = owner) => by.send(DeleteRoleDocument, { input: { id } });
const held = async (id: string, namespaceId = tenant.organizationId): Promise<readonly string[]> =>
  (await owner.ask(UserDocument, { id, namespaceId })).user?.permissions ?? [];

describe('createRole', () => {
  test('makes a named set of permissions, each of them once', async () => {
    const answer = await create({
      name: ' Shipping ',
      description: 'Ships',
      permissions: ['event:submit', 'configuration:view', 'event:submit'],
    });
    expect(answer.data?.createRole.role).toMatchObject({
      name: 'Shipping',
      description: 'Ships',
      builtIn: false,
      assignableToApiKeys: true,
      permissions: ['configuration:view', 'event:submit'],
    });
  });

  test.each([
    ['no permission', { permissions: [] }, 'input.permissions'],
    ['one that the tenant does not know', { permissions: ['event:submit', 'event:sumbit'] }, 'input.permissions'],
    ['one that no custom role holds', { permissions: ['owner:manage'] }, 'input.permissions.0'],
    ['namespace:recover', { permissions: ['event:submit', 'namespace:recover'] }, 'input.permissions.1'],
    ['101 permissions', { permissions: Array.from({ length: 101 }, (_, n) => `thing:act${n}`) }, 'input.permissions'],
    ['no name', { name: '' }, 'input.name'],
    ['a description of 501 characters', { description: 'd'.repeat(501) }, 'input.description'],
    ['an organization that is no id', { organizationId: 'acme' }, 'input.organizationId'],
  ])('with %s is refused with the field', async (_what, wrong, field) => {
    expect(await create(wrong)).toMatchObject({ code: 'BAD_USER_INPUT', field, data: null });
  });

  test.each(['workspace:*', '*', 'Workspace:edit', 'workspace', 'workspace:edit '])(
    'knows no wildcard: %s is no permission',
    async (name) => {
      expect(await create({ permissions: [name] })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    },
  );

  test('with a name that is taken or built in, in whatever case, is CONFLICT; other tenants do not count', async () => {
    expect((await create({ name: 'Écrivain' })).code).toBe('OK');
    for (const name of ['Écrivain', 'ÉCRIVAIN', 'Admin', 'read_only']) {
      expect(await create({ name })).toMatchObject({ code: 'CONFLICT', field: 'input.name' });
    }
    const { organizationId, owner: stranger } = await foundTenant(service);
    expect((await create({ name: 'Écrivain', organizationId }, stranger.client)).code).toBe('OK');
  });

  test('with more than the caller holds in the organization is EXCEEDS_AUTHORITY: levels are sets, not ranks', async () => {
    const { client } = await tenant.person('Policies', ['rol_policy_author']);
    expect((await create({ permissions: ['policy:manage', 'event:submit'] }, client)).code).toBe('OK');
    const beyond = await create({ name: 'Beyond', permissions: ['policy:manage', 'service:manage'] }, client);
    expect(beyond.code).toBe('EXCEEDS_AUTHORITY');
    expect(beyond.errors[0]?.extensions['excess']).toEqual([{ namespaceId: tenant.organizationId, permissions: ['service:manage'] }]);
  });

  test('is for who holds role:manage in the organization, signed in (S0.10)', async () => {
    const [reader, services, nobody] = [
      await tenant.person('Reader', ['rol_read_only']),
      await tenant.person('Services', ['rol_service_author']),
      await tenant.person('Nobody'),
    ];
    const missing = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['role:manage'] } }] };
    expect(await create({}, reader.client)).toMatchObject(missing);
    expect(await create({}, services.client)).toMatchObject(missing);
    expect(await create({ permissions: ['event:sumbit'] }, reader.client)).toMatchObject(missing);
    for (const client of [nobody.client, (await foundTenant(service)).owner.client]) {
      expect(await create({}, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
    }
    expect(await create({}, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await create({}, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('updateRole', () => {
  test('is followed by grants at once, and by no key (C23)', async () => {
    const role = await tenant.role('Custom', 'event:submit', 'role:view');
    const ada = await tenant.person('Ada', [role]);
    const key = await tenant.key({ by: ada.client, roleId: role });
    const changed = await update(role, { permissions: ['service:manage', 'event:submit'] });
    expect(changed.data?.updateRole.role).toMatchObject({ id: role, name: 'Custom', permissions: ['event:submit', 'service:manage'] });
    expect(await held(ada.id)).toEqual(['event:submit', 'service:manage']);
    expect((await ada.client.ask(ApiKeyDocument, { id: key.id })).apiKey).toMatchObject({
      role: { id: role },
      permissions: ['event:submit', 'role:view'],
      effectivePermissions: ['event:submit'],
    });
  });

  test('keeps what is left out, clears a description that is null, and refuses null where it cannot be empty', async () => {
    const role = await tenant.role('Custom', 'event:submit');
    expect((await update(role, { description: 'D' })).data?.updateRole.role).toMatchObject({
      name: 'Custom',
      description: 'D',
      permissions: ['event:submit'],
    });
    expect((await update(role, { name: 'CUSTOM' })).data?.updateRole.role).toMatchObject({ name: 'CUSTOM', description: 'D' });
    expect((await update(role, { description: null })).data?.updateRole.role).toMatchObject({ name: 'CUSTOM', description: null });
    expect(await update(role, { name: null })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.name' });
    expect(await update(role, { permissions: null })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
    expect(await update(role, { permissions: [] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
    expect(await update(role, { permissions: ['event:sumbit'] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
    await tenant.role('Other', 'event:submit');
    expect(await update(role, { name: 'other' })).toMatchObject({ code: 'CONFLICT', field: 'input.name' });
  });

  test('to add what the caller does not hold wherever the role is granted is EXCEEDS_AUTHORITY (R75)', async () => {
    const application = await tenant.application();
    const role = await tenant.role('Custom', 'event:submit');
    const ada = await tenant.person('Ada', [role, application]);
    const policies = await tenant.person('Policies', ['rol_policy_author']);
    const answer = await update(role, { permissions: ['event:submit', 'policy:manage'] }, policies.client);
    expect(answer.code).toBe('EXCEEDS_AUTHORITY');
    expect(answer.errors[0]?.extensions['excess']).toEqual([{ namespaceId: application, permissions: ['policy:manage'] }]);
    expect(await held(ada.id, application)).toEqual(['event:submit']);

    expect((await update(role, { permissions: ['configuration:view'] }, policies.client)).code).toBe('EXCEEDS_AUTHORITY');
    await tenant.grant(policies.id, 'rol_policy_author', application);
    expect((await update(role, { permissions: ['event:submit', 'policy:manage'] }, policies.client)).code).toBe('OK');
    expect((await update(role, { permissions: ['event:submit'] }, policies.client)).code).toBe('OK');
    expect((await update(role, { permissions: ['event:submit', 'service:manage'] }, policies.client)).code).toBe('EXCEEDS_AUTHORITY');
  });

  test('is for who holds role:manage; built-in roles are for nobody', async () => {
    const role = await tenant.role('Custom', 'event:submit');
    const [reader, nobody] = [await tenant.person('Reader', ['rol_read_only']), await tenant.person('Nobody')];
    const stranger = (await foundTenant(service)).owner.client;
    for (const act of [(id: string, by?: Client) => update(id, { name: 'X' }, by), remove]) {
      expect(await act(role, reader.client)).toMatchObject({
        code: 'FORBIDDEN',
        errors: [{ extensions: { missingPermissions: ['role:manage'] } }],
      });
      for (const client of [nobody.client, stranger])
        expect(await act(role, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
      expect(await act(role, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await act(role, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await act('rol_viewer')).toMatchObject({ code: 'FORBIDDEN' });
      expect(await act('rol_owner')).toMatchObject({ code: 'FORBIDDEN' });
      expect(await act('Custom')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    }
  });
});

describe('deleteRole', () => {
  test('is CONFLICT while the role is granted anywhere; afterwards its name is free', async () => {
    const application = await tenant.application();
    const group = await tenant.group();
    const role = await tenant.role('Custom', 'event:submit');
    const grant = await tenant.grant(group, role, application);
    expect(await remove(role)).toMatchObject({ code: 'CONFLICT', field: 'input.id' });
    await tenant.revokeGrant(grant);
    expect((await remove(role)).data?.deleteRole).toEqual({ deletedRoleId: role });
    expect(await remove(role)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    expect(await update(role, { name: 'X' })).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    await expect(tenant.grant(tenant.owner.id, role)).rejects.toThrow('NOT_FOUND');
    await expect(tenant.key({ roleId: role })).rejects.toThrow('NOT_FOUND');
    expect((await create({ name: 'custom' })).code).toBe('OK');
  });
});

describe('a role', () => {
  test('is shown to who sees roles in the tenant; to others it is a name-tag', async () => {
    const role = await tenant.role('Custom', 'event:submit');
    const [reader, ada] = [await tenant.person('Reader', ['rol_read_only']), await tenant.person('Ada', [role])];
    expect((await reader.client.ask(NodeDocument, { id: role })).node).toMatchObject({ __typename: 'Role', permissions: ['event:submit'] });
    for (const client of [ada.client, (await foundTenant(service)).owner.client]) {
      expect((await client.ask(NodeDocument, { id: role })).node).toBeNull();
    }
    const mine = '{ viewer { user { grants { nodes { role { id name description builtIn permissions } } } } } }';
    const { viewer } = await ada.client.ask<{ viewer: { user: { grants: { nodes: object[] } } } }>(mine);
    expect(viewer.user.grants.nodes).toEqual([{ role: { id: role, name: 'Custom', description: null, builtIn: false, permissions: [] } }]);
  });
});
