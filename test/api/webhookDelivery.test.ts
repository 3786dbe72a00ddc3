import { isSigned, Receiver } from '../support/receiver.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestTenant } from '../support/tenant.js';
import { createHook, hookOf, rotate, updateHook } from '../support/webhooks.js';

const DAY = 86_400_000;

let service: Service;
let receiver: Receiver;
let tenant: TestTenant;
let secret: string;

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await startService(undefined, { webhooks: { privateTargets: true, timeoutMs: 30_000 } });
});
beforeEach(async () => {
  await service.app.webhooks.flush();
  receiver.reset();
  service.clock.set(new Date());
  tenant = await foundTenant(service);
  secret = await rotate(tenant);
});
afterEach(async () => {
  // What still fails is no business of the next test.
  await sql(service, 'UPDATE webhooks SET active = 0');
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const flush = (): Promise<void> => service.app.webhooks.flush();
const act = (mutation: string, id: string) => tenant.owner.client.ask(`mutation ($id: ID!) { ${mutation} }`, { id });
const revoke = (id: string) => act('revokeApiKey(input: { id: $id }) { apiKey { id } }', id);
const remove = (id: string) => act('deleteApiKey(input: { id: $id }) { deletedApiKeyId }', id);
const unordered = (texts: readonly string[]): string[] => [...texts].sort();

describe('what a webhook is told', () => {
  test('each event of a key, in its order, signed as a library of Standard Webhooks checks it', async () => {
    const hook = await createHook(tenant, receiver.url);
    const key = await tenant.key({ name: 'Told', environment: 'STAGING', permissions: ['service:manage'] });
    await act('updateApiKey(input: { id: $id, name: "Renamed" }) { apiKey { id } }', key.id);
    await revoke(key.id);
    await act('reactivateApiKey(input: { id: $id }) { apiKey { id } }', key.id);
    await remove(key.id);
    await flush();
    const types = ['apiKey.created', 'apiKey.updated', 'apiKey.revoked', 'apiKey.updated', 'apiKey.deleted'];
    expect(receiver.told).toEqual(types.map((type) => `${type} ${key.id}`));
    for (const message of receiver.received) expect(isSigned(secret, message)).toBe(true);
    const [created] = receiver.received;
    expect(created).toMatchObject({
      path: '/hook',
      headers: { 'content-type': 'application/json', 'user-agent': 'Bailiwick-Webhooks' },
      id: expect.stringMatching(/^msg_[0-9a-z]{26}_[0-9a-z]{26}$/),
    });
    // What else stands there is the key as it was when the message was written, which may be later than the event.
    const { type, timestamp, data, ...more } = JSON.parse(created!.body) as Record<string, object>;
    expect([type, more]).toEqual(['apiKey.created', {}]);
    expect(timestamp).toBe(service.clock.now().toISOString());
    expect(data).toMatchObject({
      id: key.id,
      namespaceId: tenant.organizationId,
      organizationId: tenant.organizationId,
      environment: 'STAGING',
      userId: tenant.owner.id,
      expiresAt: null,
    });
    expect(Object.keys(data!).sort()).toEqual(
      [
        ...['id', 'name', 'namespaceId', 'organizationId', 'environment', 'userId', 'status'],
        ...['createdAt', 'updatedAt', 'expiresAt', 'revokedAt', 'revokedPermanently', 'deletedAt'],
      ].sort(),
    );
    expect(await hookOf(tenant, hook)).toMatchObject({ lastDeliveryAt: service.clock.now().toISOString(), lastFailure: null });
  });

  test('only what it asked for, and nothing of before it was made, of another tenant, or twice', async () => {
    const before = await tenant.key();
    await createHook(tenant, receiver.url, ['API_KEY_REVOKED']);
    const other = await foundTenant(service, 'Other');
    await other.key();
    const key = await tenant.key();
    await revoke(before.id);
    await flush();
    await flush();
    expect(receiver.told).toEqual([`apiKey.revoked ${before.id}`]);
    expect(receiver.told).not.toContain(key.id);
  });

  test('of each key whose user was removed, and not of one that was revoked before', async () => {
    await createHook(tenant, receiver.url);
    const person = await tenant.person('Leaving', ['rol_admin']);
    const keys = [
      await tenant.key({ by: person.client }),
      await tenant.key({ by: person.client }),
      await tenant.key({ by: person.client }),
    ];
    await revoke(keys[0]!.id);
    await flush();
    receiver.reset();
    service.clock.advance(1_000);
    await tenant.removeUser(person.id);
    await flush();
    expect(unordered(receiver.told)).toEqual(unordered(keys.slice(1).map(({ id }) => `apiKey.revoked ${id}`)));
    expect(receiver.received[0]?.data).toMatchObject({ status: 'INACTIVE', revokedPermanently: true });
  });

  test('of each key whose namespace was deleted', async () => {
    await createHook(tenant, receiver.url, ['API_KEY_DELETED']);
    const application = await tenant.application();
    const keys = [await tenant.key({ namespaceId: application }), await tenant.key({ namespaceId: application })];
    await remove(keys[0]!.id);
    service.clock.advance(1_000);
    await act('deleteNamespace(input: { id: $id }) { deletedNamespaceId }', application);
    await flush();
    expect(unordered(receiver.told)).toEqual(unordered(keys.map(({ id }) => `apiKey.deleted ${id}`)));
  });

  test('of more keys than one transaction writes: each once', async () => {
    await createHook(tenant, receiver.url, ['API_KEY_DELETED']);
    const application = await tenant.application();
    const { id } = await tenant.key({ namespaceId: application });
    const columns = (await sql<Record<string, unknown>>(service, 'SELECT * FROM api_keys WHERE id = ?', [id]))[0]!;
    const names = Object.keys(columns);
    const copies = Array.from({ length: 520 }, (_, n) => `${id.slice(0, -4)}${String(n).padStart(4, '0')}`).filter((copy) => copy !== id);
    const values = copies.map((copy) => names.map((name) => (name === 'id' ? copy : columns[name])));
    const places = values.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    await sql(service, `INSERT INTO api_keys (${names.join(', ')}) VALUES ${places}`, values.flat());
    await act('deleteNamespace(input: { id: $id }) { deletedNamespaceId }', application);
    await flush();
    expect(unordered(receiver.told)).toEqual(unordered([id, ...copies].map((each) => `apiKey.deleted ${each}`)));
  });

  test('no secret, digest or metadata of a key, and no shared secret (R25)', async () => {
    await createHook(tenant, receiver.url);
    const key = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + DAY) });
    await flush();
    const told = receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)).join('\n');
    expect(told).toContain(key.id);
    for (const hidden of [key.secret, key.key, secret, secret.slice(6), 'igest', 'metadata', 'hint', 'permissions'])
      expect(told).not.toContain(hidden);
  });
});

describe('an expiry is announced', () => {
  test('once, seven days ahead', async () => {
    await createHook(tenant, receiver.url, ['API_KEY_EXPIRING']);
    const expiresAt = new Date(service.clock.now().getTime() + 9 * DAY);
    const key = await tenant.key({ expiresAt });
    await flush();
    expect(receiver.told).toEqual([]);
    service.clock.advance(2 * DAY - 1);
    await flush();
    expect(receiver.told).toEqual([]);
    service.clock.advance(60_001);
    await flush();
    expect(receiver.told).toEqual([`apiKey.expiring ${key.id}`]);
    expect(receiver.received[0]).toMatchObject({
      id: `msg_expiring_${key.id.slice(4)}`,
      data: { expiresAt: expiresAt.toISOString(), status: 'ACTIVE' },
    });
    for (let day = 0; day < 10; day += 1) {
      service.clock.advance(DAY);
      await flush();
    }
    expect(receiver.told).toHaveLength(1);
    expect(await sql(service, 'SELECT * FROM webhook_deliveries WHERE api_key_id = ?', [key.id])).toEqual([]);
  });

  test('at once of a key that is made with less to live, after its making; of a revoked one never', async () => {
    await createHook(tenant, receiver.url, ['API_KEY_CREATED', 'API_KEY_EXPIRING']);
    const soon = { expiresAt: new Date(service.clock.now().getTime() + DAY) };
    const [key, revoked] = [await tenant.key(soon), await tenant.key(soon)];
    await revoke(revoked.id);
    await flush();
    expect(receiver.told.filter((each) => each.endsWith(key.id))).toEqual([`apiKey.created ${key.id}`, `apiKey.expiring ${key.id}`]);
    expect(receiver.told).not.toContain(`apiKey.expiring ${revoked.id}`);
  });
});

describe('rotating the shared secret', () => {
  test('messages are signed with the new and the old one for a day, then with the new one only', async () => {
    await createHook(tenant, receiver.url);
    const fresh = await rotate(tenant);
    await tenant.key();
    await flush();
    expect([secret, fresh].map((each) => isSigned(each, receiver.received[0]!))).toEqual([true, true]);
    expect(isSigned(await rotate(await foundTenant(service, 'Other')), receiver.received[0]!)).toBe(false);
    service.clock.advance(DAY);
    const now = jest.spyOn(Date, 'now').mockReturnValue(service.clock.now().getTime());
    await tenant.key({ by: await signIn(service, tenant.owner.email, tenant.owner.password, tenant.organizationId) });
    await flush();
    expect([secret, fresh].map((each) => isSigned(each, receiver.received[1]!))).toEqual([false, true]);
    now.mockRestore();
  });
});

describe('switched off', () => {
  test('a webhook is told nothing; on again, what happens from then on', async () => {
    const hook = await createHook(tenant, receiver.url);
    await tenant.key();
    await updateHook(tenant, hook, { active: false });
    await tenant.key();
    await flush();
    expect(receiver.told).toEqual([]);
    await updateHook(tenant, hook, { active: true });
    const key = await tenant.key();
    await flush();
    expect(receiver.told).toEqual([`apiKey.created ${key.id}`]);
  });
});
