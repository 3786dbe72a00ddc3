import {
  ApplicationsDocument,
  NamespaceDocument,
  NodeDocument,
  OrganizationsDocument,
  UserGroupsDocument,
  WorkspacesDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
/** Every namespace of the tenant, by the name that the tables use. */
let world: Record<string, string>;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  const [app, otherApp] = [await tenant.application('app'), await tenant.application('otherApp')];
  world = {
    org: tenant.organizationId,
    app,
    otherApp,
    workspace: await tenant.workspace(app, 'workspace'),
    sibling: await tenant.workspace(app, 'sibling'),
    farWorkspace: await tenant.workspace(otherApp, 'farWorkspace'),
    appGroup: await tenant.group(app, 'appGroup'),
    appGroup2: await tenant.group(app, 'appGroup2'),
    farGroup: await tenant.group(otherApp, 'farGroup'),
    orgGroup: await tenant.group(tenant.organizationId, 'orgGroup'),
    orgGroup2: await tenant.group(tenant.organizationId, 'orgGroup2'),
  };
});
afterAll(() => service.stop());

const nameOf = (id: string): string => Object.entries(world).find(([, each]) => each === id)?.[0] ?? id;
const namesOf = (nodes: readonly { readonly id: string }[]): string[] => nodes.map(({ id }) => nameOf(id));

/** What the four lists answer. */
async function lists(client: Client): Promise<Record<string, string[]>> {
  return {
    organizations: namesOf((await client.ask(OrganizationsDocument, {})).organizations.nodes),
    applications: namesOf((await client.ask(ApplicationsDocument, {})).applications.nodes),
    workspaces: namesOf((await client.ask(WorkspacesDocument, {})).workspaces.nodes),
    userGroups: namesOf((await client.ask(UserGroupsDocument, {})).userGroups.nodes),
  };
}
const fields: Record<string, string> = { org: 'Organization', app: 'Application', wks: 'Workspace', grp: 'UserGroup' };
const update = (client: Client, id: string) =>
  client.send(`mutation ($id: ID!) { update${fields[id.slice(0, 3)]}(input: { id: $id, description: "by a key" }) { __typename } }`, {
    id,
  });

/**
 * The homes that a key may have. What it lists; of that, what it may edit. Everything else does not exist for it.
 * The owner, who holds ADMIN or OWNER in every namespace here, stands behind each of the keys.
 */
const homes = [
  {
    home: 'workspace',
    facts: 'S3.17, S3.18, S3.19, C20',
    sees: { organizations: ['org'], applications: ['app'], workspaces: ['workspace'], userGroups: [] },
    edits: ['workspace'],
  },
  {
    home: 'appGroup',
    facts: 'S3.20, S3.21',
    sees: { organizations: ['org'], applications: ['app'], workspaces: [], userGroups: ['appGroup'] },
    edits: ['appGroup'],
  },
  {
    home: 'orgGroup',
    facts: 'S3.20, S3.22, C20',
    sees: { organizations: ['org'], applications: [], workspaces: [], userGroups: ['orgGroup'] },
    edits: ['orgGroup'],
  },
  {
    home: 'app',
    facts: 'S3.23, S3.24, C10',
    sees: { organizations: ['org'], applications: ['app'], workspaces: ['workspace', 'sibling'], userGroups: ['appGroup', 'appGroup2'] },
    edits: ['app', 'workspace', 'sibling', 'appGroup', 'appGroup2'],
  },
  {
    home: 'org',
    facts: 'C20',
    sees: { organizations: ['org'], applications: [], workspaces: [], userGroups: [] },
    edits: ['org'],
  },
];

describe.each(homes)('a key at home in: $home', ({ home, facts, sees, edits }) => {
  let key: TestKey;
  let bare: TestKey;
  beforeAll(async () => {
    key = await tenant.key({ namespaceId: world[home]! });
    bare = await tenant.key({ namespaceId: world[home]!, permissions: ['event:submit'] });
  });
  const seen = Object.values(sees).flat();

  test(`lists exactly what its home lets through (${facts}, C11)`, async () => {
    expect(await lists(key.client)).toEqual(sees);
  });

  test('finds by id what it lists, and nothing else (S3.6, C11)', async () => {
    const found: string[] = [];
    for (const [name, id] of Object.entries(world)) {
      const { node } = await key.client.ask(NodeDocument, { id });
      expect((await key.client.ask(NamespaceDocument, { id })).namespace?.id).toBe(node?.id);
      if (node) found.push(name);
    }
    expect(found.sort()).toEqual([...seen].sort());
  });

  test('edits what is in its reach, reads the ancestors only, and is told that everything else is not there (S3.16, S3.24, C10, C11)', async () => {
    for (const [name, id] of Object.entries(world)) {
      const expected = edits.includes(name) ? 'OK' : seen.includes(name) ? 'FORBIDDEN' : 'NOT_FOUND';
      expect([name, (await update(key.client, id)).code]).toEqual([name, expected]);
    }
  });

  test('is answered VALID in its home and its reach, and NAMESPACE_MISMATCH elsewhere (S3.6)', async () => {
    for (const [name, namespaceId] of Object.entries(world)) {
      const { code, effectivePermissions } = await verify(gateway, key, { namespaceId });
      expect([name, code]).toEqual([name, seen.includes(name) ? 'VALID' : 'NAMESPACE_MISMATCH']);
      if (name === home) expect(effectivePermissions).toContain('event:submit');
      else expect(effectivePermissions).not.toContain('event:submit');
    }
  });

  test('sees nothing where its own permissions do not name it (S2.5)', async () => {
    expect(await lists(bare.client)).toEqual({ organizations: [], applications: [], workspaces: [], userGroups: [] });
    for (const id of Object.values(world)) expect((await bare.client.ask(NodeDocument, { id })).node).toBeNull();
  });
});

describe("under an application's key", () => {
  test('workspaces and groups of the application are created, edited and deleted; nothing else is (S3.24, C10)', async () => {
    const { client } = await tenant.key({ namespaceId: world['app']! });
    const workspace = await tenant.workspace(world['app']!, 'made by a key', client);
    const group = await tenant.group(world['app'], 'made by a key', client);
    for (const id of [workspace, group]) {
      expect((await client.ask(NamespaceDocument, { id })).namespace).toMatchObject({ id, name: 'made by a key' });
      expect((await update(client, id)).code).toBe('OK');
      const remove = 'mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }';
      expect((await client.send(remove, { id })).code).toBe('OK');
      expect((await client.ask(NamespaceDocument, { id })).namespace).toBeNull();
    }
    await expect(tenant.application('not by this key', client)).rejects.toThrow('FORBIDDEN');
    await expect(tenant.workspace(world['otherApp']!, 'nor there', client)).rejects.toThrow('NOT_FOUND');
    await expect(tenant.group(tenant.organizationId, 'nor there', client)).rejects.toThrow('FORBIDDEN');
  });

  test('whoever stands behind it gets ADMIN in what it creates: both, where a key has two people', async () => {
    const ada = await tenant.person('Ada', ['rol_admin', world['app']!]);
    const key = await tenant.key({ namespaceId: world['app']!, forUser: ada.id, permissions: ['workspace:create'] });
    const made = await key.client.send(
      'mutation ($a: ID!) { createWorkspace(input: { applicationId: $a, name: "shared" }) { workspace { id name description viewerPermissions } } }',
      { a: world['app'] },
    );
    // The payload shows what the act made, although this key could not read it later.
    const { workspace } = (made.data as unknown as { createWorkspace: { workspace: { id: string; name: string } } }).createWorkspace;
    expect(workspace).toMatchObject({ name: 'shared', description: null, viewerPermissions: [] });
    for (const { client } of [ada, tenant.owner]) {
      expect((await client.ask(NamespaceDocument, { id: workspace.id })).namespace?.viewerPermissions).toContain('workspace:delete');
    }
    expect((await key.client.ask(NamespaceDocument, { id: workspace.id })).namespace).toBeNull();
    const { client } = tenant.owner;
    await client.ask('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', { id: workspace.id });
  });

  test('nothing inside a workspace or a group is reached: no keys, no grants, no members (C10)', async () => {
    const { client } = await tenant.key({ namespaceId: world['app']! });
    await tenant.key({ namespaceId: world['workspace']! });
    await tenant.join(world['appGroup']!, tenant.owner.id);
    const query = `query ($id: ID!) { namespace(id: $id) { viewerPermissions apiKeys { totalCount } grants { totalCount } ... on UserGroup { members { totalCount } } } }`;
    const nothing = { apiKeys: { totalCount: 0 }, grants: { totalCount: 0 } };
    expect(await client.ask(query, { id: world['workspace'] })).toEqual({
      namespace: { viewerPermissions: ['workspace:delete', 'workspace:edit', 'workspace:view'], ...nothing },
    });
    expect(await client.ask(query, { id: world['appGroup'] })).toEqual({
      namespace: { viewerPermissions: ['userGroup:delete', 'userGroup:edit', 'userGroup:view'], ...nothing, members: { totalCount: 0 } },
    });
    await expect(tenant.key({ by: client, namespaceId: world['workspace']! })).rejects.toThrow('FORBIDDEN');
  });

  test('a workspace needs a grant of the people behind it, and is not updated without EDIT there (S3.15, S3.16, C10, R14)', async () => {
    const bob = await tenant.person('Bob', ['rol_admin', world['app']!], ['rol_viewer', world['workspace']!]);
    const { client } = await tenant.key({ by: bob.client, namespaceId: world['app']! });
    expect(await lists(client)).toEqual({ organizations: [], applications: ['app'], workspaces: ['workspace'], userGroups: [] });
    expect(await update(client, world['workspace']!)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['workspace:edit'] } }],
    });
    expect(await update(client, world['sibling']!)).toMatchObject({ code: 'NOT_FOUND' });
    await tenant.grant(bob.id, 'rol_editor', world['sibling']);
    expect((await update(client, world['sibling']!)).code).toBe('OK');
  });
});

describe('an ancestor', () => {
  test('is shown only where the people behind the key may see it (C11)', async () => {
    const carl = await tenant.person('Carl', ['rol_admin', world['workspace']!]);
    const { client } = await tenant.key({ by: carl.client, namespaceId: world['workspace']! });
    expect(await lists(client)).toEqual({ organizations: [], applications: [], workspaces: ['workspace'], userGroups: [] });
    const query = 'query ($id: ID!) { namespace(id: $id) { ... on Workspace { application { id } } } }';
    expect(await client.ask(query, { id: world['workspace'] })).toEqual({ namespace: { application: null } });
    await tenant.grant(carl.id, 'rol_read_only', world['app']);
    expect(await lists(client)).toEqual({ organizations: [], applications: ['app'], workspaces: ['workspace'], userGroups: [] });
    await tenant.grant(carl.id, 'rol_read_only');
    expect((await lists(client))['organizations']).toEqual(['org']);
  });

  test('is one record: its lists show only what the key would list itself (S3.6, C11)', async () => {
    const { client } = await tenant.key({ namespaceId: world['workspace']! });
    const query = `query ($app: ID!, $org: ID!) {
      app: namespace(id: $app) { viewerPermissions ... on Application { workspaces { nodes { id } } userGroups { totalCount } apiKeys { totalCount } grants { totalCount } } }
      org: namespace(id: $org) { viewerPermissions ... on Organization { applications { nodes { id } } userGroups { totalCount } users { totalCount } apiKeys { totalCount } grants { totalCount } roles { id } } }
    }`;
    expect(await client.ask(query, { app: world['app'], org: world['org'] })).toEqual({
      app: {
        viewerPermissions: ['application:view'],
        workspaces: { nodes: [{ id: world['workspace'] }] },
        ...{ userGroups: { totalCount: 0 }, apiKeys: { totalCount: 0 }, grants: { totalCount: 0 } },
      },
      org: {
        viewerPermissions: ['organization:view'],
        applications: { nodes: [{ id: world['app'] }] },
        ...{ userGroups: { totalCount: 0 }, users: { totalCount: 0 }, apiKeys: { totalCount: 0 }, grants: { totalCount: 0 }, roles: [] },
      },
    });
  });
});

describe('the keys that a key sees', () => {
  test('are itself and, with apiKey:view, those of its home and its environment (C21)', async () => {
    const home = world['sibling']!;
    const [production, staging] = [
      await tenant.key({ namespaceId: home }),
      await tenant.key({ namespaceId: home, environment: 'STAGING' }),
    ];
    const poor = await tenant.key({ namespaceId: home, environment: 'STAGING', permissions: ['event:submit'] });
    const ids = async ({ client }: TestKey) =>
      (await client.ask<{ apiKeys: { nodes: { id: string }[] } }>('{ apiKeys { nodes { id } } }')).apiKeys.nodes.map(({ id }) => id);
    expect(await ids(production)).toEqual([production.id]);
    expect(await ids(staging)).toEqual([staging.id, poor.id]);
    expect(await ids(poor)).toEqual([poor.id]);
    expect((await poor.client.ask(NodeDocument, { id: poor.id })).node).toMatchObject({ id: poor.id });
    expect((await poor.client.ask(NodeDocument, { id: staging.id })).node).toBeNull();
    expect((await production.client.ask(NodeDocument, { id: staging.id })).node).toBeNull();
  });
});
