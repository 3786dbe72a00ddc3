import { AuditEventsDocument, type AuditEventFilter, type AuditEventsQuery, NodeDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestTenant } from '../support/tenant.js';

type Event = NonNullable<AuditEventsQuery['auditEvents']['nodes'][number]>;
type Filter = Omit<AuditEventFilter, 'organizationId'>;

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

const send = (
  by: Client,
  filter: Filter = {},
  page: { first?: number; after?: string | null } = {},
  organizationId = tenant.organizationId,
) => by.send(AuditEventsDocument, { filter: { organizationId, ...filter }, ...page });
const read = async (filter: Filter = {}, first = 100): Promise<readonly Event[]> => {
  const { data, text } = await send(owner, filter, { first });
  if (!data) throw new Error(text);
  return data.auditEvents.nodes;
};
const actionsOf = (events: readonly Event[]): string[] => events.map(({ action }) => action);

describe('auditEvents', () => {
  test('tells what was done, the newest first, with name-tags of who and where', async () => {
    const shop = await tenant.application('Shop');
    const [event, ...older] = await read();
    expect(event).toEqual({
      id: expect.stringMatching(/^aud_/),
      at: service.clock.now().toISOString(),
      action: 'application.create',
      outcome: 'ALLOWED',
      reason: null,
      actorId: tenant.owner.id,
      actor: { id: tenant.owner.id, name: 'Owner' },
      actorApiKeyId: null,
      targetId: shop,
      namespaceId: tenant.organizationId,
      namespace: { id: tenant.organizationId, kind: 'ORGANIZATION', name: 'Tenant' },
      changes: { after: { kind: 'APPLICATION', name: 'Shop', description: null } },
      requestId: expect.any(String),
    });
    expect(actionsOf(older)).toEqual(['session.create']);
  });

  test('is narrowed by action, target, actor, outcome and time, and all that is set must hold', async () => {
    const began = service.clock.now();
    const shop = await tenant.application('Shop');
    service.clock.advance(1_000);
    const middle = service.clock.now();
    const ada = await tenant.person('Ada', ['rol_admin'], ['rol_admin', shop]);
    await ada.client.ask('mutation ($id: ID!) { updateApplication(input: { id: $id, name: "Store" }) { application { id } } }', {
      id: shop,
    });
    service.clock.advance(1_000);
    await tenant.workspace(shop);

    expect(actionsOf(await read({ action: 'workspace.create' }))).toEqual(['workspace.create']);
    expect(actionsOf(await read({ targetId: shop }))).toEqual(['application.update', 'application.create']);
    expect(actionsOf(await read({ actorId: ada.id }))).toEqual(['application.update', 'session.create']);
    expect(actionsOf(await read({ targetId: shop, actorId: ada.id }))).toEqual(['application.update']);
    expect(actionsOf(await read({ outcome: 'DENIED' }))).toEqual([]);
    expect(actionsOf(await read({ outcome: 'ALLOWED', targetId: shop }))).toHaveLength(2);
    // From is included, to is not.
    expect(actionsOf(await read({ from: middle.toISOString(), targetId: shop }))).toEqual(['application.update']);
    expect(actionsOf(await read({ to: middle.toISOString(), targetId: shop }))).toEqual(['application.create']);
    expect(actionsOf(await read({ from: began.toISOString(), to: middle.toISOString() }))).toEqual([
      'application.create',
      'session.create',
    ]);
    expect(actionsOf(await read({ from: new Date(middle.getTime() + 1_001).toISOString() }))).toEqual([]);
    for (const filter of [{ action: 'no.such' }, { targetId: 'nothing' }, { actorId: tenant.organizationId }])
      expect(await read(filter)).toEqual([]);
  });

  test('is read page by page: each event once, also while others are written', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await tenant.application(name);
    const whole = (await read()).map(({ id }) => id);
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const { data } = await send(owner, {}, { first: 2, after });
      const { nodes, pageInfo } = data?.auditEvents ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
      found.push(...nodes.map(({ id }) => id));
      await tenant.application(`Meanwhile ${found.length}`);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(found).toEqual(whole);
    for (const wrong of [{ first: 0 }, { first: 101 }, { after: 'nowhere' }])
      expect(await send(owner, {}, wrong)).toMatchObject({ code: 'BAD_USER_INPUT', field: Object.keys(wrong)[0] });
  });

  test('is for who holds audit:view in the organization; a key too', async () => {
    const auditor = await tenant.person('Auditor', [await tenant.role('Auditor', 'audit:view')]);
    const viewer = await tenant.person('Viewer', ['rol_viewer']);
    const key = await tenant.key({ permissions: ['audit:view'] });
    for (const by of [auditor.client, viewer.client, key.client]) expect(await send(by)).toMatchObject({ code: 'OK' });
  });

  test('FORBIDDEN for who sees the organization without it, NOT_FOUND for who does not, and for another tenant', async () => {
    const shop = await tenant.application();
    const member = await tenant.person('Member', ['rol_service_author']);
    const elsewhere = await tenant.person('Elsewhere', ['rol_viewer', shop]);
    const key = await tenant.key({ permissions: ['organization:view'] });
    const other = await foundTenant(service, 'Other');
    for (const by of [member.client, key.client]) {
      const answer = await send(by);
      expect(answer).toMatchObject({ code: 'FORBIDDEN', data: null });
      expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['audit:view']);
    }
    for (const by of [elsewhere.client, other.owner.client])
      expect(await send(by)).toMatchObject({ code: 'NOT_FOUND', field: 'filter.organizationId', data: null });
    expect(await send(owner, {}, {}, 'org_00000000000000000000000000')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await send(owner, {}, {}, shop)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await send(owner, {}, {}, 'mine')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'filter.organizationId' });
  });

  test('a name-tag tells who it was also after they are gone, and no more', async () => {
    const ada = await tenant.person('Ada', ['rol_admin']);
    const { organizationId } = tenant;
    await ada.client.ask('mutation ($id: ID!) { createApplication(input: { organizationId: $id, name: "A" }) { application { id } } }', {
      id: organizationId,
    });
    await tenant.removeUser(ada.id);
    const [event] = await read({ actorId: ada.id, action: 'application.create' });
    expect(event?.actor).toEqual({ id: ada.id, name: 'Ada' });
  });

  test('an event is a node, for who may read the trail and nobody else', async () => {
    await tenant.application('Shop');
    const [event] = await read();
    const id = event?.id ?? '';
    const member = await tenant.person('Member', ['rol_service_author']);
    const other = await foundTenant(service, 'Other');
    expect((await owner.ask(NodeDocument, { id })).node).toMatchObject({ __typename: 'AuditEvent', id, action: 'application.create' });
    for (const by of [member.client, other.owner.client]) expect((await by.ask(NodeDocument, { id })).node).toBeNull();
    expect((await owner.ask(NodeDocument, { id: 'aud_00000000000000000000000000' })).node).toBeNull();
  });

  test('the request id is that of the answer, also where the client has chosen it', async () => {
    const chosen = 'chosen-by-the-client';
    const client = (await signIn(service, tenant.owner.email, tenant.owner.password, tenant.organizationId)).with({
      'x-request-id': chosen,
    });
    await tenant.application('Shop', client);
    expect((await read({ action: 'application.create' }))[0]?.requestId).toBe(chosen);
  });
});
