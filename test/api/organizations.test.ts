import {
  CreateApplicationDocument,
  CreateOrganizationDocument,
  type CreateOrganizationInput,
  CreateUserDocument,
  DeleteNamespaceDocument,
  NamespaceDocument,
  OrganizationDocument,
  OrganizationsDocument,
  UpdateOrganizationDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { OWNER, type Service, startService } from '../support/service.js';
import { firstOwner, foundTenant, signIn, type TestTenant } from '../support/tenant.js';

let service: Service;
let founder: Client;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
  founder = await firstOwner(service);
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const input = (more: Partial<CreateOrganizationInput> = {}): { input: CreateOrganizationInput } => ({
  input: { name: 'Acme', owner: { name: 'Ada', email: 'ada@acme.test', password: 'a good long password' }, ...more },
});
const firstId = async (): Promise<string> => (await service.app.firstOrganization()).id;

describe('createOrganization', () => {
  test('founds a tenant with its first OWNER; the payload shows it although its founder sees nothing of it later', async () => {
    const answer = await founder.send(CreateOrganizationDocument, input({ description: 'Makes anvils' }));
    const { organization, owner, temporaryPassword } = answer.data!.createOrganization;
    expect(organization).toMatchObject({ kind: 'ORGANIZATION', name: 'Acme', description: 'Makes anvils' });
    expect(owner).toMatchObject({ name: 'Ada', email: 'ada@acme.test' });
    expect(temporaryPassword).toBeNull();
    expect((await founder.ask(NamespaceDocument, { id: organization.id })).namespace).toBeNull();
    expect((await founder.ask(OrganizationsDocument, {})).organizations.nodes.map(({ id }) => id)).toEqual([await firstId()]);

    const ada = await signIn(service, 'ada@acme.test', 'a good long password', organization.id);
    const { viewer } = await ada.ask(ViewerDocument, {});
    expect(viewer.user.organization.viewerPermissions).toEqual(expect.arrayContaining(['owner:manage', 'namespace:recover']));
    expect(viewer.user.grants.nodes).toMatchObject([{ role: { id: 'rol_owner' }, namespace: { id: organization.id } }]);
  });

  test('without a password tells a temporary one, once', async () => {
    const owner = { name: 'Bo', email: 'bo@acme.test' };
    const { createOrganization } = await founder.ask(CreateOrganizationDocument, input({ owner }));
    const client = await signIn(service, owner.email, createOrganization.temporaryPassword!, createOrganization.organization.id);
    expect(await client.send(OrganizationsDocument, {})).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('may be of the same name and with the same address of its owner as another: tenants know nothing of each other (C24)', async () => {
    const first = await founder.ask(CreateOrganizationDocument, input());
    const second = await founder.ask(CreateOrganizationDocument, input());
    expect(second.createOrganization.organization.id).not.toBe(first.createOrganization.organization.id);
    expect(second.createOrganization.owner.id).not.toBe(first.createOrganization.owner.id);
  });

  test.each([
    ['an empty name', { name: '  ' }, 'input.name'],
    ['a name of 101 characters', { name: 'n'.repeat(101) }, 'input.name'],
    ['a description of 501 characters', { description: 'd'.repeat(501) }, 'input.description'],
    ['an owner without a name', { owner: { name: '', email: 'a@b.test' } }, 'input.owner.name'],
    ['an owner whose address is none', { owner: { name: 'A', email: 'a.b.test' } }, 'input.owner.email'],
    ['a password of eleven characters', { owner: { name: 'A', email: 'a@b.test', password: 'elevenchars' } }, 'input.owner.password'],
  ])('with %s is refused with the field', async (_what, wrong, field) => {
    expect(await founder.send(CreateOrganizationDocument, input(wrong))).toMatchObject({ code: 'BAD_USER_INPUT', field, data: null });
  });

  test('is only for the owners of the first organization, signed in (C8)', async () => {
    expect(await service.anonymous.send(CreateOrganizationDocument, input())).toMatchObject({ code: 'UNAUTHENTICATED' });
    const missing = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['organization:create'] } }] };
    expect(await tenant.owner.client.send(CreateOrganizationDocument, input())).toMatchObject(missing);

    const organizationId = await firstId();
    const admin = { organizationId, kind: 'HUMAN', name: 'Admin', email: 'admin@localhost', password: OWNER.password } as const;
    const { createUser } = await founder.ask(CreateUserDocument, { input: admin });
    await tenant.grant(createUser.user.id, 'rol_admin', organizationId, founder);
    const client = await signIn(service, admin.email, admin.password);
    expect(await client.send(CreateOrganizationDocument, input())).toMatchObject(missing);

    const { client: key } = await tenant.key({ by: founder, namespaceId: organizationId });
    expect(await key.send(CreateOrganizationDocument, input())).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('updateOrganization', () => {
  test('keeps what is left out and clears a description that is null', async () => {
    const { organizationId: id, owner } = tenant;
    const described = await owner.client.ask(UpdateOrganizationDocument, { input: { id, description: 'One' } });
    expect(described.updateOrganization.organization).toMatchObject({ id, name: 'Tenant', description: 'One' });
    const renamed = await owner.client.ask(UpdateOrganizationDocument, { input: { id, name: ' Renamed ' } });
    expect(renamed.updateOrganization.organization).toMatchObject({ name: 'Renamed', description: 'One' });
    const cleared = await owner.client.ask(UpdateOrganizationDocument, { input: { id, description: null } });
    expect(cleared.updateOrganization.organization).toMatchObject({ name: 'Renamed', description: null });
  });

  test('is for who holds organization:edit; whoever does not see it is told that there is nothing', async () => {
    const { organizationId: id } = tenant;
    const rename = { input: { id, name: 'Renamed' } };
    const [editor, viewer, nobody] = await Promise.all([
      tenant.person('Editor', ['rol_editor']),
      tenant.person('Viewer', ['rol_viewer']),
      tenant.person('Nobody'),
    ]);
    expect((await editor.client.send(UpdateOrganizationDocument, rename)).code).toBe('OK');
    expect(await viewer.client.send(UpdateOrganizationDocument, rename)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['organization:edit'] } }],
    });
    for (const client of [nobody.client, founder]) {
      expect(await client.send(UpdateOrganizationDocument, rename)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
    expect(await service.anonymous.send(UpdateOrganizationDocument, rename)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('the organization', () => {
  test('shows users, roles and the catalogue to who holds user:view and role:view; to others themselves and nothing', async () => {
    const { organizationId: id, owner } = tenant;
    const [viewer, reader, nobody] = await Promise.all([
      tenant.person('Viewer', ['rol_viewer']),
      tenant.person('Reader', ['rol_read_only']),
      tenant.person('Nobody'),
    ]);
    const custom = await tenant.role('Custom', 'event:submit');
    const seen = (await viewer.client.ask(OrganizationDocument, { id })).namespace;
    if (!seen || !('users' in seen)) throw new Error('the viewer does not see the organization');
    expect(seen.users.nodes.map((user) => user.id).sort()).toEqual([owner.id, viewer.id, reader.id, nobody.id].sort());
    expect(seen.roles.map((role) => role.name)).toEqual([
      'OWNER',
      'ADMIN',
      'SERVICE_AUTHOR',
      'POLICY_AUTHOR',
      'EVENT_WRITER',
      'READ_ONLY',
      'EDITOR',
      'VIEWER',
      'Custom',
    ]);
    expect(seen.roles.filter((role) => !role.assignableToApiKeys).map((role) => role.name)).toEqual(['OWNER']);
    expect(seen.roles.at(-1)).toMatchObject({ id: custom, builtIn: false, permissions: ['event:submit'] });
    expect(seen.permissions.length).toBeGreaterThan(40);

    const partly = (await reader.client.ask(OrganizationDocument, { id })).namespace;
    expect(partly).toMatchObject({ users: { nodes: [{ id: reader.id }], totalCount: 1 } });
    expect((await nobody.client.ask(OrganizationDocument, { id })).namespace).toBeNull();
  });

  test('finds users by the start of a name or an address, in whatever case', async () => {
    const { organizationId: id, owner } = tenant;
    const [ada, bob] = await Promise.all([tenant.person('Ada Lovelace'), tenant.person('Bob 100%_sure')]);
    const find = async (search: string): Promise<readonly string[]> => {
      const found = (await owner.client.ask(OrganizationDocument, { id, search })).namespace;
      return found && 'users' in found ? found.users.nodes.map((user) => user.id) : ['nothing'];
    };
    expect(await find('ADA')).toEqual([ada.id]);
    expect(await find(ada.email.slice(0, 6).toUpperCase())).toEqual([ada.id]);
    expect(await find('Bob 100%_')).toEqual([bob.id]);
    expect(await find('%')).toEqual([]);
    expect(await find('lovelace')).toEqual([]);
    expect(await owner.client.send(OrganizationDocument, { id, search: 'x'.repeat(101) })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'search',
    });
  });

  test('is the boundary: an owner of one tenant has no cell in another, and is told what of any unknown id is told (S4.11, R8)', async () => {
    const other = await foundTenant(service);
    const application = await other.application();
    const workspace = await other.workspace(application);
    const group = await other.group();
    const key = await other.key();
    const role = await other.role('Custom', 'event:submit');
    const grant = await other.grant(other.owner.id, 'rol_editor');
    const ids = [other.organizationId, application, workspace, group, other.owner.id, key.id, role, grant];
    const unknown = (id: string): string => `${id.slice(0, 4)}01jzzzzzzzzzzzzzzzzzzzzzzz`;
    const operations = [
      'query ($id: ID!) { node(id: $id) { id } }',
      'query ($id: ID!) { namespace(id: $id) { id } }',
      'query ($id: ID!) { user(id: $id) { id } }',
      'query ($id: ID!) { apiKey(id: $id) { id } }',
      ...['deleteNamespace(input: { id: $id }) { deletedNamespaceId }', 'removeUser(input: { id: $id }) { removedUserId }'],
      ...['revokeApiKey(input: { id: $id }) { apiKey { id } }', 'deleteApiKey(input: { id: $id }) { deletedApiKeyId }'],
      ...['deleteRole(input: { id: $id }) { deletedRoleId }', 'revokeGrant(input: { id: $id }) { revokedGrantId }'],
      ...['updateOrganization', 'updateApplication', 'updateWorkspace', 'updateUserGroup'].map(
        (name) => `${name}(input: { id: $id, name: "x" }) { __typename }`,
      ),
      ...['updateUser', 'updateApiKey', 'updateRole'].map((name) => `${name}(input: { id: $id, name: "x" }) { __typename }`),
      'createApplication(input: { organizationId: $id, name: "x" }) { __typename }',
      'createWorkspace(input: { applicationId: $id, name: "x" }) { __typename }',
      'createApiKey(input: { namespaceId: $id, environment: PRODUCTION, name: "x" }) { __typename }',
    ].map((text) => (text.startsWith('query') ? text : `mutation ($id: ID!) { ${text} }`));
    const said = (text: string): string => text.replaceAll(/"requestId":"[^"]*"/g, '');
    for (const operation of operations) {
      await Promise.all(
        ids.map(async (id) => {
          const foreign = await tenant.owner.client.send(operation, { id });
          const absent = await tenant.owner.client.send(operation, { id: unknown(id) });
          expect([operation, foreign.status, said(foreign.text)]).toEqual([operation, absent.status, said(absent.text)]);
        }),
      );
    }
    expect((await other.owner.client.ask(NamespaceDocument, { id: other.organizationId })).namespace).toMatchObject({ name: 'Tenant' });
  });
});

describe('deleting an organization', () => {
  test('is CONFLICT while it holds others, and then ends its people, sessions and keys at once', async () => {
    const { organizationId: id, owner } = tenant;
    const application = await tenant.application();
    const key = await tenant.key();
    expect(await owner.client.send(DeleteNamespaceDocument, { input: { id } })).toMatchObject({ code: 'CONFLICT', field: 'input.id' });
    await owner.client.ask(DeleteNamespaceDocument, { input: { id: application } });
    const deleted = await owner.client.ask(DeleteNamespaceDocument, { input: { id } });
    expect(deleted.deleteNamespace.deletedNamespaceId).toBe(id);
    expect(await owner.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    expect(await key.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    await expect(signIn(service, owner.email, owner.password, id)).rejects.toThrow('UNAUTHENTICATED');
  });

  test('is never possible for the first one, and is for who holds organization:delete', async () => {
    expect(await founder.send(DeleteNamespaceDocument, { input: { id: await firstId() } })).toMatchObject({ code: 'CONFLICT' });
    const editor = await tenant.person('Editor', ['rol_editor']);
    const attempt = { input: { id: tenant.organizationId } };
    expect(await editor.client.send(DeleteNamespaceDocument, attempt)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await founder.send(DeleteNamespaceDocument, attempt)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    expect(
      (await tenant.owner.client.send(CreateApplicationDocument, { input: { organizationId: tenant.organizationId, name: 'A' } })).code,
    ).toBe('OK');
  });
});
