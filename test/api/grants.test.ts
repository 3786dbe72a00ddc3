import {
  GrantRoleDocument,
  type GrantRoleInput,
  NamespaceDocument,
  NodeDocument,
  OrganizationDocument,
  RevokeGrantDocument,
  UserDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

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

const grant = (input: Partial<GrantRoleInput>, by = owner) =>
  by.send(GrantRoleDocument, { input: { namespaceId: tenant.organizationId, roleId: 'rol_viewer', ...input } });
const revoke = (id: string, by = owner) => by.send(RevokeGrantDocument, { input: { id } });
const lacking = (...missingPermissions: string[]) => ({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions } }] });

/** Who holds OWNER in the tenant, as an owner sees it. */
async function owners(by: Client): Promise<string[]> {
  const { namespace } = await by.ask(NamespaceDocument, { id: tenant.organizationId });
  return (namespace?.grants.nodes ?? []).filter(({ role }) => role.id === 'rol_owner').map(({ subject }) => subject.id);
}
const ownGrant = async (by: Client, role: string): Promise<string> => {
  const query = '{ viewer { user { grants { nodes { id role { id } } } } } }';
  const { viewer } = await by.ask<{ viewer: { user: { grants: { nodes: { id: string; role: { id: string } }[] } } } }>(query);
  return viewer.user.grants.nodes.find((each) => each.role.id === role)?.id ?? 'none';
};

describe('grantRole', () => {
  test('gives a role in exactly one namespace, to a person or to a group', async () => {
    const application = await tenant.application();
    const [ada, group] = [await tenant.person('Ada'), await tenant.group()];
    const toPerson = await grant({ namespaceId: application, roleId: 'rol_editor', userId: ada.id });
    expect(toPerson.data?.grantRole.grant).toMatchObject({
      subject: { __typename: 'User', id: ada.id },
      role: { id: 'rol_editor', name: 'EDITOR' },
      namespace: { id: application, kind: 'APPLICATION' },
      grantedBy: { id: tenant.owner.id },
    });
    const toGroup = await grant({ userGroupId: group });
    expect(toGroup.data?.grantRole.grant).toMatchObject({
      subject: { __typename: 'UserGroup', id: group },
      namespace: { kind: 'ORGANIZATION' },
    });
    const inOrganization = (await owner.ask(UserDocument, { id: ada.id, namespaceId: tenant.organizationId })).user?.permissions;
    expect(inOrganization).toEqual([]);
  });

  test('refuses what is there already, what is not there, and what is not of the tenant', async () => {
    const ada = await tenant.person('Ada', ['rol_viewer']);
    const other = await foundTenant(service);
    const foreign = {
      role: await other.role('Foreign', 'event:submit'),
      group: await other.group(),
      application: await other.application(),
    };
    expect(await grant({ userId: ada.id })).toMatchObject({ code: 'CONFLICT', field: 'input.roleId' });
    for (const input of [{}, { userId: ada.id, userGroupId: await tenant.group() }]) {
      expect(await grant(input)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userId' });
    }
    expect(await grant({ userId: ada.id, roleId: 'viewer' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.roleId' });
    for (const roleId of [foreign.role, 'rol_nobody', 'rol_01jzzzzzzzzzzzzzzzzzzzzzzz']) {
      expect(await grant({ userId: ada.id, roleId })).toMatchObject({ code: 'NOT_FOUND', field: 'input.roleId' });
    }
    for (const userId of [other.owner.id, 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz', tenant.organizationId]) {
      expect(await grant({ userId })).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
    }
    expect(await grant({ userGroupId: foreign.group })).toMatchObject({ code: 'NOT_FOUND', field: 'input.userGroupId' });
    expect(await grant({ userId: ada.id, namespaceId: foreign.application })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.namespaceId',
    });
  });

  test('is for who holds grant:manage there, signed in (C22)', async () => {
    const application = await tenant.application();
    const role = await tenant.role('Granter', 'grant:manage', 'grant:view', 'application:view');
    const [ada, granter, viewer, admin] = [
      await tenant.person('Ada'),
      await tenant.person('Granter', [role, application]),
      await tenant.person('Viewer', ['rol_viewer', application]),
      await tenant.person('Admin of the organization', ['rol_admin']),
    ];
    const input = { namespaceId: application, userId: ada.id, roleId: role };
    expect(await grant(input, viewer.client)).toMatchObject(lacking('grant:manage'));
    for (const client of [ada.client, admin.client])
      expect(await grant(input, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.namespaceId' });
    expect(await grant(input, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await grant(input, (await tenant.key({ namespaceId: application })).client)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await grant(input, granter.client)).code).toBe('OK');
  });

  test('of more than the caller holds there is EXCEEDS_AUTHORITY, with the excess; levels are sets, not ranks', async () => {
    const application = await tenant.application();
    const role = await tenant.role('Granter', 'grant:manage');
    const granter = await tenant.person('Granter', [role, application], ['rol_service_author', application]);
    const ada = await tenant.person('Ada');
    const input = { namespaceId: application, userId: ada.id };
    expect((await grant({ ...input, roleId: 'rol_event_writer' }, granter.client)).code).toBe('OK');
    expect((await grant({ ...input, roleId: 'rol_service_author' }, granter.client)).code).toBe('OK');
    const beyond = await grant({ ...input, roleId: 'rol_policy_author' }, granter.client);
    expect(beyond.code).toBe('EXCEEDS_AUTHORITY');
    expect(beyond.errors[0]?.extensions['excess']).toEqual([{ namespaceId: application, permissions: ['policy:manage', 'role:manage'] }]);
    expect(await grant({ ...input, roleId: 'rol_admin' }, granter.client)).toMatchObject(lacking('admin:manage'));
  });

  test('in any namespace of the tenant is for an OWNER by namespace:recover, also where they hold nothing, and for no ADMIN', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const application = await tenant.application('Of an admin', admin.client);
    const workspace = await tenant.workspace(application, 'Orphan', admin.client);
    await tenant.removeUser(admin.id);
    const successor = await tenant.person('Successor', ['rol_admin']);
    expect(await grant({ namespaceId: workspace, userId: successor.id, roleId: 'rol_admin' }, successor.client)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await grant({ namespaceId: workspace, userId: successor.id, roleId: 'rol_admin' })).code).toBe('OK');
    expect((await successor.client.ask(NamespaceDocument, { id: workspace })).namespace?.viewerPermissions).toContain('workspace:delete');
  });
});

describe('OWNER and ADMIN', () => {
  test('OWNER is granted only in an organization, directly, to an active person, by an OWNER (S0.6)', async () => {
    const [admin, ada, bot, group] = [
      await tenant.person('Admin', ['rol_admin']),
      await tenant.person('Ada'),
      await tenant.serviceUser('Bot'),
      await tenant.group(),
    ];
    const roleId = 'rol_owner';
    expect(await grant({ roleId, userId: ada.id }, admin.client)).toMatchObject(lacking('owner:manage'));
    expect(await grant({ roleId, userId: admin.id }, admin.client)).toMatchObject(lacking('owner:manage'));
    expect(await grant({ roleId, userId: bot })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userId' });
    expect(await grant({ roleId, userGroupId: group })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userGroupId' });
    for (const namespaceId of [await tenant.application(), group]) {
      expect(await grant({ roleId, userId: ada.id, namespaceId })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.namespaceId' });
    }
    await tenant.setActive(ada.id, false);
    expect(await grant({ roleId, userId: ada.id })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userId' });
    await tenant.setActive(ada.id, true);
    expect((await grant({ roleId, userId: ada.id })).code).toBe('OK');
    expect((await owners(ada.client)).sort()).toEqual([tenant.owner.id, ada.id].sort());
  });

  test('an ADMIN makes and unmakes ADMINs, and no OWNER (S0.6, S0.7, R76)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const other = await tenant.person('Other');
    const made = await grant({ roleId: 'rol_admin', userId: other.id }, admin.client);
    expect(made.code).toBe('OK');
    expect((await revoke(made.data!.grantRole.grant.id, admin.client)).code).toBe('OK');
    expect(await revoke(await ownGrant(owner, 'rol_owner'), admin.client)).toMatchObject(lacking('owner:manage'));
  });

  test('the last active OWNER stays: those who are deactivated do not count', async () => {
    const mine = await ownGrant(owner, 'rol_owner');
    expect(await revoke(mine)).toMatchObject({ code: 'CONFLICT' });
    const second = await tenant.person('Second', ['rol_owner']);
    await tenant.setActive(second.id, false);
    expect(await revoke(mine)).toMatchObject({ code: 'CONFLICT' });
    await tenant.setActive(second.id, true);
    expect((await revoke(mine)).data?.revokeGrant).toEqual({ revokedGrantId: mine });
    expect(await owners(second.client)).toEqual([second.id]);
  });

  const tenOwners = async (): Promise<TestPerson[]> => {
    const more = await Promise.all(Array.from({ length: 9 }, (_, n) => tenant.person(`Owner ${n}`, ['rol_owner'])));
    return [tenant.owner, ...more];
  };
  const resign = async ({ client }: TestPerson): Promise<string> => (await revoke(await ownGrant(client, 'rol_owner'), client)).code;
  const leave = async ({ id, client }: TestPerson): Promise<string> =>
    (await client.send('mutation ($id: ID!) { removeUser(input: { id: $id }) { removedUserId } }', { id })).code;
  const pause = async ({ id, client }: TestPerson): Promise<string> =>
    (await client.send('mutation ($id: ID!) { setUserActive(input: { id: $id, active: false }) { user { id } } }', { id })).code;

  test.each([
    ['resign', [resign]],
    ['resign, leave or pause', [resign, leave, pause]],
  ])('of ten OWNERs who all %s at the same time exactly one stays', async (_what, ways) => {
    const all = await tenOwners();
    const codes = await Promise.all(all.map((person, n) => ways[n % ways.length]!(person)));
    expect(codes.toSorted()).toEqual(['CONFLICT', ...Array<string>(9).fill('OK')]);
    const last = all[codes.indexOf('CONFLICT')]!;
    const { namespace } = await last.client.ask(OrganizationDocument, { id: tenant.organizationId, first: 100 });
    const active = namespace && 'users' in namespace ? namespace.users.nodes.filter((user) => user.active).map(({ id }) => id) : [];
    expect((await owners(last.client)).filter((id) => active.includes(id))).toEqual([last.id]);
  });

  test('of two OWNERs who attack each other ten times at the same time exactly one stays', async () => {
    const second = await tenant.person('Second', ['rol_owner']);
    const [mine, theirs] = [await ownGrant(owner, 'rol_owner'), await ownGrant(second.client, 'rol_owner')];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? revoke(mine, second.client) : revoke(theirs))));
    expect(answers.filter(({ code }) => code === 'OK')).toHaveLength(1);
    const left = await Promise.all([tenant.owner, second].map(async ({ client }) => (await ownGrant(client, 'rol_owner')) !== 'none'));
    expect(left.filter(Boolean)).toHaveLength(1);
  });
});

describe('revokeGrant', () => {
  test('is for who holds grant:manage there; whoever does not see the grant is told that there is none', async () => {
    const application = await tenant.application();
    const ada = await tenant.person('Ada');
    const id = await tenant.grant(ada.id, 'rol_read_only', application);
    const [viewer, bob] = [
      await tenant.person('Viewer', ['rol_viewer', application]),
      await tenant.person('Bob', ['rol_read_only', application]),
    ];
    expect(await revoke(id, viewer.client)).toMatchObject(lacking('grant:manage'));
    // One sees one's own grants.
    expect(await revoke(id, ada.client)).toMatchObject(lacking('grant:manage'));
    for (const client of [bob.client, (await foundTenant(service)).owner.client]) {
      expect(await revoke(id, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
    expect(await revoke(id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await revoke(id, (await tenant.key({ namespaceId: application })).client)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await revoke(id)).code).toBe('OK');
    expect(await revoke(id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    expect(await revoke('grant')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });
});

describe('grants', () => {
  test('are shown to who views grants in the namespace, and each person sees their own', async () => {
    const application = await tenant.application();
    const [ada, bob] = [
      await tenant.person('Ada', ['rol_read_only', application]),
      await tenant.person('Bob', ['rol_read_only', application]),
    ];
    const auditor = await tenant.person('Auditor', ['rol_viewer', application]);
    const subjects = async (by: Client) =>
      (await by.ask(NamespaceDocument, { id: application })).namespace?.grants.nodes.map(({ subject }) => subject.id);
    expect(await subjects(auditor.client)).toEqual([tenant.owner.id, ada.id, bob.id, auditor.id]);
    expect(await subjects(ada.client)).toEqual([ada.id]);
    const id = await ownGrant(ada.client, 'rol_read_only');
    for (const client of [ada.client, auditor.client]) expect((await client.ask(NodeDocument, { id })).node).toMatchObject({ id });
    expect((await bob.client.ask(NodeDocument, { id })).node).toBeNull();
  });
});
