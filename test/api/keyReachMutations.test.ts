import type { Client } from '../support/client.js';
import { type Cell, cell, rowOf } from '../support/reachTable.js';
import { forEach, foundReachTenant, type Home, homes, kindOf, type Place, places, type ReachTenant } from '../support/reachTenant.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant } from '../support/tenant.js';

/** The table of reach again, with all that a key may try to change (S3.6, S3.15, S3.24, C10, C22, R78). */

let service: Service;
let world: ReachTenant;

beforeAll(async () => {
  service = await startService();
  world = await foundReachTenant(service);
});
afterAll(() => service.stop());

/** Sends a mutation; OK, or the code of the refusal. */
async function attempt(client: Client, field: string, input: object): Promise<string> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  return (await client.send(`mutation ($input: ${type}) { ${field}(input: $input) { __typename } }`, { input })).code;
}

const edits = { org: 'updateOrganization', app: 'updateApplication', wks: 'updateWorkspace', grp: 'updateUserGroup' } as const;

/** What is answered, by hand, where a key has a cell of the table: its home, an ancestor, a child's record, nothing. */
type Answers = Readonly<Record<Cell, string>>;
const editing: Answers = { '*': 'OK', r: 'FORBIDDEN', c: 'OK', '.': 'NOT_FOUND' };
/** Inside a namespace: at home whatever the key carries; a record that is seen shows that it is there, no more. */
const inside: Answers = { '*': 'OK', r: 'FORBIDDEN', c: 'FORBIDDEN', '.': 'NOT_FOUND' };

describe.each(homes)('a key at home in %s', (home) => {
  const client = () => world.caller[home].client;
  const expected = (answers: Answers, of: (place: Place) => boolean = () => true) =>
    rowOf((place) => (of(place) ? answers[cell(home, place)] : 'NOT_FOUND'));

  test('edits its home and, of an application, the records of its workspaces and groups (S3.16, S3.24, C10, C11)', async () => {
    const found = await forEach(places, (place) => attempt(client(), edits[kindOf(place)], { id: world.id[place], name: place }));
    expect(found).toEqual(expected(editing));
  });

  test('finds nothing to edit where the mutation is for another kind (S3.6)', async () => {
    for (const kind of Object.keys(edits) as (keyof typeof edits)[]) {
      const strangers = places.filter((place) => kindOf(place) !== kind);
      const found = await forEach(strangers, (place) => attempt(client(), edits[kind], { id: world.id[place], name: place }));
      expect(new Set(Object.values(found))).toEqual(new Set(['NOT_FOUND']));
    }
  });

  test('configures an organization only from it (S0.8)', async () => {
    const found = await forEach(places, (place) =>
      attempt(client(), 'updateOrganization', { id: world.id[place], membersMayCreateApiKeys: true }),
    );
    expect(found).toEqual(expected(inside, (place) => kindOf(place) === 'org'));
  });

  test('creates applications only in its home, an organization (S3.6)', async () => {
    const found = await forEach(places, (place) =>
      attempt(client(), 'createApplication', { organizationId: world.id[place], name: 'New' }),
    );
    expect(found).toEqual(expected(inside, (place) => kindOf(place) === 'org'));
  });

  test('creates workspaces only in its home, an application (S3.24)', async () => {
    const found = await forEach(places, (place) => attempt(client(), 'createWorkspace', { applicationId: world.id[place], name: 'New' }));
    expect(found).toEqual(expected(inside, (place) => kindOf(place) === 'app'));
  });

  test('creates user groups only in its home, an application or an organization (S3.24)', async () => {
    const found = await forEach(places, (place) => {
      const parent = kindOf(place) === 'org' ? 'organizationId' : 'applicationId';
      return attempt(client(), 'createUserGroup', { [parent]: world.id[place], name: 'New' });
    });
    expect(found).toEqual(expected(inside, (place) => ['org', 'app'].includes(kindOf(place))));
  });

  test('creates keys only for its home (S3.6, R78)', async () => {
    const found = await forEach(places, (place) =>
      attempt(client(), 'createApiKey', { namespaceId: world.id[place], environment: 'PRODUCTION', name: 'New' }),
    );
    expect(found).toEqual(expected(inside));
  });

  test('revokes no key but itself: others of its home it sees, the rest do not exist for it (R78, C21)', async () => {
    const others = await forEach(places, (place) => attempt(client(), 'revokeApiKey', { id: world.key[place].id }));
    expect(others).toEqual(rowOf((place) => (place === home ? 'FORBIDDEN' : 'NOT_FOUND')));
    const staging = await forEach(places, (place) => attempt(client(), 'revokeApiKey', { id: world.staging[place].id }));
    expect(staging).toEqual(rowOf(() => 'NOT_FOUND'));
    const itself = await world.tenant.key({ namespaceId: world.id[home] });
    expect(await attempt(itself.client, 'revokeApiKey', { id: itself.id })).toBe('OK');
    expect((await itself.client.send('{ viewer { environment } }')).status).toBe(401);
  });

  test('does nothing of what only signed-in people do, anywhere (C22, R78)', async () => {
    const { member: userId } = world;
    const spare = await world.tenant.key({ namespaceId: world.id[home] });
    const [name, permissions, roleId] = ['New', ['event:submit'], 'rol_viewer'];
    const somewhere = (place: Place): readonly (readonly [field: string, input: object])[] => {
      const [id, userGroupId] = [world.id[place], world.id[place]];
      return [
        ['createApiKeyForUser', { namespaceId: id, environment: 'PRODUCTION', name, userId }],
        ['grantRole', { namespaceId: id, roleId, userId }],
        ['addUserToGroup', { userGroupId, userId }],
        ['removeUserFromGroup', { userGroupId, userId }],
        ['createUser', { organizationId: id, kind: 'SERVICE', name }],
        ['createRole', { organizationId: id, name, permissions }],
        ['definePermission', { organizationId: id, name: 'new:one', label: name }],
        ['removePermission', { organizationId: id, name: 'new:one' }],
        ['updateApiKey', { id: world.key[place].id, name }],
        ['reactivateApiKey', { id: world.key[place].id }],
        ['regenerateApiKey', { id: world.key[place].id }],
        ['deleteApiKey', { id: world.key[place].id }],
      ];
    };
    const once: readonly (readonly [field: string, input: object])[] = [
      ['createOrganization', { name, owner: { name, email: 'new@owner.test' } }],
      ['updateUser', { id: userId, name }],
      ['setUserActive', { id: userId, active: false }],
      ['resetUserPassword', { id: userId }],
      ['removeUser', { id: userId }],
      ['updateRole', { id: 'rol_viewer', name }],
      ['deleteRole', { id: 'rol_viewer' }],
      ['revokeGrant', { id: 'grt_01jzzzzzzzzzzzzzzzzzzzzzzz' }],
      ...(['updateApiKey', 'reactivateApiKey', 'regenerateApiKey', 'deleteApiKey'] as const).map(
        (field) => [field, { id: spare.id }] as const,
      ),
    ];
    for (const [field, input] of [...places.flatMap(somewhere), ...once]) {
      expect([field, await attempt(spare.client, field, input)]).toEqual([field, 'FORBIDDEN']);
    }
  });

  test('deletes no more than it edits: what it only sees is refused, what it does not see is not there (S3.16, S3.24, C10)', async () => {
    const refused = places.filter((place) => ['r', '.'].includes(cell(home, place)));
    const found = await forEach(refused, (place) => attempt(client(), 'deleteNamespace', { id: world.id[place] }));
    expect(found).toEqual(Object.fromEntries(refused.map((place) => [place, editing[cell(home, place)]])));
  });

  test('deletes its own home, and with it itself; an application its fresh workspaces and groups (S3.24, C10)', async () => {
    const tenant = await foundTenant(service);
    const application = await tenant.application();
    const fresh: Readonly<Record<Home, () => string | Promise<string>>> = {
      A1: () => tenant.workspace(application),
      A: () => tenant.application('Another'),
      GA1: () => tenant.group(application),
      GO1: () => tenant.group(),
      O: () => empty.organizationId,
    };
    const empty = await foundTenant(service);
    const namespaceId = await fresh[home]();
    const key = await (home === 'O' ? empty : tenant).key({ namespaceId });
    if (home === 'A') {
      for (const child of [await tenant.workspace(namespaceId), await tenant.group(namespaceId)]) {
        expect(await attempt(key.client, 'deleteNamespace', { id: namespaceId })).toBe('CONFLICT');
        expect(await attempt(key.client, 'deleteNamespace', { id: child })).toBe('OK');
        expect(await attempt(key.client, 'deleteNamespace', { id: child })).toBe('NOT_FOUND');
      }
    }
    expect(await attempt(key.client, 'deleteNamespace', { id: namespaceId })).toBe('OK');
    expect((await key.client.send('{ viewer { environment } }')).status).toBe(401);
  });
});
