import {
  CreateUserDocument,
  type CreateUserInput,
  NodeDocument,
  RemoveUserDocument,
  ResetUserPasswordDocument,
  SetUserActiveDocument,
  UpdateUserDocument,
  UserDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestPerson, type TestTenant } from '../support/tenant.js';

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

const create = (more: Partial<CreateUserInput> = {}, by = owner) => {
  const { organizationId } = tenant;
  return by.send(CreateUserDocument, { input: { organizationId, kind: 'HUMAN', name: 'Ada', email: 'ada@acme.test', ...more } });
};
const setActive = (id: string, active: boolean, by: Client) => by.send(SetUserActiveDocument, { input: { id, active } });
const reset = (id: string, by: Client) => by.send(ResetUserPasswordDocument, { input: { id } });
const remove = (id: string, by: Client) => by.send(RemoveUserDocument, { input: { id } });
const update = (id: string, said: object, by: Client) => by.send(UpdateUserDocument, { input: { id, ...said } });
const show = async (id: string, by: Client, namespaceId = tenant.organizationId) => (await by.ask(UserDocument, { id, namespaceId })).user;
const lacking = (...missingPermissions: string[]) => ({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions } }] });

/** Somebody who manages users, and holds little else. */
const personnel = async (): Promise<TestPerson> => {
  const role = await tenant.role('Personnel', 'user:manage', 'user:view', 'organization:view');
  return tenant.person('Personnel', [role]);
};

describe('createUser', () => {
  test('makes a person who signs in, with a password or with a temporary one that is told once', async () => {
    const withPassword = await create({ password: 'a good long password' });
    expect(withPassword.data?.createUser).toMatchObject({
      temporaryPassword: null,
      user: { kind: 'HUMAN', name: 'Ada', email: 'ada@acme.test', active: true },
    });
    await signIn(service, 'ADA@acme.test', 'a good long password', tenant.organizationId);
    const without = await create({ email: 'bo@acme.test' });
    expect(without.data?.createUser.temporaryPassword).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  });

  test('makes a service user, who has neither address nor password', async () => {
    const { organizationId } = tenant;
    const answer = await owner.send(CreateUserDocument, { input: { organizationId, kind: 'SERVICE', name: 'Nightly export' } });
    expect(answer.data?.createUser).toMatchObject({ temporaryPassword: null, user: { kind: 'SERVICE', email: null, active: true } });
  });

  test.each([
    ['a person without an address', { email: null }, 'input.email'],
    ['a person whose address is none', { email: 'ada at acme' }, 'input.email'],
    ['an address of 255 characters', { email: `${'a'.repeat(246)}@acme.test` }, 'input.email'],
    ['a password of eleven characters', { password: 'elevenchars' }, 'input.password'],
    ['a password of 73 bytes', { password: 'x'.repeat(73) }, 'input.password'],
    ['a service user with an address', { kind: 'SERVICE' as const }, 'input.email'],
    ['a service user with a password', { kind: 'SERVICE' as const, email: null, password: 'a good long password' }, 'input.password'],
    ['no name', { name: ' ' }, 'input.name'],
    ['an organization that is no id', { organizationId: 'acme' }, 'input.organizationId'],
  ])('refuses %s with the field', async (_what, wrong, field) => {
    expect(await create(wrong)).toMatchObject({ code: 'BAD_USER_INPUT', field, data: null });
  });

  test('refuses an address that somebody in the tenant has, and tells nothing of other tenants (C24, R86)', async () => {
    expect((await create()).code).toBe('OK');
    expect(await create({ email: 'Ada@ACME.test' })).toMatchObject({ code: 'CONFLICT', field: 'input.email' });
    const other = await foundTenant(service);
    const { organizationId } = other;
    expect((await create({ organizationId }, other.owner.client)).code).toBe('OK');
    expect((await create({ organizationId, email: tenant.owner.email.replace('owner', 'someone') }, other.owner.client)).code).toBe('OK');
  });

  test('is for who holds user:manage in the organization, signed in', async () => {
    const [admin, editor, nobody] = [
      await tenant.person('Admin', ['rol_admin']),
      await tenant.person('Editor', ['rol_editor']),
      await tenant.person('Nobody'),
    ];
    expect((await create({}, admin.client)).code).toBe('OK');
    expect(await create({ email: 'b@acme.test' }, editor.client)).toMatchObject(lacking('user:manage'));
    expect(await create({ email: 'b@acme.test' }, nobody.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
    expect(await create({ email: 'b@acme.test' }, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await create({ email: 'b@acme.test' }, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
    const other = await foundTenant(service);
    expect(await create({}, other.owner.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
    const application = await tenant.application();
    expect(await create({ organizationId: application })).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
  });
});

describe('updateUser', () => {
  test('renames oneself; the address, with which one signs in, is for who holds user:manage', async () => {
    const ada = await tenant.person('Ada');
    expect((await update(ada.id, { name: ' Ada L. ' }, ada.client)).data?.updateUser.user).toMatchObject({
      name: 'Ada L.',
      email: ada.email,
    });
    expect(await update(ada.id, { email: 'other@acme.test' }, ada.client)).toMatchObject(lacking('user:manage'));
    expect((await update(ada.id, { email: 'other@acme.test' }, owner)).data?.updateUser.user).toMatchObject({
      email: 'other@acme.test',
      name: 'Ada L.',
    });
    await signIn(service, 'other@acme.test', ada.password, tenant.organizationId);
    await expect(signIn(service, ada.email, ada.password, tenant.organizationId)).rejects.toThrow('UNAUTHENTICATED');
  });

  test('refuses null, an address that is taken, and an address for a service user', async () => {
    const [ada, bot] = [await tenant.person('Ada'), await tenant.serviceUser('Bot')];
    expect(await update(ada.id, { name: null }, owner)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.name' });
    expect(await update(ada.id, { email: null }, owner)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.email' });
    expect(await update(ada.id, { email: tenant.owner.email.toUpperCase() }, owner)).toMatchObject({
      code: 'CONFLICT',
      field: 'input.email',
    });
    expect((await update(ada.id, { email: ada.email.toUpperCase() }, owner)).code).toBe('OK');
    expect(await update(bot, { email: 'bot@acme.test' }, owner)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.email' });
    expect((await update(bot, { name: 'Robot' }, owner)).code).toBe('OK');
  });

  test('of others is for who holds user:manage; whoever does not see them is told that there is nobody', async () => {
    const [ada, viewer, nobody] = [
      await tenant.person('Ada'),
      await tenant.person('Viewer', ['rol_viewer']),
      await tenant.person('Nobody'),
    ];
    expect(await update(ada.id, { name: 'X' }, viewer.client)).toMatchObject(lacking('user:manage'));
    for (const client of [nobody.client, (await foundTenant(service)).owner.client]) {
      expect(await update(ada.id, { name: 'X' }, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
    expect(await update(ada.id, { name: 'X' }, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await update(tenant.organizationId, { name: 'X' }, owner)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
  });
});

describe('acts on a person', () => {
  test('who carries OWNER or ADMIN, anywhere and also through a group, need owner:manage or admin:manage (S0.6, S0.7, R76)', async () => {
    const { client } = await personnel();
    const application = await tenant.application();
    const admin = await tenant.person('Admin', ['rol_admin'], ['rol_admin', application]);
    const group = await tenant.group();
    await tenant.grant(group, 'rol_admin', application);
    const [small, indirect, plain] = [
      await tenant.person('Admin of one application', ['rol_admin', application]),
      await tenant.person('Admin through a group'),
      await tenant.person('Plain'),
    ];
    await tenant.join(group, indirect.id);
    const acts = [
      (id: string, by: Client) => update(id, { name: 'X' }, by),
      (id: string, by: Client) => update(id, { email: `${id}@x.test` }, by),
      reset,
      (id: string, by: Client) => setActive(id, false, by),
      remove,
    ];
    for (const act of acts) {
      expect(await act(tenant.owner.id, admin.client)).toMatchObject(lacking('owner:manage'));
      // The owner is also ADMIN of what they created.
      expect(await act(tenant.owner.id, client)).toMatchObject(lacking('admin:manage', 'owner:manage'));
      for (const { id } of [admin, small, indirect]) expect(await act(id, client)).toMatchObject(lacking('admin:manage'));
    }
    for (const act of acts) {
      expect((await act(small.id, admin.client)).code).toBe('OK');
      expect((await act(plain.id, client)).code).toBe('OK');
    }
  });

  test('are refused to who does not hold user:manage, and tell strangers nothing', async () => {
    const [ada, viewer, nobody] = [
      await tenant.person('Ada'),
      await tenant.person('Viewer', ['rol_viewer']),
      await tenant.person('Nobody'),
    ];
    const stranger = (await foundTenant(service)).owner.client;
    for (const act of [reset, remove, (id: string, by: Client) => setActive(id, false, by)]) {
      expect(await act(ada.id, viewer.client)).toMatchObject(lacking('user:manage'));
      expect(await act(ada.id, ada.client)).toMatchObject(lacking('user:manage'));
      for (const client of [nobody.client, stranger])
        expect(await act(ada.id, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
      expect(await act(ada.id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await act(ada.id, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await act('nobody', owner)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    }
  });
});

describe('setUserActive', () => {
  test('bringing somebody back hands on all that they are granted, as a temporary password does: both need all of it', async () => {
    const { client } = await personnel();
    const workspace = await tenant.workspace(await tenant.application());
    const ada = await tenant.person('Ada', ['rol_editor', workspace]);
    expect((await setActive(ada.id, false, client)).data?.setUserActive.user).toMatchObject({ active: false });
    for (const refused of [await setActive(ada.id, true, client), await reset(ada.id, client)]) {
      expect(refused).toMatchObject({ code: 'EXCEEDS_AUTHORITY', data: null });
      expect(refused.errors[0]?.extensions['excess']).toMatchObject([
        { namespaceId: workspace, permissions: expect.arrayContaining(['workspace:edit']) },
      ]);
    }
    expect((await setActive(ada.id, true, owner)).data?.setUserActive.user).toMatchObject({ active: true });
    expect((await reset(ada.id, owner)).code).toBe('OK');
  });

  test('never takes the last active OWNER away', async () => {
    expect(await setActive(tenant.owner.id, false, owner)).toMatchObject({ code: 'CONFLICT' });
    const second = await tenant.person('Second', ['rol_owner']);
    expect((await setActive(second.id, false, owner)).code).toBe('OK');
    expect(await setActive(tenant.owner.id, false, owner)).toMatchObject({ code: 'CONFLICT' });
    expect((await setActive(second.id, true, owner)).code).toBe('OK');
    expect((await setActive(tenant.owner.id, false, second.client)).code).toBe('OK');
  });
});

describe('resetUserPassword and removeUser', () => {
  test('a service user has no password to reset', async () => {
    expect(await reset(await tenant.serviceUser('Bot'), owner)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });

  test('removing ends grants, memberships and sessions; once gone there is nobody to act on', async () => {
    const [group, application] = [await tenant.group(), await tenant.application()];
    const ada = await tenant.person('Ada', ['rol_editor', application]);
    await tenant.join(group, ada.id);
    expect((await remove(ada.id, owner)).data?.removeUser).toMatchObject({
      removedUserId: ada.id,
      organization: { id: tenant.organizationId },
    });
    expect(await ada.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    const left = `query ($g: ID!, $a: ID!) { members: namespace(id: $g) { ... on UserGroup { members { totalCount } } } grants: namespace(id: $a) { grants { totalCount } } }`;
    expect(await owner.ask(left, { g: group, a: application })).toEqual({
      members: { members: { totalCount: 0 } },
      grants: { grants: { totalCount: 1 } },
    });
    for (const act of [
      remove,
      reset,
      (id: string, by: Client) => setActive(id, true, by),
      (id: string, by: Client) => update(id, { name: 'X' }, by),
    ]) {
      expect(await act(ada.id, owner)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
  });

  test('never removes the last active OWNER, also not by themselves', async () => {
    expect(await remove(tenant.owner.id, owner)).toMatchObject({ code: 'CONFLICT' });
    const second = await tenant.person('Second', ['rol_owner']);
    expect((await remove(tenant.owner.id, owner)).code).toBe('OK');
    expect(await remove(second.id, second.client)).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('user', () => {
  test('is shown to who holds user:view in the organization, and to themselves', async () => {
    const workspace = await tenant.workspace(await tenant.application());
    const ada = await tenant.person('Ada', ['rol_editor', workspace]);
    const [viewer, bob] = [await tenant.person('Viewer', ['rol_viewer']), await tenant.person('Bob', ['rol_viewer', workspace])];
    for (const client of [viewer.client, ada.client, owner]) {
      expect(await show(ada.id, client)).toMatchObject({
        id: ada.id,
        email: ada.email,
        active: true,
        organization: { id: tenant.organizationId },
      });
      expect((await client.ask(NodeDocument, { id: ada.id })).node).toMatchObject({ __typename: 'User', id: ada.id });
    }
    for (const client of [bob.client, (await foundTenant(service)).owner.client]) {
      expect(await show(ada.id, client)).toBeNull();
      expect((await client.ask(NodeDocument, { id: ada.id })).node).toBeNull();
    }
    // What she holds in a workspace is told to who sees both of them.
    expect((await show(ada.id, owner, workspace))?.permissions).toContain('workspace:edit');
    expect((await show(ada.id, ada.client, workspace))?.permissions).toContain('workspace:edit');
    expect((await show(ada.id, viewer.client, workspace))?.permissions).toEqual([]);
    expect((await show(ada.id, owner, 'wks_01jzzzzzzzzzzzzzzzzzzzzzzz'))?.permissions).toEqual([]);
  });
});
