import {
  AddUserToGroupDocument,
  NamespaceDocument,
  RemoveUserFromGroupDocument,
  UserDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let application: string;
let group: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  application = await tenant.application();
  group = await tenant.group();
});
afterAll(() => service.stop());

const add = (userId: string, by: Client = owner, userGroupId = group) =>
  by.send(AddUserToGroupDocument, { input: { userGroupId, userId } });
const drop = (userId: string, by: Client = owner, userGroupId = group) =>
  by.send(RemoveUserFromGroupDocument, { input: { userGroupId, userId } });
const permissions = async (id: string, by: Client = owner, namespaceId = application): Promise<readonly string[]> =>
  (await by.ask(UserDocument, { id, namespaceId })).user?.permissions ?? [];

describe('a group', () => {
  test('hands what it is granted to its members at once, and takes it away at once', async () => {
    const ada = await tenant.person('Ada');
    await tenant.grant(group, 'rol_editor', application);
    expect(await permissions(ada.id)).toEqual([]);
    const joined = await add(ada.id);
    expect(joined.data?.addUserToGroup.userGroup).toMatchObject({ id: group, members: { totalCount: 1, nodes: [{ id: ada.id }] } });
    expect(await permissions(ada.id)).toContain('application:edit');
    expect((await ada.client.ask(NamespaceDocument, { id: application })).namespace).toMatchObject({ id: application });

    const left = await drop(ada.id);
    expect(left.data?.removeUserFromGroup.userGroup).toMatchObject({ id: group, members: { totalCount: 0, nodes: [] } });
    expect(await permissions(ada.id)).toEqual([]);
    expect((await ada.client.ask(NamespaceDocument, { id: application })).namespace).toBeNull();
  });

  test('that is granted something later hands it to those who are in it; where it stands itself gives nothing (S3.15)', async () => {
    const ada = await tenant.person('Ada');
    await add(ada.id);
    expect(await permissions(ada.id, ada.client, group)).toEqual([]);
    const grant = await tenant.grant(group, 'rol_viewer', application);
    expect(await permissions(ada.id)).toContain('application:view');
    await tenant.revokeGrant(grant);
    expect(await permissions(ada.id)).toEqual([]);
  });

  test('carries the keys of its members: leaving it stops them, joining again brings them back (C12)', async () => {
    const ada = await tenant.person('Ada');
    await tenant.grant(group, 'rol_event_writer', application);
    await add(ada.id);
    const key = await tenant.key({ by: ada.client, namespaceId: application });
    const gateway = await tenant.gateway();
    const ask = async () => (await verify(gateway, key, { permissions: ['event:submit'] })).code;
    expect(await ask()).toBe('VALID');
    await drop(ada.id);
    expect(await ask()).toBe('HOLDER_LOST_ACCESS');
    await add(ada.id);
    expect(await ask()).toBe('VALID');
  });

  test('of an application may be granted anything of the tenant, and hold members from all of it', async () => {
    const inside = await tenant.group(application, 'Inside');
    const workspace = await tenant.workspace(application);
    const ada = await tenant.person('Ada');
    await tenant.grant(inside, 'rol_editor', workspace);
    expect((await add(ada.id, owner, inside)).code).toBe('OK');
    expect(await permissions(ada.id, owner, workspace)).toContain('workspace:edit');
    expect(await permissions(ada.id, owner, application)).toEqual([]);
  });
});

describe('addUserToGroup', () => {
  test('refuses a member who is in it, and whoever is not of the tenant', async () => {
    const ada = await tenant.person('Ada');
    const other = await foundTenant(service);
    const gone = await tenant.person('Gone');
    await tenant.removeUser(gone.id);
    expect((await add(ada.id)).code).toBe('OK');
    expect(await add(ada.id)).toMatchObject({ code: 'CONFLICT', field: 'input.userId' });
    for (const id of [other.owner.id, gone.id, 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz', application]) {
      expect(await add(id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
    }
    expect(await add('ada')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.userId' });
    for (const id of [await other.group(), application]) {
      expect(await add(ada.id, owner, id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userGroupId' });
    }
  });

  test('is for who holds userGroup:manageMembers there, signed in; nobody lets themselves in (C22)', async () => {
    const [ada, manager, editor, admin] = [
      await tenant.person('Ada'),
      await tenant.person('Manager', [await tenant.role('Members', 'userGroup:view', 'userGroup:manageMembers'), group]),
      await tenant.person('Editor', ['rol_editor', group]),
      await tenant.person('Admin of the organization', ['rol_admin']),
    ];
    expect((await add(ada.id, manager.client)).code).toBe('OK');
    expect(await add(editor.id, editor.client)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['userGroup:manageMembers'] } }],
    });
    for (const client of [ada.client, admin.client, (await foundTenant(service)).owner.client]) {
      expect(await add(editor.id, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userGroupId' });
    }
    expect(await add(editor.id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const key = await tenant.key({ namespaceId: group });
    expect(await add(editor.id, key.client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await drop(ada.id, key.client)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('to a group that holds more than the caller, in any namespace, is EXCEEDS_AUTHORITY (R74)', async () => {
    const role = await tenant.role('Members', 'userGroup:view', 'userGroup:manageMembers');
    const manager = await tenant.person('Manager', [role, group], ['rol_viewer', application]);
    await tenant.grant(group, 'rol_editor', application);
    for (const id of [manager.id, (await tenant.person('Ada')).id]) {
      const answer = await add(id, manager.client);
      expect(answer.code).toBe('EXCEEDS_AUTHORITY');
      expect(answer.errors[0]?.extensions['excess']).toMatchObject([
        { namespaceId: application, permissions: expect.arrayContaining(['application:edit', 'workspace:edit']) },
      ]);
    }
    await tenant.grant(manager.id, 'rol_editor', application);
    expect((await add(manager.id, manager.client)).code).toBe('OK');
  });

  test('to a group that carries ADMIN needs admin:manage (S0.7)', async () => {
    const role = await tenant.role('Members', 'userGroup:view', 'userGroup:manageMembers');
    const manager = await tenant.person('Manager', [role, group]);
    const ada = await tenant.person('Ada');
    await tenant.grant(group, 'rol_admin', application);
    expect(await add(ada.id, manager.client)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['admin:manage'] } }],
    });
    expect((await add(ada.id)).code).toBe('OK');
  });
});

describe('removeUserFromGroup', () => {
  test('refuses whoever is not in it, and is for who manages its members', async () => {
    const [ada, editor] = [await tenant.person('Ada'), await tenant.person('Editor', ['rol_editor', group])];
    expect(await drop(ada.id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
    await add(ada.id);
    expect(await drop(ada.id, editor.client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await drop(ada.id, ada.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userGroupId' });
    expect(await drop(ada.id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await drop(ada.id)).code).toBe('OK');
    expect(await drop(ada.id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.userId' });
  });

  test('an ADMIN neither adds an OWNER to a group nor takes one out (S0.6, R76)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin'], ['rol_admin', group], ['rol_admin', application]);
    const missing = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['owner:manage'] } }] };
    expect(await add(tenant.owner.id, admin.client)).toMatchObject(missing);
    expect((await add(tenant.owner.id)).code).toBe('OK');
    expect(await drop(tenant.owner.id, admin.client)).toMatchObject(missing);
    expect((await drop(tenant.owner.id)).code).toBe('OK');
  });
});

describe('deleting a group', () => {
  test('takes what it carries from its members: one that carries ADMIN needs admin:manage (S0.7)', async () => {
    const role = await tenant.role('Deleting', 'userGroup:view', 'userGroup:delete');
    const keeper = await tenant.person('Keeper', [role, group]);
    const grant = await tenant.grant(group, 'rol_admin', application);
    const remove = () =>
      keeper.client.send('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', { id: group });
    expect(await remove()).toMatchObject({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['admin:manage'] } }] });
    await tenant.revokeGrant(grant);
    expect((await remove()).code).toBe('OK');
  });
});

describe('members', () => {
  const query = 'query ($id: ID!) { namespace(id: $id) { ... on UserGroup { members { nodes { id name email } totalCount } } } }';
  const members = async (by: Client) =>
    (await by.ask<{ namespace: { members: { nodes: object[]; totalCount: number } } | null }>(query, { id: group })).namespace?.members;

  test('are all shown to who manages them or views users; to others only themselves', async () => {
    const [ada, bob] = [await tenant.person('Ada', ['rol_read_only', group]), await tenant.person('Bob', ['rol_read_only', group])];
    const auditor = await tenant.person('Auditor', ['rol_viewer'], ['rol_viewer', group]);
    await add(ada.id);
    await add(bob.id);
    const all = [
      { id: ada.id, name: 'Ada', email: ada.email },
      { id: bob.id, name: 'Bob', email: bob.email },
    ];
    expect(await members(owner)).toEqual({ nodes: all, totalCount: 2 });
    expect(await members(auditor.client)).toEqual({ nodes: all, totalCount: 2 });
    expect(await members(ada.client)).toEqual({ nodes: [all[0]], totalCount: 1 });
    const { viewer } = await bob.client.ask(ViewerDocument, {});
    expect(viewer.user.userGroups).toMatchObject([{ id: group }]);
    const { user } = await auditor.client.ask(UserDocument, { id: bob.id, namespaceId: group });
    expect(user?.userGroups).toMatchObject([{ id: group }]);
  });
});
