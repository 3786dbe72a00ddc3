import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { breachesOf, endOf, eventsOf } from '../support/trail.js';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const inTenant = (): unknown[] => [tenant.organizationId];

describe('the database itself keeps the trail', () => {
  test.each([
    ['changes an event', 'UPDATE audit_events SET actor_id = NULL WHERE organization_id = ?'],
    ['changes nothing of one', 'UPDATE audit_events SET action = action WHERE organization_id = ?'],
    ['takes an event out of the chain', 'UPDATE audit_events SET sequence = NULL WHERE organization_id = ?'],
    ['deletes one', 'DELETE FROM audit_events WHERE organization_id = ?'],
  ])('no statement %s', async (_what, statement) => {
    await tenant.application();
    const before = await eventsOf(service, tenant.organizationId);
    await expect(sql(service, statement, inTenant())).rejects.toThrow('audit_events is append-only');
    expect(await eventsOf(service, tenant.organizationId)).toEqual(before);
  });

  test('a denial is not changed either; it may be cleared away, because it is no link of the chain', async () => {
    const member = await tenant.person('Member', ['rol_viewer']);
    await member.client.send('mutation ($id: ID!) { removeUser(input: { id: $id }) { removedUserId } }', { id: tenant.owner.id });
    const denials = () => sql(service, "SELECT id FROM audit_events WHERE organization_id = ? AND outcome = 'DENIED'", inTenant());
    await until(async () => ((await denials()).length > 0 ? true : undefined));
    const statement = "UPDATE audit_events SET reason = 'none' WHERE organization_id = ? AND outcome = 'DENIED'";
    await expect(sql(service, statement, inTenant())).rejects.toThrow('audit_events is append-only');
    await sql(service, "DELETE FROM audit_events WHERE organization_id = ? AND outcome = 'DENIED'", inTenant());
    expect(await denials()).toEqual([]);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });
});

describe('the chain is whole', () => {
  test('after 20 changes at once: each is told once, in an unbroken row of numbers', async () => {
    const { sequence: before } = await endOf(service, tenant.organizationId);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => tenant.application(`Application ${n}`)));
    const events = (await eventsOf(service, tenant.organizationId)).filter(({ action }) => action === 'application.create');
    expect(events.map(({ targetId }) => targetId).sort()).toEqual(ids.sort());
    expect(events.map(({ sequence }) => sequence).sort((a, b) => Number(a) - Number(b))).toEqual(ids.map((_, n) => before + 1 + n));
    expect(await endOf(service, tenant.organizationId)).toMatchObject({ sequence: before + 20 });
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });

  test('with whatever a change says: quotes, other scripts, emoji, null', async () => {
    await tenant.application('„Zoë“ \\ "quoted" \u{1F511} 数');
    await tenant.role('Ω', 'event:submit');
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });
});

describe('whoever has the database’s password and drops the triggers is still found out', () => {
  beforeAll(async () => {
    await sql(service, 'DROP TRIGGER audit_events_kept');
    await sql(service, 'DROP TRIGGER audit_events_whole');
  });
  /** A tenant with a chain of six. */
  beforeEach(async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await tenant.application(name);
    expect(await endOf(service, tenant.organizationId)).toMatchObject({ sequence: 6 });
    expect(await breachesOf(service, tenant.organizationId)).toEqual([]);
  });

  const plant = (statement: string, ...more: unknown[]): Promise<unknown> =>
    sql(service, `${statement} WHERE organization_id = ? AND sequence = ?`, [...more.slice(0, -1), tenant.organizationId, more.at(-1)]);

  test.each([
    ['action', 'application.delete'],
    ['outcome', 'DENIED'],
    ['actor_id', null],
    ['actor_api_key_id', 'key_00000000000000000000000000'],
    ['target_id', 'app_00000000000000000000000000'],
    ['namespace_id', null],
    ['reason', 'It had to be'],
    ['changes', '{"after":{"name":"Z"}}'],
    ['request_id', 'another'],
    ['id', 'aud_00000000000000000000000000'],
    ['at', '2020-01-01 00:00:00.000'],
  ])('an event whose %s is not what was written', async (column, value) => {
    await plant(`UPDATE audit_events SET ${column} = ?`, value, 3);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([{ sequence: 3, what: 'has been changed' }]);
    if (column === 'id') await plant('DELETE FROM audit_events', 3);
  });

  test('an event that is gone, and several', async () => {
    await plant('DELETE FROM audit_events', 3);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([{ sequence: 3, what: 'is missing' }]);
    await plant('DELETE FROM audit_events', 2);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([{ sequence: 2, what: 'to 3 are missing' }]);
  });

  test('events that are gone at the beginning and at the end', async () => {
    await plant('DELETE FROM audit_events', 1);
    await plant('DELETE FROM audit_events', 5);
    await plant('DELETE FROM audit_events', 6);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([
      { sequence: 1, what: 'is missing' },
      { sequence: 5, what: 'to 6 are missing at the end' },
    ]);
  });

  test('all of them gone', async () => {
    await sql(service, 'DELETE FROM audit_events WHERE organization_id = ?', inTenant());
    expect(await breachesOf(service, tenant.organizationId)).toEqual([{ sequence: 1, what: 'to 6 are missing at the end' }]);
  });

  test('an event that was put into another’s place, and a head that was set back', async () => {
    const other = await foundTenant(service, 'Other');
    const [theirs] = await eventsOf(service, other.organizationId);
    await plant('UPDATE audit_events SET hash = ?', theirs?.hash, 3);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([
      { sequence: 3, what: 'has been changed' },
      { sequence: 4, what: 'does not follow the event before it' },
    ]);
    const fifth = (await eventsOf(service, other.organizationId))[0];
    await sql(service, 'UPDATE tenants SET audit_sequence = 5, audit_hash = ? WHERE organization_id = ?', [
      fifth?.hash,
      tenant.organizationId,
    ]);
    expect(await breachesOf(service, tenant.organizationId)).toContainEqual({
      sequence: 6,
      what: 'to 6 are more than the tenant ended with',
    });
  });

  test('a last event that is another than the tenant ended with', async () => {
    await sql(service, 'UPDATE tenants SET audit_hash = ? WHERE organization_id = ?', [Buffer.alloc(32, 7), tenant.organizationId]);
    expect(await breachesOf(service, tenant.organizationId)).toEqual([
      { sequence: 6, what: 'is not the event that the tenant ended with' },
    ]);
  });
});
