import {
  AddUserToGroupDocument,
  ApiKeyDocument,
  RemoveUserFromGroupDocument,
  UpdateApplicationDocument,
  UpdateRoleDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let application: string;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  application = await tenant.application();
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

/** A way in which somebody has a right: how they get it, how they lose it, how they get it back. */
interface Way {
  readonly get: (person: TestPerson) => Promise<void>;
  readonly lose: (person: TestPerson) => Promise<void>;
  readonly regain: (person: TestPerson) => Promise<void>;
}

let editing: string;
let id: string;
let group: string;
const permissionsOf = (permissions: string[]) => owner.ask(UpdateRoleDocument, { input: { id: editing, permissions } });
const join = (userId: string) => owner.ask(AddUserToGroupDocument, { input: { userGroupId: group, userId } });
const leave = (userId: string) => owner.ask(RemoveUserFromGroupDocument, { input: { userGroupId: group, userId } });

const directly = async (person: TestPerson): Promise<void> => {
  id = await tenant.grant(person.id, editing, application);
};
const throughGroup = async (person: TestPerson): Promise<void> => {
  group = await tenant.group();
  id = await tenant.grant(group, editing, application);
  await join(person.id);
};

const ways: Record<string, Way> = {
  'a grant is revoked': { get: directly, lose: () => tenant.revokeGrant(id), regain: directly },
  'a role is edited': {
    get: directly,
    lose: async () => void (await permissionsOf(['event:submit'])),
    regain: async () => void (await permissionsOf(['application:edit'])),
  },
  'they leave a group': {
    get: throughGroup,
    lose: async (person) => void (await leave(person.id)),
    regain: async (person) => void (await join(person.id)),
  },
  'the grant of their group is revoked': {
    get: throughGroup,
    lose: () => tenant.revokeGrant(id),
    regain: async () => void (await tenant.grant(group, editing, application)),
  },
  'their group is deleted': {
    get: throughGroup,
    lose: async () =>
      void (await owner.ask('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', { id: group })),
    regain: throughGroup,
  },
  'a grant is revoked, and the right comes back through a group': {
    get: directly,
    lose: () => tenant.revokeGrant(id),
    regain: throughGroup,
  },
};

/** A key that carries what its user and its issuer both hold, one of whom is about to lose something. */
const behind: Record<string, (way: Way) => Promise<{ person: TestPerson; key: TestKey }>> = {
  'its user': async (way) => {
    const person = await tenant.person('Ada', [await tenant.role('Looking', 'application:view'), application]);
    await way.get(person);
    return { person, key: await tenant.key({ by: person.client, namespaceId: application }) };
  },
  'its issuer': async (way) => {
    const clerk = await tenant.role('Clerk', 'application:view', 'apiKey:createForUser');
    const person = await tenant.person('Ada', [clerk, application]);
    await way.get(person);
    const user = await tenant.person('Bob', ['rol_editor', application]);
    return { person, key: await tenant.key({ by: person.client, forUser: user.id, namespaceId: application }) };
  },
};

describe.each(Object.keys(behind))('a key is never stronger than %s', (who) => {
  const edit = (key: TestKey) => key.client.send(UpdateApplicationDocument, { input: { id: application, name: 'By a key' } });

  test.each(Object.keys(ways))(
    '%s: the key loses the right at once, everywhere, and has it back with them (S3.14, S3.16, C12, C13, R7)',
    async (how) => {
      editing = await tenant.role('Editing', 'application:edit');
      const way = ways[how]!;
      const { person, key } = await behind[who]!(way);
      const permissions = ['application:edit'];
      const both = ['application:edit', 'application:view'];
      expect((await owner.ask(ApiKeyDocument, { id: key.id })).apiKey).toMatchObject({ permissions: both, effectivePermissions: both });
      expect(await verify(gateway, key, { permissions })).toMatchObject({ code: 'VALID', effectivePermissions: both });
      expect((await edit(key)).code).toBe('OK');

      await way.lose(person);
      expect(await verify(gateway, key, { permissions })).toMatchObject({
        code: 'INSUFFICIENT_PERMISSIONS',
        httpStatus: 403,
        missingPermissions: permissions,
      });
      expect(await verify(gateway, key)).toMatchObject({ code: 'VALID', effectivePermissions: ['application:view'] });
      expect(await edit(key)).toMatchObject({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: permissions } }] });
      expect((await owner.ask(ApiKeyDocument, { id: key.id })).apiKey).toMatchObject({
        permissions: both,
        effectivePermissions: ['application:view'],
      });

      await way.regain(person);
      expect(await verify(gateway, key, { permissions })).toMatchObject({ code: 'VALID' });
      expect((await edit(key)).code).toBe('OK');
    },
  );

  test('deactivated, they hold nothing: the key denies, and comes back with them (C14, R7)', async () => {
    editing = await tenant.role('Editing', 'application:edit');
    const { person, key } = await behind[who]!(ways['a grant is revoked']!);
    await tenant.setActive(person.id, false);
    expect(await verify(gateway, key)).toMatchObject({ code: 'HOLDER_LOST_ACCESS', httpStatus: 403, effectivePermissions: [] });
    expect(await edit(key)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    await tenant.setActive(person.id, true);
    expect((await edit(key)).code).toBe('OK');
  });

  test('having lost all that they held in the namespace, whatever they hold elsewhere, they lose the key (C14)', async () => {
    const person = await tenant.person('Ada', ['rol_admin']);
    const only = await tenant.grant(person.id, 'rol_admin', application);
    const forUser = who === 'its user' ? undefined : (await tenant.person('Bob', ['rol_editor', application])).id;
    const key = await tenant.key({ by: person.client, namespaceId: application, ...(forUser && { forUser }) });
    await tenant.revokeGrant(only);
    expect(await verify(gateway, key)).toMatchObject({ code: 'HOLDER_LOST_ACCESS', httpStatus: 403, effectivePermissions: [] });
    expect(await key.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    await tenant.grant(person.id, 'rol_viewer', application);
    expect(await verify(gateway, key, { permissions: ['application:view'] })).toMatchObject({ code: 'VALID' });
    expect(await verify(gateway, key, { permissions: ['application:edit'] })).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
  });
});

describe('the level of access of a key', () => {
  test('is that of its creator in its namespace, and nothing in any other, however much they hold there (S3.6, S3.14, S3.15)', async () => {
    const [first, second] = [await tenant.workspace(application, 'First'), await tenant.workspace(application, 'Second')];
    const ada = await tenant.person('Ada', ['rol_editor', first], ['rol_admin', second], ['rol_admin', application], ['rol_admin']);
    const key = await tenant.key({ by: ada.client, namespaceId: first });
    const { viewer } = await ada.client.ask<{ viewer: { user: { permissions: string[] } } }>(
      'query ($id: ID!) { viewer { user { permissions(namespaceId: $id) } } }',
      { id: first },
    );
    expect(await verify(gateway, key)).toMatchObject({ code: 'VALID', effectivePermissions: viewer.user.permissions });
    for (const namespaceId of [second, 'wks_01jzzzzzzzzzzzzzzzzzzzzzzz']) {
      expect(await verify(gateway, key, { namespaceId })).toMatchObject({
        code: 'NAMESPACE_MISMATCH',
        httpStatus: 403,
        effectivePermissions: [],
      });
    }
    const create = 'mutation ($o: ID!) { createApplication(input: { organizationId: $o, name: "x" }) { application { id } } }';
    expect(await key.client.send(create, { o: tenant.organizationId })).toMatchObject({ code: 'FORBIDDEN' });
    const rename = 'mutation ($id: ID!) { updateWorkspace(input: { id: $id, name: "x" }) { workspace { id } } }';
    expect(await key.client.send(rename, { id: second })).toMatchObject({ code: 'NOT_FOUND' });
    expect((await key.client.send(rename, { id: first })).code).toBe('OK');
  });

  test('is nothing beyond the set of permissions that it was given: least privilege (S2.4, S2.5, S2.15)', async () => {
    const key = await tenant.key({ namespaceId: application, permissions: ['application:view', 'event:submit'] });
    expect(await verify(gateway, key, { permissions: ['event:submit', 'application:view'] })).toMatchObject({ code: 'VALID' });
    for (const name of ['application:edit', 'configuration:view', 'apiKey:view', 'workspace:create', 'event:view', 'owner:manage']) {
      expect(await verify(gateway, key, { permissions: ['event:submit', name] })).toMatchObject({
        code: 'INSUFFICIENT_PERMISSIONS',
        httpStatus: 403,
        missingPermissions: [name],
      });
    }
    const { namespace } = await key.client.ask<{ namespace: object }>(
      'query ($id: ID!) { namespace(id: $id) { viewerPermissions grants { totalCount } apiKeys { nodes { id } } } }',
      { id: application },
    );
    // Of the keys at home with it, it sees itself.
    expect(namespace).toEqual({
      viewerPermissions: ['application:view', 'event:submit'],
      grants: { totalCount: 0 },
      apiKeys: { nodes: [{ id: key.id }] },
    });
  });

  test('carries rows of the matrix for other services to ask about, and never uses them here (C22)', async () => {
    const asked = ['admin:manage', 'organization:manage', 'service:manage', 'policy:manage', 'trustProfile:manage', 'event:submit'];
    const key = await tenant.key({ roleId: 'rol_admin' });
    expect(await verify(gateway, key, { permissions: asked })).toMatchObject({ code: 'VALID' });
    const ada = await tenant.person('Ada', ['rol_admin']);
    for (const mutation of [
      `setUserActive(input: { id: "${ada.id}", active: false }) { user { id } }`,
      `removeUser(input: { id: "${ada.id}" }) { removedUserId }`,
      `createUser(input: { organizationId: "${tenant.organizationId}", kind: SERVICE, name: "x" }) { user { id } }`,
      `grantRole(input: { namespaceId: "${tenant.organizationId}", roleId: "rol_admin", userId: "${ada.id}" }) { grant { id } }`,
      `createRole(input: { organizationId: "${tenant.organizationId}", name: "x", permissions: ["event:submit"] }) { role { id } }`,
    ]) {
      expect(await key.client.send(`mutation { ${mutation} }`)).toMatchObject({ status: 200, code: 'FORBIDDEN', data: null });
    }
  });
});
