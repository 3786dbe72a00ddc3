import type { AccessImpactInput } from '../generated/documents.js';
import { AccessImpactDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { doIt, lost, preview, strengthsOf } from '../support/impact.js';
import { inBatches } from '../support/inBatches.js';
import { allRows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let shop: string;
let orders: string;
let crew: string;
let role: string;
let ada: TestPerson;
let admin: TestPerson;
let adasGrant: string;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Ada holds some of it herself, some through a group, some through a role of the tenant's own; the admin issues for her. */
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  shop = await tenant.application('Shop');
  orders = await tenant.workspace(shop, 'Orders');
  crew = await tenant.group(tenant.organizationId, 'Crew');
  role = await tenant.role('Policies', 'policy:manage', 'trustProfile:manage');
  ada = await tenant.person('Ada');
  adasGrant = await tenant.grant(ada.id, 'rol_service_author', orders);
  admin = await tenant.person('Admin', ['rol_admin'], ['rol_admin', orders]);
  await tenant.join(crew, ada.id);
  await tenant.grant(crew, 'rol_event_writer', shop);
  await tenant.grant(ada.id, role, orders);
  await tenant.grant(ada.id, 'rol_viewer', crew);
  for (const namespaceId of [orders, shop, crew]) await tenant.key({ by: ada.client, namespaceId, name: `Ada's` });
  await tenant.key({ by: admin.client, namespaceId: orders, forUser: ada.id, permissions: ['service:manage', 'policy:manage'] });
  await tenant.key({ by: admin.client, namespaceId: orders, name: "Admin's", permissions: ['service:manage'] });
  await tenant.key({ name: "Owner's", permissions: ['apiKey:verify'] });
  const spent = await tenant.key({ by: ada.client, namespaceId: orders, name: 'Revoked already' });
  await ada.client.ask('mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { id } } }', { id: spent.id });
});

/** The acts, and how many keys each of them weakens. */
const acts: readonly (readonly [what: string, weakens: number, input: () => AccessImpactInput])[] = [
  ['removing a user', 4, () => ({ removeUserId: ada.id })],
  ['removing whoever issued keys for others', 2, () => ({ removeUserId: admin.id })],
  ['deactivating a user', 4, () => ({ deactivateUserId: ada.id })],
  ['revoking a grant', 2, () => ({ revokeGrantId: adasGrant })],
  ['taking a member out of a group', 1, () => ({ removeFromGroup: { userGroupId: crew, userId: ada.id } })],
  ['deleting a workspace', 3, () => ({ deleteNamespaceId: orders })],
  ['deleting a group, which takes its grants with it', 2, () => ({ deleteNamespaceId: crew })],
  ['taking something out of a role', 2, () => ({ updateRole: { roleId: role, permissions: ['trustProfile:manage'] } })],
  ['adding to a role', 0, () => ({ updateRole: { roleId: role, permissions: ['policy:manage', 'trustProfile:manage', 'event:submit'] } })],
];

describe('what is told of an act is what then happens (C14)', () => {
  test.each(acts)('%s weakens %i keys', async (_what, weakens, input) => {
    const told = await preview(owner, input());
    const before = await strengthsOf(tenant);
    expect(await doIt(owner, input())).toMatchObject({ code: 'OK' });
    const happened = lost(before, await strengthsOf(tenant));
    expect(told).toEqual({ code: 'OK', total: weakens, losses: happened });
    expect(Object.keys(happened)).toHaveLength(weakens);
  });

  test('nothing is changed by asking: every row, the end of the audit chain too, is as it was', async () => {
    const before = await allRows(service);
    for (const [, , input] of acts) expect(await preview(owner, input())).toMatchObject({ code: 'OK' });
    expect(await preview(owner, { removeUserId: tenant.owner.id })).toMatchObject({ code: 'CONFLICT' });
    expect(await allRows(service)).toEqual(before);
  });

  test('a key is shown as it stands now, with what it would lose in its home', async () => {
    const { accessImpact } = await owner.ask<{ accessImpact: { apiKeys: { apiKey: unknown; loses: string[] }[] } }, object>(
      'query ($input: AccessImpactInput!) { accessImpact(input: $input) { apiKeys { apiKey { status effectivePermissions namespace { id } } loses } } }',
      { input: { removeFromGroup: { userGroupId: crew, userId: ada.id } } },
    );
    const all = ['configuration:view', 'event:submit'];
    expect(accessImpact.apiKeys).toEqual([
      {
        apiKey: { status: 'ACTIVE', effectivePermissions: expect.arrayContaining(all), namespace: { id: shop } },
        loses: expect.arrayContaining(all),
      },
    ]);
  });

  test('all are counted; shown are only those that the caller may see', async () => {
    const staff = await tenant.role('Staff', 'user:manage', 'user:view', 'organization:view');
    const clerk = await tenant.person('Clerk', [staff]);
    expect(await preview(clerk.client, { deactivateUserId: ada.id })).toEqual({ code: 'OK', total: 4, losses: {} });
  });

  test('of many keys the first 100 are shown and all are counted', async () => {
    const robot = await tenant.serviceUser('Robot', ['rol_event_writer', orders]);
    const names = Array.from({ length: 101 }, (_, n) => `Key ${n}`);
    await inBatches(names, (name) => tenant.key({ namespaceId: orders, forUser: robot, name }));
    const { code, total, losses } = await preview(owner, { removeUserId: robot });
    expect([code, total, Object.keys(losses).length]).toEqual(['OK', 101, 100]);
  });

  test('the caller sees what they see now, also of an act that takes it from them', async () => {
    const chief = await tenant.person('Chief', ['rol_admin']);
    const key = await tenant.key({ by: chief.client, name: "Chief's", permissions: ['configuration:view'] });
    const { total, losses } = await preview(chief.client, { removeUserId: chief.id });
    expect([total, losses]).toEqual([1, { [key.id]: ['configuration:view'] }]);
  });
});

describe('whoever asks needs the right to the act itself', () => {
  test.each(acts)('%s: FORBIDDEN for who only sees, and so for a key', async (_what, _weakens, input) => {
    const viewer = await tenant.person('Viewer', ['rol_viewer'], ['rol_viewer', orders], ['rol_viewer', crew]);
    const key = await tenant.key({ roleId: 'rol_admin' });
    for (const by of [viewer.client, key.client]) {
      expect(await by.send(AccessImpactDocument, { input: input() })).toMatchObject({ code: 'FORBIDDEN', data: null });
    }
    expect(['FORBIDDEN', 'NOT_FOUND']).toContain((await doIt(viewer.client, input())).code);
  });

  test('an ADMIN learns nothing of removing an OWNER, and of the last OWNER nobody does (R74)', async () => {
    expect(await preview(admin.client, { removeUserId: tenant.owner.id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await preview(owner, { deactivateUserId: tenant.owner.id })).toMatchObject({ code: 'CONFLICT' });
  });

  test('what the act would refuse is refused here: a namespace that holds others, a permission too much or unknown', async () => {
    expect(await preview(owner, { deleteNamespaceId: shop })).toMatchObject({ code: 'CONFLICT' });
    const manager = await tenant.person('Manager', [await tenant.role('Role manager', 'role:manage', 'role:view')]);
    const more = { updateRole: { roleId: role, permissions: ['policy:manage', 'service:manage'] } };
    expect(await preview(manager.client, more)).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    for (const permissions of [['policy:mange'], ['owner:manage'], []]) {
      const answer = await owner.send(AccessImpactDocument, { input: { updateRole: { roleId: role, permissions } } });
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', field: expect.stringMatching(/^input\.updateRole\.permissions/) });
    }
  });

  test.each([
    ['no act', () => ({})],
    ['none but null', () => ({ removeUserId: null, updateRole: null })],
    ['two acts', () => ({ removeUserId: ada.id, deactivateUserId: ada.id })],
  ])('%s is refused: exactly one', async (_what, input) => {
    expect(await owner.send(AccessImpactDocument, { input: input() })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input',
      data: null,
    });
  });

  test("another tenant's ids are NOT_FOUND, with the field that names them (R8, S4.11)", async () => {
    const other = await foundTenant(service, 'Other');
    const theirs = await other.role('Theirs', 'event:submit');
    const group = await other.group();
    const asked: readonly (readonly [string, AccessImpactInput])[] = [
      ['removeUserId', { removeUserId: other.owner.id }],
      ['deactivateUserId', { deactivateUserId: other.owner.id }],
      ['revokeGrantId', { revokeGrantId: await other.grant(group, 'rol_viewer') }],
      ['removeFromGroup.userGroupId', { removeFromGroup: { userGroupId: group, userId: ada.id } }],
      ['removeFromGroup.userId', { removeFromGroup: { userGroupId: crew, userId: other.owner.id } }],
      ['deleteNamespaceId', { deleteNamespaceId: await other.application() }],
      ['updateRole.roleId', { updateRole: { roleId: theirs, permissions: ['event:submit'] } }],
    ];
    for (const [field, input] of asked) {
      const answer = await owner.send(AccessImpactDocument, { input });
      expect(answer).toMatchObject({ code: 'NOT_FOUND', field: `input.${field}`, data: null });
      expect(answer.errors[0]?.message).toContain(`input.${field}`);
    }
  });
});
