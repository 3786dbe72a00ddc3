import {
  CreateRoleDocument,
  DefinePermissionDocument,
  type DefinePermissionInput,
  OrganizationDocument,
  RemovePermissionDocument,
  UserDocument,
} from '../generated/documents.js';
import { builtInPermissions } from '../../src/authority/index.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant, verify } from '../support/tenant.js';

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

const LICENSE = 'license:manage';

const define = (more: Partial<DefinePermissionInput> = {}, by = owner) =>
  by.send(DefinePermissionDocument, {
    input: { organizationId: tenant.organizationId, name: LICENSE, label: 'License Management', ...more },
  });
const remove = (name = LICENSE, by = owner, organizationId = tenant.organizationId) =>
  by.send(RemovePermissionDocument, { input: { organizationId, name } });
const registered = async (of = tenant) => {
  const { namespace } = await of.owner.client.ask(OrganizationDocument, { id: of.organizationId });
  return namespace && 'permissions' in namespace ? namespace.permissions.filter(({ builtIn }) => !builtIn) : [];
};
const held = async (id: string): Promise<readonly string[]> =>
  (await owner.ask(UserDocument, { id, namespaceId: tenant.organizationId })).user?.permissions ?? [];

describe('definePermission', () => {
  test('registers what a tenant’s own services ask about (S2.4)', async () => {
    const answer = await define({ label: ' License Management ', description: 'Issue and withdraw licenses' });
    const permission = { name: LICENSE, label: 'License Management', description: 'Issue and withdraw licenses', builtIn: false };
    expect(answer.data?.definePermission.permission).toEqual(permission);
    await define({ name: 'customer:read', label: 'Customer Read' });
    expect(await registered()).toEqual([{ name: 'customer:read', label: 'Customer Read', description: null, builtIn: false }, permission]);
  });

  test('is of that tenant alone: another knows nothing of it, and may register the same name (R8)', async () => {
    const other = await foundTenant(service, 'Other');
    await define();
    expect(await registered(other)).toEqual([]);
    expect(
      await other.owner.client.send(CreateRoleDocument, {
        input: { organizationId: other.organizationId, name: 'R', permissions: [LICENSE] },
      }),
    ).toMatchObject({ code: 'BAD_USER_INPUT' });
    const input = { organizationId: other.organizationId, name: LICENSE, label: 'Theirs' };
    expect(await other.owner.client.send(DefinePermissionDocument, { input })).toMatchObject({ code: 'OK' });
    expect((await registered()).map(({ label }) => label)).toEqual(['License Management']);
  });

  test('a name is registered once: the second time is CONFLICT', async () => {
    await define();
    expect(await define({ label: 'Another' })).toMatchObject({ code: 'CONFLICT', field: 'input.name', data: null });
    expect((await registered()).map(({ label }) => label)).toEqual(['License Management']);
    // Names are compared letter by letter.
    expect(await define({ name: 'license:manAge' })).toMatchObject({ code: 'OK' });
  });

  test('of twenty who register it at once one succeeds', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => define()));
    expect(answers.map(({ code }) => code).sort()).toEqual([...Array.from({ length: 19 }, () => 'CONFLICT'), 'OK']);
  });

  test.each([...new Set(builtInPermissions.map(({ name }) => name.split(':')[0] ?? ''))])(
    'nothing is registered under the service’s own resource %s',
    async (resource) => {
      expect(await define({ name: `${resource}:export` })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.name', data: null });
    },
  );

  test.each([
    ['a built-in permission', { name: 'workspace:view' }],
    ['no label', { label: '  ' }],
    ['a label of 101 characters', { label: 'l'.repeat(101) }],
    ['a description of 501 characters', { description: 'd'.repeat(501) }],
  ])('with %s is refused', async (_what, wrong) => {
    expect(await define(wrong)).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${Object.keys(wrong)[0]}` });
  });

  test.each([
    'license',
    'license:',
    ':manage',
    'license:*',
    'License:manage',
    'license manage',
    'license:manage:all',
    `a:${'b'.repeat(49)}`,
  ])('%s is no name', async (name) => {
    expect(await define({ name })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('OWNER and ADMIN hold it at once, and nobody else', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const author = await tenant.person('Author', ['rol_service_author']);
    await define();
    expect(await held(tenant.owner.id)).toContain(LICENSE);
    expect(await held(admin.id)).toContain(LICENSE);
    expect(await held(author.id)).not.toContain(LICENSE);
  });

  test('it is put into roles and onto keys, and a service asks about it', async () => {
    await define();
    const ada = await tenant.person('Ada', [await tenant.role('Licensing', LICENSE)]);
    const gateway = await tenant.gateway();
    const key = await tenant.key({ by: ada.client, permissions: [LICENSE] });
    expect(await verify(gateway, key, { permissions: [LICENSE] })).toMatchObject({ code: 'VALID', effectivePermissions: [LICENSE] });
    const without = await tenant.key({ permissions: ['event:submit'] });
    expect(await verify(gateway, without, { permissions: [LICENSE] })).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      missingPermissions: [LICENSE],
    });
  });

  test('a key that was issued before does not grow with the catalogue (C23)', async () => {
    const before = await tenant.key({ roleId: 'rol_admin' });
    await define();
    expect(await verify(await tenant.gateway(), before, { permissions: [LICENSE] })).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
  });
});

describe('removePermission', () => {
  beforeEach(() => define());

  test('takes it out of the catalogue: OWNER and ADMIN hold it no more, and it is unknown again', async () => {
    expect((await remove()).data?.removePermission.removedName).toBe(LICENSE);
    expect(await registered()).toEqual([]);
    expect(await held(tenant.owner.id)).not.toContain(LICENSE);
    expect(await remove()).toMatchObject({ code: 'NOT_FOUND', field: 'input.name' });
    expect(await define()).toMatchObject({ code: 'OK' });
  });

  test('is CONFLICT while a role holds it', async () => {
    const role = await tenant.role('Licensing', 'event:submit', LICENSE);
    expect(await remove()).toMatchObject({ code: 'CONFLICT', field: 'input.name', data: null });
    await owner.ask('mutation ($id: ID!) { deleteRole(input: { id: $id }) { deletedRoleId } }', { id: role });
    expect(await remove()).toMatchObject({ code: 'OK' });
  });

  test('is CONFLICT while a key holds it, a revoked one too, because that may come back', async () => {
    const { id } = await tenant.key({ permissions: [LICENSE] });
    const act = (field: string) => owner.ask(`mutation ($id: ID!) { ${field}(input: { id: $id }) { __typename } }`, { id });
    expect(await remove()).toMatchObject({ code: 'CONFLICT' });
    await act('revokeApiKey');
    expect(await remove()).toMatchObject({ code: 'CONFLICT' });
    await act('deleteApiKey');
    expect(await remove()).toMatchObject({ code: 'OK' });
  });

  test('is not held up by a name that only looks like it, nor by what another tenant uses', async () => {
    await define({ name: 'license:manageAll', label: 'All' });
    await define({ name: 'mylicense:manage', label: 'Mine' });
    await define({ name: 'license:mAnage', label: 'Other case' });
    await tenant.role('Lookalikes', 'license:manageAll', 'mylicense:manage', 'license:mAnage');
    const other = await foundTenant(service, 'Other');
    await other.owner.client.ask(DefinePermissionDocument, {
      input: { organizationId: other.organizationId, name: LICENSE, label: 'Theirs' },
    });
    await other.role('Theirs', LICENSE);
    expect(await remove()).toMatchObject({ code: 'OK' });
  });

  test('NOT_FOUND where nothing of that name was registered; a built-in one is refused by its name', async () => {
    expect(await remove('customer:read')).toMatchObject({ code: 'NOT_FOUND', field: 'input.name', data: null });
    expect(await remove('workspace:view')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.name' });
  });
});

describe('the catalogue is kept by who holds role:manage', () => {
  test('POLICY_AUTHOR and ADMIN do (S0.10); FORBIDDEN, with what is missing, for who only sees the organization', async () => {
    const policies = await tenant.person('Policies', ['rol_policy_author']);
    const services = await tenant.person('Services', ['rol_service_author']);
    expect(await define({}, policies.client)).toMatchObject({ code: 'OK' });
    expect(await remove(LICENSE, policies.client)).toMatchObject({ code: 'OK' });
    await define();
    for (const answer of [await define({ name: 'a:b' }, services.client), await remove(LICENSE, services.client)]) {
      expect(answer).toMatchObject({ code: 'FORBIDDEN', data: null });
      expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['role:manage']);
    }
  });

  test('no key does it, whatever it carries (C22)', async () => {
    const key = await tenant.key({ roleId: 'rol_admin' });
    expect(await define({}, key.client)).toMatchObject({ code: 'FORBIDDEN', data: null });
    expect(await remove(LICENSE, key.client)).toMatchObject({ code: 'FORBIDDEN', data: null });
  });

  test('for who does not see the organization, and for another tenant, it is NOT_FOUND (R8, S4.11)', async () => {
    const nobody = await tenant.person('Nobody');
    const other = await foundTenant(service, 'Other');
    for (const by of [nobody.client, other.owner.client]) {
      for (const answer of [await define({}, by), await remove(LICENSE, by)])
        expect(answer).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId', data: null });
    }
    expect(await define({ organizationId: await tenant.application() })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.organizationId',
    });
  });

  test('whoever registers a permission hands on nothing: they hold it only where OWNER or ADMIN gives it to them', async () => {
    const policies = await tenant.person('Policies', ['rol_policy_author']);
    await define({}, policies.client);
    expect(await held(policies.id)).not.toContain(LICENSE);
    const input = { organizationId: tenant.organizationId, name: 'Mine', permissions: [LICENSE] };
    expect(await policies.client.send(CreateRoleDocument, { input })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
  });
});
