import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant } from '../support/tenant.js';

/** S3.24 and C10: an application's key works on the records of its workspaces and groups as far as the people behind it do. */

let service: Service;
let tenant: TestTenant;
let application: string;
let ada: TestPerson;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  application = await tenant.application();
  ada = await tenant.person('Ada', ['rol_admin', application]);
});
afterAll(() => service.stop());

const kinds = {
  WORKSPACE: { list: 'workspaces', create: 'createWorkspace', update: 'updateWorkspace', field: 'workspace' },
  USER_GROUP: { list: 'userGroups', create: 'createUserGroup', update: 'updateUserGroup', field: 'userGroup' },
} as const;
type Kind = keyof typeof kinds;

async function send(client: Client, field: string, input: object): Promise<string> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  return (await client.send(`mutation ($input: ${type}) { ${field}(input: $input) { __typename } }`, { input })).code;
}

/** What a caller gets of a namespace: whether it is listed and found, and the codes of an edit and of a deletion. */
async function worksOn(client: Client, kind: Kind, id: string) {
  const { list, update } = kinds[kind];
  const found = await client.ask<Record<string, { nodes: { id: string }[] }> & { namespace: unknown }>(
    `query ($id: ID!) { ${list} { nodes { id } } namespace(id: $id) { name } }`,
    { id },
  );
  const listed = found[list]?.nodes.some((node) => node.id === id);
  return {
    ...{ listed, found: found.namespace !== null },
    ...{ update: await send(client, update, { id, name: 'New' }), delete: await send(client, 'deleteNamespace', { id }) },
  };
}

/** What somebody with that role in a workspace or group, or with none, may do to its record. */
const cells: readonly (readonly [role: string, listed: boolean, update: string, remove: string])[] = [
  ['rol_admin', true, 'OK', 'OK'],
  ['rol_editor', true, 'OK', 'FORBIDDEN'],
  ['rol_viewer', true, 'FORBIDDEN', 'FORBIDDEN'],
  ['rol_service_author', true, 'FORBIDDEN', 'FORBIDDEN'],
  ['a role that only edits', false, 'OK', 'NOT_FOUND'],
  ['a role that only deletes', false, 'NOT_FOUND', 'OK'],
  ['no role', false, 'NOT_FOUND', 'NOT_FOUND'],
];

/** The role of a cell, made where it is none of the built-in ones. */
async function roleOf(name: string, kind: Kind): Promise<string | null> {
  const { field } = kinds[kind];
  if (name.startsWith('rol_')) return name;
  if (name === 'no role') return null;
  return tenant.role(name, `${field}:${name.endsWith('edits') ? 'edit' : 'delete'}`);
}

describe.each(Object.keys(kinds) as Kind[])('an application key and a %s of the application', (kind) => {
  test.each(cells)('where the person behind it holds %s (S3.16, S3.24, C10)', async (name, listed, update, remove) => {
    const id = await tenant.namespace(kind, 'Record', application);
    const role = await roleOf(name, kind);
    if (role) await tenant.grant(ada.id, role, id);
    const key = await tenant.key({ by: ada.client, namespaceId: application });
    expect(await worksOn(key.client, kind, id)).toEqual({ listed, found: listed, update, delete: remove });
  });

  test('does no more than the weaker of the two people behind it, at each moment (S3.24, C12)', async () => {
    const id = await tenant.namespace(kind, 'Record', application);
    const ben = await tenant.person('Ben', ['rol_admin', application], ['rol_editor', id]);
    const viewing = await tenant.grant(ada.id, 'rol_viewer', id);
    const key = await tenant.key({ by: ada.client, namespaceId: application, forUser: ben.id });
    const { update } = kinds[kind];
    const edit = (by: Client = key.client) => send(by, update, { id, name: 'New' });
    expect([await edit(ben.client), await edit()]).toEqual(['OK', 'FORBIDDEN']);
    const editing = await tenant.grant(ada.id, 'rol_editor', id);
    expect(await edit()).toBe('OK');
    await tenant.revokeGrant(editing);
    expect(await edit()).toBe('FORBIDDEN');
    await tenant.revokeGrant(viewing);
    expect(await edit()).toBe('NOT_FOUND');
  });

  test('does no more than it carries, however strong the people are (S2.5, S3.24)', async () => {
    const { field, create } = kinds[kind];
    const carrying = (...permissions: string[]) => tenant.key({ by: ada.client, namespaceId: application, permissions });
    const make = (key: TestKey) => send(key.client, create, { applicationId: application, name: 'New' });
    const strong = async () => {
      const id = await tenant.namespace(kind, 'Record', application);
      await tenant.grant(ada.id, 'rol_admin', id);
      return id;
    };
    const [viewer, editor] = [await carrying(`${field}:view`), await carrying(`${field}:view`, `${field}:edit`)];
    const [deleter, maker] = [await carrying(`${field}:delete`), await carrying(`${field}:create`, 'application:view')];
    const [seen, unseen] = [
      { listed: true, found: true },
      { listed: false, found: false },
    ];
    expect(await worksOn(viewer.client, kind, await strong())).toEqual({ ...seen, update: 'FORBIDDEN', delete: 'FORBIDDEN' });
    expect(await worksOn(editor.client, kind, await strong())).toEqual({ ...seen, update: 'OK', delete: 'FORBIDDEN' });
    expect(await worksOn(deleter.client, kind, await strong())).toEqual({ ...unseen, update: 'NOT_FOUND', delete: 'OK' });
    expect(await worksOn(maker.client, kind, await strong())).toEqual({ ...unseen, update: 'NOT_FOUND', delete: 'NOT_FOUND' });
    expect([await make(viewer), await make(editor), await make(deleter), await make(maker)]).toEqual([
      // Who does not see the application either is not told that it is there.
      ...['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'OK'],
    ]);
  });

  test('creates one in which each of the people behind it then holds ADMIN, and reads, edits and deletes it (S3.24, C10)', async () => {
    const { create, field } = kinds[kind];
    const ben = await tenant.person('Ben', ['rol_admin', application]);
    const key = await tenant.key({ by: ada.client, namespaceId: application, forUser: ben.id });
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
    const made = await key.client.ask<Record<string, Record<string, { id: string; name: string }>>>(
      `mutation ($input: Create${type}Input!) { ${create}(input: $input) { ${field} { id name } } }`,
      { input: { applicationId: application, name: 'Made' } },
    );
    const { id = '', name } = made[create]?.[field] ?? {};
    expect(name).toBe('Made');
    for (const person of [ada, ben]) {
      const query = '{ viewer { user { grants(first: 100) { nodes { role { id } namespace { id } } } } } }';
      const { viewer } = await person.client.ask<{ viewer: { user: { grants: { nodes: unknown[] } } } }>(query);
      expect(viewer.user.grants.nodes).toContainEqual({ role: { id: 'rol_admin' }, namespace: { id } });
    }
    expect(await worksOn(key.client, kind, id)).toEqual({ listed: true, found: true, update: 'OK', delete: 'OK' });
    expect(await worksOn(key.client, kind, id)).toEqual({ listed: false, found: false, update: 'NOT_FOUND', delete: 'NOT_FOUND' });
  });
});
