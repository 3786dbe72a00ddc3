import type { AuditEventRow } from '../../src/audit/AuditEventRow.js';
import { AuditEventsDocument, type AuditEventsQuery } from '../generated/documents.js';
import { inBatches } from '../support/inBatches.js';
import { until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';
import { breachesOf, endOf, eventsOf } from '../support/trail.js';

type Event = AuditEventsQuery['auditEvents']['nodes'][number];

let service: Service;
let tenant: TestTenant;
let member: TestPerson;
let shop: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  shop = await tenant.application('Shop');
  member = await tenant.person('Member', ['rol_service_author', shop]);
});
afterAll(() => service.stop());

const rename = (by: { readonly client: TestPerson['client'] }, id: string) =>
  by.client.send('mutation ($id: ID!) { updateApplication(input: { id: $id, name: "Mine" }) { application { id } } }', { id });

/** What was refused in a tenant, the newest first, as soon as so much of it is there. */
const refused = (atLeast: number, of: TestTenant = tenant): Promise<readonly Event[]> =>
  until(async () => {
    const filter = { organizationId: of.organizationId, outcome: 'DENIED' } as const;
    const { auditEvents } = await of.owner.client.ask(AuditEventsDocument, { filter, first: 100 });
    return auditEvents.nodes.length >= atLeast ? auditEvents.nodes : undefined;
  });

/** The same as it is stored, the oldest first, however much of it there is. */
const denialsOf = (atLeast: number): Promise<readonly AuditEventRow[]> =>
  until(async () => {
    const denied = (await eventsOf(service, tenant.organizationId)).filter(({ outcome }) => outcome === 'DENIED');
    return denied.length >= atLeast ? denied : undefined;
  });

describe('what was refused is told in the trail of the caller’s tenant (R4, R66)', () => {
  test('who tried what where, why not, and in which request', async () => {
    const answer = await rename(member, shop);
    expect(answer).toMatchObject({ code: 'FORBIDDEN' });
    expect((await refused(1))[0]).toMatchObject({
      at: service.clock.now().toISOString(),
      action: 'application.update',
      outcome: 'DENIED',
      reason: answer.errors[0]?.message,
      actorId: member.id,
      actorApiKeyId: null,
      targetId: shop,
      namespaceId: shop,
      changes: null,
      requestId: answer.headers.get('x-request-id'),
    });
  });

  test('a key that asks for more than its people hold is EXCEEDS_AUTHORITY, and told (R4)', async () => {
    const answer = await member.client.send('mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }', {
      input: { namespaceId: shop, environment: 'PRODUCTION', name: 'Too much', permissions: ['policy:manage'] },
    });
    expect(answer).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    expect((await refused(1))[0]).toMatchObject({ action: 'apiKey.create', namespaceId: shop, actorId: member.id });
  });

  test('what a key is refused is told of the key and of its user', async () => {
    const key = await tenant.key({ by: member.client, namespaceId: shop });
    expect(await rename(key, shop)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await refused(1))[0]).toMatchObject({ action: 'application.update', actorApiKeyId: key.id, actorId: member.id });
  });

  test('wrong input, a clash and a question are no denials', async () => {
    const { client } = tenant.owner;
    await client.send('mutation ($id: ID!) { updateApplication(input: { id: $id, name: "" }) { application { id } } }', { id: shop });
    await client.send('mutation ($id: ID!) { setUserActive(input: { id: $id, active: false }) { user { id } } }', { id: tenant.owner.id });
    await member.client.send(AuditEventsDocument, { filter: { organizationId: tenant.organizationId } });
    // Written in the order of their happening: once this last one is there, those before it would be.
    await rename(member, shop);
    expect((await refused(1)).map(({ action }) => action)).toEqual(['application.update']);
  });

  test('it stands outside the chain, which goes on as if nothing had been', async () => {
    const before = await endOf(service, tenant.organizationId);
    await rename(member, shop);
    await refused(1);
    const denial = (await eventsOf(service, tenant.organizationId)).find(({ outcome }) => outcome === 'DENIED');
    expect(denial).toMatchObject({ sequence: null, previousHash: null, hash: null });
    expect(await endOf(service, tenant.organizationId)).toEqual(before);
    await tenant.workspace(shop);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });
});

describe('a flood of refusals (R87)', () => {
  test('from another tenant leaves nothing in this one: its trail, its chain and its writes are untouched', async () => {
    const other = await foundTenant(service, 'Other');
    const before = await eventsOf(service, tenant.organizationId);
    for (let n = 0; n < 30; n += 1) expect(await rename(other.owner, shop)).toMatchObject({ code: 'NOT_FOUND' });
    const [told] = await refused(30, other);
    expect(told).toMatchObject({ action: 'application.update', actorId: other.owner.id, targetId: null, namespaceId: null });
    expect(await eventsOf(service, tenant.organizationId)).toEqual(before);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });

  test('makes 100 rows in a minute; what is beyond is counted and told in one', async () => {
    const refusals = await inBatches(Array(130).fill(shop), (each: string) => rename(member, each));
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['FORBIDDEN']));
    expect(await refused(100)).toHaveLength(100);
    service.clock.advance(60_000);
    const rows = await denialsOf(101);
    expect(rows).toHaveLength(101);
    expect(rows.at(-1)).toMatchObject({
      action: 'denials.summarise',
      reason: '30 more acts were refused within a minute and are not listed one by one.',
      actorId: null,
      targetId: null,
    });
    // A new minute has room again.
    await rename(member, shop);
    expect((await denialsOf(102)).at(-1)).toMatchObject({ action: 'application.update', targetId: shop });
  });

  test('an act that is allowed meanwhile is told at once, with its commit', async () => {
    const flood = Array.from({ length: 40 }, () => rename(member, shop));
    const wks = await tenant.workspace(shop);
    expect((await eventsOf(service, tenant.organizationId)).map(({ targetId }) => targetId)).toContain(wks);
    await Promise.all(flood);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });
});
