import { parseCredential, retiredAmong } from '../../src/keys/index.js';
import {
  ApiKeyDocument,
  ReactivateApiKeyDocument,
  RegenerateApiKeyDocument,
  type RegenerateApiKeyInput,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const attempt = (id: string, more: Omit<RegenerateApiKeyInput, 'id'> = {}, by = owner) =>
  by.send(RegenerateApiKeyDocument, { input: { id, ...more } });
/** Regenerates a key: what its new bearer has. */
async function regenerate({ id }: TestKey, more: Omit<RegenerateApiKeyInput, 'id'> = {}, by = owner): Promise<TestKey> {
  const { key, secret, apiKey } = (await by.ask(RegenerateApiKeyDocument, { input: { id, ...more } })).regenerateApiKey;
  return { id: apiKey.id, key, secret, client: service.anonymous.as(key) };
}
const show = async ({ id }: TestKey, by = owner) => (await by.ask(ApiKeyDocument, { id })).apiKey;
const revoke = ({ id }: TestKey, more: object = {}, by = owner) => by.ask(RevokeApiKeyDocument, { input: { id, ...more } });
const reactivate = ({ id }: TestKey, by = owner) => by.ask(ReactivateApiKeyDocument, { input: { id } });
const code = async (key: TestKey): Promise<string> => (await verify(gateway, key)).code;
const codes = async (...keys: TestKey[]): Promise<string[]> => Promise.all(keys.map(code));
const doors = async (...keys: TestKey[]): Promise<number[]> =>
  Promise.all(keys.map(async ({ client }) => (await client.send(ViewerDocument, {})).status));
const later = (milliseconds: number): Date => new Date(service.clock.now().getTime() + milliseconds);
const parsed = ({ key }: TestKey) => {
  const credential = parseCredential(key);
  if (!credential) throw new Error('a test has a malformed credential');
  return credential;
};
const retired = (...keys: TestKey[]): Promise<boolean[]> => retiredAmong(service.app.database.reader, keys.map(parsed));

describe('grace', () => {
  test('lets both secrets work until its end, to the instant: one millisecond before, at it, after it (S2.11, C5, C17)', async () => {
    const old = await tenant.key();
    const next = await regenerate(old, { graceSeconds: 90 });
    const end = later(90_000);
    expect((await show(old))?.previousSecretExpiresAt).toBe(end.toISOString());
    expect([await codes(old, next), await doors(old, next)]).toEqual([
      ['VALID', 'VALID'],
      [200, 200],
    ]);
    service.clock.set(new Date(end.getTime() - 1));
    expect([await codes(old, next), await doors(old, next)]).toEqual([
      ['VALID', 'VALID'],
      [200, 200],
    ]);
    for (const instant of [end, new Date(end.getTime() + 1)]) {
      service.clock.set(instant);
      expect([await codes(old, next), await doors(old, next)]).toEqual([
        ['NOT_FOUND', 'VALID'],
        [401, 200],
      ]);
      expect((await show(old))?.previousSecretExpiresAt).toBeNull();
    }
    expect(await retired(old)).toEqual([true]);
  });

  test('never passes the expiry of the key (C5)', async () => {
    const expiresAt = later(60_000);
    const old = await tenant.key({ expiresAt });
    const next = await regenerate(old, { graceSeconds: 86_400 });
    expect(await show(old)).toMatchObject({ previousSecretExpiresAt: expiresAt.toISOString(), expiresAt: expiresAt.toISOString() });
    service.clock.set(new Date(expiresAt.getTime() - 1));
    expect(await codes(old, next)).toEqual(['VALID', 'VALID']);
    service.clock.set(expiresAt);
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'EXPIRED']);
  });

  test('of an earlier regeneration ends with the next one: at most two secrets live (C5)', async () => {
    const first = await tenant.key();
    const second = await regenerate(first, { graceSeconds: 3_600 });
    const third = await regenerate(first, { graceSeconds: 60 });
    expect(await codes(first, second, third)).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
    const fourth = await regenerate(first);
    expect(await codes(first, second, third, fourth)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'VALID']);
  });

  test('ends for good when the key is revoked, also after it is reactivated (C2, C5)', async () => {
    const old = await tenant.key();
    const next = await regenerate(old, { graceSeconds: 3_600 });
    await revoke(old);
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'INACTIVE']);
    expect((await show(old))?.previousSecretExpiresAt).toBeNull();
    await reactivate(old);
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'VALID']);
    expect(await retired(old)).toEqual([true]);
  });

  test('ends when the user is removed', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const old = await tenant.key({ by: ada.client });
    const next = await regenerate(old, { graceSeconds: 3_600 }, ada.client);
    await tenant.removeUser(ada.id);
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'INACTIVE']);
  });

  test('gives the old secret nothing that the new one has not: it is the same key, and what is edited holds for both', async () => {
    const old = await tenant.key({ permissions: ['event:submit', 'workspace:view'] });
    const next = await regenerate(old, { graceSeconds: 60 });
    await owner.ask(UpdateApiKeyDocument, { input: { id: old.id, permissions: ['event:submit'] } });
    for (const each of [old, next]) expect((await verify(gateway, each)).effectivePermissions).toEqual(['event:submit']);
  });
});

describe('the old secret, where somebody else regenerates the key,', () => {
  let admin: TestPerson;
  let old: TestKey;
  let next: TestKey;

  beforeEach(async () => {
    const ada = await tenant.person('Ada', ['rol_admin']);
    admin = await tenant.person('Former admin', ['rol_event_writer']);
    const post = await tenant.grant(admin.id, 'rol_admin');
    old = await tenant.key({ by: admin.client, forUser: ada.id, permissions: ['apiKey:create', 'event:submit', 'organization:view'] });
    await tenant.revokeGrant(post);
    next = await regenerate(old, { graceSeconds: 60 });
  });

  test('is worth what its own issuer and the user hold, and nothing of what the new issuer holds (C5, C12, R77)', async () => {
    expect((await verify(gateway, old)).effectivePermissions).toEqual(['event:submit', 'organization:view']);
    expect((await verify(gateway, next)).effectivePermissions).toEqual(['apiKey:create', 'event:submit', 'organization:view']);
    await tenant.setActive(admin.id, false);
    expect(await codes(old, next)).toEqual(['HOLDER_LOST_ACCESS', 'VALID']);
    expect(await doors(old, next)).toEqual([401, 200]);
  });

  test('is worth no more at the doors of this API', async () => {
    const child = { permissions: ['event:submit'] };
    await expect(tenant.key({ by: old.client, ...child })).rejects.toThrow(/FORBIDDEN/);
    expect(await code(await tenant.key({ by: next.client, ...child }))).toBe('VALID');
  });

  test('is capped by its latest holder once more where the key is regenerated again', async () => {
    const third = await regenerate(old, { graceSeconds: 60 });
    await tenant.setActive(admin.id, false);
    expect(await codes(old, next, third)).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
  });
});

describe('a key that is not active', () => {
  test('stays inactive, and its old secret has no grace: what does not work has nothing to overlap (C5)', async () => {
    const old = await tenant.key();
    await revoke(old);
    const next = await regenerate(old, { graceSeconds: 3_600 });
    expect(await show(old)).toMatchObject({ status: 'INACTIVE', generation: 2, previousSecretExpiresAt: null });
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'INACTIVE']);
    await reactivate(old);
    expect(await codes(old, next)).toEqual(['NOT_FOUND', 'VALID']);
  });

  test('is not brought back by its user where an admin revoked it (C2, R80)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const old = await tenant.key({ by: ada.client });
    await revoke(old);
    const next = await regenerate(old, {}, ada.client);
    expect(await code(next)).toBe('INACTIVE');
    expect((await show(old))?.revocation).toMatchObject({ by: { id: tenant.owner.id } });
    expect(await ada.client.send(ReactivateApiKeyDocument, { input: { id: old.id } })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is refused when it was revoked for good, or has expired, and keeps its secret and generation (C1, C5)', async () => {
    const expiresAt = later(1_000);
    const [ended, expired] = [await tenant.key(), await tenant.key({ expiresAt })];
    await revoke(ended, { permanent: true });
    service.clock.set(new Date(expiresAt.getTime() - 1));
    const next = await regenerate(expired);
    service.clock.set(expiresAt);
    for (const { id } of [ended, expired]) expect(await attempt(id)).toMatchObject({ code: 'CONFLICT', field: 'input.id', data: null });
    expect(await codes(ended, expired, next)).toEqual(['INACTIVE', 'NOT_FOUND', 'EXPIRED']);
    expect([(await show(ended))?.generation, (await show(expired))?.generation]).toEqual([1, 2]);
  });

  test('a child of a key regenerates like any other, and still works only while its parent does (R78)', async () => {
    const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'], expiresAt: later(60_000) });
    const child = await tenant.key({ by: parent.client, permissions: ['event:submit'], expiresAt: later(60_000) });
    const next = await regenerate(child);
    expect(await codes(child, next)).toEqual(['NOT_FOUND', 'VALID']);
    await revoke(parent);
    expect(await code(next)).toBe('INACTIVE');
  });

  test('a child of a key that is revoked has no grace any more, also once its parent works again (C2, C5)', async () => {
    const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'] });
    const child = await tenant.key({ by: parent.client, permissions: ['event:submit'] });
    const next = await regenerate(child, { graceSeconds: 3_600 });
    await revoke(parent);
    await reactivate(parent);
    expect(await codes(child, next)).toEqual(['NOT_FOUND', 'VALID']);
  });
});
