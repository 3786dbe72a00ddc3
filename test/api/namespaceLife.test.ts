import {
  ApiKeyDocument,
  ApiKeysDocument,
  ApplicationsDocument,
  DeleteNamespaceDocument,
  NamespaceDocument,
  NodeDocument,
  OrganizationsDocument,
  UpdateWorkspaceDocument,
  UserDocument,
  UserGroupsDocument,
  ViewerDocument,
  WorkspacesDocument,
} from '../generated/documents.js';
import { newId } from '../../src/domain/index.js';
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

const remove = (id: string, client = owner) => client.send(DeleteNamespaceDocument, { input: { id } });
const see = async (id: string, client = owner) => (await client.ask(NamespaceDocument, { id })).namespace;

describe('deleteNamespace', () => {
  test('ends a workspace with its keys and grants at once; everything else stays', async () => {
    const application = await tenant.application();
    const [workspace, sibling] = [await tenant.workspace(application), await tenant.workspace(application, 'Sibling')];
    const person = await tenant.person('Ada', ['rol_admin', workspace], ['rol_editor', sibling]);
    const [key, other] = [
      await tenant.key({ by: person.client, namespaceId: workspace }),
      await tenant.key({ by: person.client, namespaceId: sibling }),
    ];
    const gateway = await tenant.gateway();

    expect((await remove(workspace)).data?.deleteNamespace).toEqual({ deletedNamespaceId: workspace });

    expect(await verify(gateway, key)).toMatchObject({ valid: false, code: 'NOT_FOUND' });
    expect(await key.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    expect(await verify(gateway, other)).toMatchObject({ valid: true });
    expect((await owner.ask(ApiKeysDocument, {})).apiKeys.nodes.map(({ id }) => id).sort()).toEqual([other.id, gateway.id].sort());
    expect((await owner.ask(WorkspacesDocument, {})).workspaces.nodes.map(({ id }) => id)).toEqual([sibling]);
    expect((await owner.ask(UserDocument, { id: person.id, namespaceId: workspace })).user).toMatchObject({ permissions: [] });
    const { user } = (await person.client.ask(ViewerDocument, {})).viewer;
    expect(user.grants.nodes.map(({ namespace }) => namespace.id)).toEqual([sibling]);
  });

  test('ends a group with its memberships and what it was granted elsewhere', async () => {
    const [group, application] = [await tenant.group(), await tenant.application()];
    const person = await tenant.person('Ada');
    await tenant.grant(group, 'rol_editor', application);
    await tenant.join(group, person.id);
    expect(await see(application, person.client)).toMatchObject({ id: application });
    expect((await remove(group)).code).toBe('OK');
    expect(await see(application, person.client)).toBeNull();
    expect((await person.client.ask(ViewerDocument, {})).viewer.user.userGroups).toEqual([]);
    expect((await owner.ask(UserGroupsDocument, {})).userGroups.totalCount).toBe(0);
  });

  test('is CONFLICT while an application holds a workspace or a group, until those are deleted', async () => {
    const application = await tenant.application();
    const inside = [await tenant.workspace(application), await tenant.group(application)];
    for (const id of inside) {
      expect(await remove(application)).toMatchObject({ code: 'CONFLICT', field: 'input.id' });
      expect((await remove(id)).code).toBe('OK');
    }
    expect((await remove(application)).code).toBe('OK');
  });

  test('leaves nothing that can be found, changed or deleted again', async () => {
    const application = await tenant.application();
    const workspace = await tenant.workspace(application);
    await remove(workspace);
    expect(await see(workspace)).toBeNull();
    expect((await owner.ask(NodeDocument, { id: workspace })).node).toBeNull();
    expect(await remove(workspace)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    const rename = { input: { id: workspace, name: 'Again' } };
    expect(await owner.send(UpdateWorkspaceDocument, rename)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    await expect(tenant.grant(tenant.owner.id, 'rol_editor', workspace)).rejects.toThrow('NOT_FOUND');
    await expect(tenant.key({ namespaceId: workspace })).rejects.toThrow('NOT_FOUND');
    await expect(tenant.workspace(workspace)).rejects.toThrow('NOT_FOUND');
    await remove(application);
    await expect(tenant.workspace(application)).rejects.toThrow('NOT_FOUND');
  });

  test('is for who holds its :delete there, for each kind; whoever does not see it is told that there is nothing', async () => {
    const application = await tenant.application();
    const kinds = {
      workspace: await tenant.workspace(application),
      userGroup: await tenant.group(),
      application: await tenant.application('B'),
    };
    const nobody = await tenant.person('Nobody', ['rol_editor', application]);
    for (const [kind, id] of Object.entries(kinds)) {
      const editor = await tenant.person(`Editor of ${kind}`, ['rol_editor', id]);
      const admin = await tenant.person(`Admin of ${kind}`, ['rol_admin', id]);
      expect(await remove(id, editor.client)).toMatchObject({
        code: 'FORBIDDEN',
        errors: [{ extensions: { missingPermissions: [`${kind}:delete`] } }],
      });
      expect(await remove(id, nobody.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
      expect(await remove(id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect((await remove(id, admin.client)).code).toBe('OK');
    }
    expect(await remove('wks_nonsense')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    expect(await remove(tenant.owner.id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
  });
});

describe('lists of namespaces', () => {
  test('hold what the caller sees, in the order of creation, narrowed by parent', async () => {
    const [first, second] = [await tenant.application('First'), await tenant.application('Second')];
    const [a, b, c] = [await tenant.workspace(first, 'A'), await tenant.workspace(second, 'B'), await tenant.workspace(first, 'C')];
    const [ofOrganization, ofFirst] = [await tenant.group(), await tenant.group(first)];
    const workspaces = async (client: Client, applicationId?: string) =>
      (await client.ask(WorkspacesDocument, { ...(applicationId && { applicationId }) })).workspaces.nodes.map(({ id }) => id);
    expect(await workspaces(owner)).toEqual([a, b, c]);
    expect(await workspaces(owner, first)).toEqual([a, c]);
    const { organizationId } = tenant;
    const groups = async (narrowed: object) => (await owner.ask(UserGroupsDocument, narrowed)).userGroups.nodes.map(({ id }) => id);
    expect(await groups({})).toEqual([ofOrganization, ofFirst]);
    expect(await groups({ organizationId })).toEqual([ofOrganization, ofFirst]);
    expect(await groups({ applicationId: first })).toEqual([ofFirst]);
    expect(await groups({ applicationId: second })).toEqual([]);

    const person = await tenant.person('Ada', ['rol_viewer', b], ['rol_viewer', second]);
    expect(await workspaces(person.client)).toEqual([b]);
    expect(await workspaces(person.client, first)).toEqual([]);
    expect((await person.client.ask(ApplicationsDocument, { organizationId })).applications.nodes).toMatchObject([
      { id: second, organization: null },
    ]);
    expect((await person.client.ask(OrganizationsDocument, {})).organizations).toMatchObject({ nodes: [], totalCount: 0 });

    const other = await foundTenant(service);
    expect(await workspaces(other.owner.client)).toEqual([]);
    expect(await workspaces(other.owner.client, first)).toEqual([]);
    expect((await other.owner.client.ask(ApplicationsDocument, { organizationId })).applications.nodes).toEqual([]);
    expect((await owner.ask(OrganizationsDocument, {})).organizations.nodes.map(({ id }) => id)).toEqual([organizationId]);
  });

  test('are searched by the start of a name, in whatever case and form, with nothing that is special', async () => {
    const names = ['Straße 1', 'straße 2', 'ÉTÉ', '100%', '100x', 'a_b', 'axb', 'Ｆｕｌｌ width', "it's", 'back\\slash', 'Zebra'];
    for (const name of names) await tenant.application(name);
    const find = async (search: string): Promise<string[]> =>
      (await owner.ask(ApplicationsDocument, { search })).applications.nodes.map(({ name }) => name);
    expect(await find('STRASSE')).toEqual([]);
    expect(await find('Straße')).toEqual(['Straße 1', 'straße 2']);
    expect(await find('e\u0301t')).toEqual(['ÉTÉ']);
    expect(await find('été')).toEqual(['ÉTÉ']);
    expect(await find('ete')).toEqual([]);
    expect(await find('100%')).toEqual(['100%']);
    expect(await find('a_')).toEqual(['a_b']);
    expect(await find('full')).toEqual(['Ｆｕｌｌ width']);
    expect(await find("it'")).toEqual(["it's"]);
    expect(await find('back\\')).toEqual(['back\\slash']);
    expect(await find('ebra')).toEqual([]);
    expect(await find('%')).toEqual([]);
    const nested = await owner.ask<{ namespace: { applications: { nodes: { name: string }[]; totalCount: number } } }>(
      'query ($id: ID!) { namespace(id: $id) { ... on Organization { applications(search: "ZEB") { nodes { name } totalCount } } } }',
      { id: tenant.organizationId },
    );
    expect(nested.namespace.applications).toEqual({ nodes: [{ name: 'Zebra' }], totalCount: 1 });
    for (const search of ['', 'x'.repeat(101), 'a\nb']) {
      expect(await owner.send(ApplicationsDocument, { search })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' });
    }
  });
});

describe('what is no id, of another kind, or of nothing', () => {
  test('is null wherever one thing is asked for (R11)', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { id } namespace(id: $id) { id } user(id: $id) { id } apiKey(id: $id) { id } }';
    const { id } = tenant.owner;
    const wrong = [
      '',
      'x',
      '0',
      'org',
      `${id} `,
      id.toUpperCase(),
      id.replace('usr_', 'ses_'),
      id.replace('usr_', 'aud_'),
      `${id}' OR 1=1 --`,
      'rol_x',
      '\u0000',
      'a'.repeat(10_000),
    ];
    for (const text of [...wrong, id.replace('usr_', 'org_'), id.replace('usr_', 'key_'), 'usr_01jzzzzzzzzzzzzzzzzzzzzzzz']) {
      expect([text, await owner.ask(query, { id: text })]).toEqual([text, { node: null, namespace: null, user: null, apiKey: null }]);
    }
    expect(await owner.ask(query, { id })).toEqual({ node: { id }, namespace: null, user: { id }, apiKey: null });
    expect(await owner.send(WorkspacesDocument, { applicationId: 'nonsense' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'applicationId',
    });
  });
});

test('a list that is narrowed by what is not there, or is of another kind, is empty', async () => {
  await tenant.workspace(await tenant.application());
  for (const applicationId of [newId('app'), newId('wks'), tenant.owner.id, tenant.organizationId]) {
    const { workspaces } = await owner.ask(WorkspacesDocument, { applicationId });
    expect([applicationId, workspaces.nodes]).toEqual([applicationId, []]);
  }
});

describe('name-tags', () => {
  test('of a namespace that the caller does not see tell id, kind, name and time, and nothing else', async () => {
    const application = await tenant.application('Hidden');
    const workspace = await tenant.workspace(application, 'Hidden too');
    const key = await tenant.key({ namespaceId: workspace });
    // Who views the keys of the organization sees those of the whole tenant, and not the namespaces where they live.
    const auditor = await tenant.person('Auditor', ['rol_viewer']);
    const query = `query ($id: ID!) { apiKey(id: $id) { namespace { id kind name description createdAt viewerPermissions
      grants { totalCount } ... on Workspace { application { id } } } } }`;
    const { apiKey } = await auditor.client.ask<{ apiKey: { namespace: object } }>(query, { id: key.id });
    expect(apiKey.namespace).toEqual({
      id: workspace,
      kind: 'WORKSPACE',
      name: 'Hidden too',
      description: null,
      createdAt: expect.stringMatching(/^2.*Z$/),
      viewerPermissions: [],
      grants: { totalCount: 0 },
      application: null,
    });
    expect(await see(workspace, auditor.client)).toBeNull();
  });

  test('of a person who has gone stay where they left traces, without an address', async () => {
    const application = await tenant.application();
    const leaver = await tenant.person('Leaver', ['rol_admin', application]);
    const group = await tenant.group(application, 'Made by the leaver', leaver.client);
    const stayer = await tenant.person('Stayer');
    await tenant.grant(stayer.id, 'rol_viewer', group, leaver.client);
    const key = await tenant.key({ by: leaver.client, namespaceId: application });
    await tenant.removeUser(leaver.id);

    const { apiKey } = await owner.ask(ApiKeyDocument, { id: key.id });
    expect(apiKey).toMatchObject({
      status: 'INACTIVE',
      user: { id: leaver.id, name: 'Leaver' },
      createdBy: { id: leaver.id },
      issuedBy: { id: leaver.id },
      effectivePermissions: [],
    });
    const { viewer } = await stayer.client.ask(ViewerDocument, {});
    expect(viewer.user.grants.nodes).toMatchObject([{ role: { name: 'VIEWER' }, namespace: { id: group, name: 'Made by the leaver' } }]);
    const grants = `{ viewer { user { grants { nodes { grantedBy { id name email active } } } } } }`;
    const told = await stayer.client.ask<{ viewer: { user: { grants: { nodes: object[] } } } }>(grants);
    expect(told.viewer.user.grants.nodes).toEqual([{ grantedBy: { id: leaver.id, name: 'Leaver', email: null, active: false } }]);
    expect((await owner.ask(UserDocument, { id: leaver.id, namespaceId: application })).user).toBeNull();
    expect((await owner.ask(NodeDocument, { id: leaver.id })).node).toBeNull();
  });

  test('of a role that was deleted stay on the keys that were issued at it (C23)', async () => {
    const role = await tenant.role('Short-lived', 'event:submit');
    const key = await tenant.key({ roleId: role });
    await owner.ask('mutation ($id: ID!) { deleteRole(input: { id: $id }) { deletedRoleId } }', { id: role });
    expect((await owner.ask(ApiKeyDocument, { id: key.id })).apiKey).toMatchObject({
      role: { id: role, name: 'Short-lived' },
      permissions: ['event:submit'],
      effectivePermissions: ['event:submit'],
    });
    expect((await owner.ask(NodeDocument, { id: role })).node).toBeNull();
  });
});
