import {
  ApiKeyDocument,
  ApiKeysDocument,
  DeleteApiKeyDocument,
  NodeDocument,
  ReactivateApiKeyDocument,
  RegenerateApiKeyDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

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

const revoke = (id: string, more: object = {}, by = owner) => by.send(RevokeApiKeyDocument, { input: { id, ...more } });
const reactivate = (id: string, by = owner) => by.send(ReactivateApiKeyDocument, { input: { id } });
const remove = (id: string, by = owner) => by.send(DeleteApiKeyDocument, { input: { id } });
const show = async (id: string, by = owner) => (await by.ask(ApiKeyDocument, { id })).apiKey;
const code = async (key: TestKey): Promise<string> => (await verify(gateway, key)).code;
const atTheDoor = async (key: TestKey): Promise<number> => (await key.client.send(ViewerDocument, {})).status;
const inAnHour = (): Date => new Date(service.clock.now().getTime() + 3_600_000);

describe('revoking', () => {
  test('stops a key at once, for every use, and keeps all of its history (S2.8, S2.12, S3.10, C2)', async () => {
    const key = await tenant.key();
    expect([await code(key), await atTheDoor(key)]).toEqual(['VALID', 200]);
    const revoked = await revoke(key.id, { reason: 'Seen in a log' });
    const revocation = { at: service.clock.now().toISOString(), by: { id: tenant.owner.id }, reason: 'Seen in a log', permanent: false };
    expect(revoked.data?.revokeApiKey.apiKey).toMatchObject({ status: 'INACTIVE', revocation, effectivePermissions: [] });
    expect(await verify(gateway, key)).toMatchObject({ valid: false, code: 'INACTIVE', httpStatus: 401, effectivePermissions: [] });
    expect(await atTheDoor(key)).toBe(401);
    expect((await owner.ask(ApiKeysDocument, {})).apiKeys.nodes.map(({ id }) => id)).toContain(key.id);
    expect(await show(key.id)).toMatchObject({ status: 'INACTIVE', permissions: expect.arrayContaining(['event:submit']), revocation });
  });

  test('works whether or not the key has an expiry, and after it (S3.7, S3.10)', async () => {
    const [forEver, expiring] = [await tenant.key(), await tenant.key({ expiresAt: inAnHour() })];
    for (const { id } of [forEver, expiring]) expect((await revoke(id)).code).toBe('OK');
    const late = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 1_000) });
    service.clock.advance(1_000);
    expect(await show(late.id)).toMatchObject({ status: 'EXPIRED' });
    expect((await revoke(late.id)).data?.revokeApiKey.apiKey.status).toBe('INACTIVE');
  });

  test('again is fine, and changes neither when nor by whom it was done; what is permanent stays so', async () => {
    const key = await tenant.key();
    await revoke(key.id, { reason: 'First' });
    const first = (await show(key.id))?.revocation;
    service.clock.advance(1_000);
    const again = (await revoke(key.id, { reason: 'Second', permanent: true })).data?.revokeApiKey.apiKey.revocation;
    expect(again).toEqual({ ...first, permanent: true });
    expect((await revoke(key.id, { permanent: false })).data?.revokeApiKey.apiKey.revocation).toMatchObject({ permanent: true });
  });

  test('refuses a reason of 501 characters, and what is no key', async () => {
    const { id } = await tenant.key();
    expect(await revoke(id, { reason: 'r'.repeat(501) })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.reason' });
    for (const act of [revoke, reactivate, remove]) {
      expect(await act('key')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
      for (const absent of ['key_01jzzzzzzzzzzzzzzzzzzzzzzz', tenant.organizationId]) {
        expect(await act(absent)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
      }
    }
  });

  test('is what a key may do to itself, and to no other key, whatever it carries (R78)', async () => {
    const [key, other] = [await tenant.key(), await tenant.key()];
    expect((await show(key.id))?.permissions).toContain('apiKey:manage');
    expect(await revoke(other.id, {}, key.client)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await revoke(key.id, {}, key.client)).data?.revokeApiKey.apiKey).toMatchObject({ id: key.id, status: 'INACTIVE' });
    expect(await atTheDoor(key)).toBe(401);
    expect(await atTheDoor(other)).toBe(200);
  });
});

describe('reactivating', () => {
  test('brings back the same key with the same secret, its permissions and its expiry (C1, C2)', async () => {
    const expiresAt = inAnHour();
    const key = await tenant.key({ permissions: ['event:submit'], expiresAt });
    await revoke(key.id);
    expect((await reactivate(key.id)).data?.reactivateApiKey.apiKey).toMatchObject({
      status: 'ACTIVE',
      revocation: null,
      permissions: ['event:submit'],
      expiresAt: expiresAt.toISOString(),
    });
    expect([await code(key), await atTheDoor(key)]).toEqual(['VALID', 200]);
    expect((await reactivate(key.id)).code).toBe('OK');
  });

  test('is CONFLICT after a permanent revocation, for everybody (C2)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const key = await tenant.key({ by: ada.client });
    await revoke(key.id, { permanent: true }, ada.client);
    for (const by of [ada.client, owner]) expect(await reactivate(key.id, by)).toMatchObject({ code: 'CONFLICT', field: 'input.id' });
    expect(await code(key)).toBe('INACTIVE');
  });

  test('is for who revoked it, or with apiKey:manage: its user does not undo what an admin did (C2, R80)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const key = await tenant.key({ by: ada.client });
    await revoke(key.id, {}, ada.client);
    expect((await reactivate(key.id, ada.client)).code).toBe('OK');

    await revoke(key.id);
    const forbidden = { code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['apiKey:manage'] } }] };
    expect(await reactivate(key.id, ada.client)).toMatchObject(forbidden);
    // Revoking it again oneself takes nothing over.
    expect((await revoke(key.id, {}, ada.client)).data?.revokeApiKey.apiKey.revocation).toMatchObject({ by: { id: tenant.owner.id } });
    expect(await reactivate(key.id, ada.client)).toMatchObject(forbidden);
    // And what its user has revoked, an admin may take over.
    expect((await reactivate(key.id)).code).toBe('OK');
    await revoke(key.id, {}, ada.client);
    await revoke(key.id);
    expect(await reactivate(key.id, ada.client)).toMatchObject(forbidden);
  });

  test('is nothing for others, nor for keys (R78)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const [key, strong] = [await tenant.key({ by: ada.client }), await tenant.key()];
    await revoke(key.id);
    const [bob, auditor] = [await tenant.person('Bob', ['rol_event_writer']), await tenant.person('Auditor', ['rol_viewer'])];
    for (const act of [reactivate, remove]) {
      expect(await act(key.id, auditor.client)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await act(key.id, strong.client)).toMatchObject({ code: 'FORBIDDEN' });
      for (const by of [bob.client, (await foundTenant(service)).owner.client])
        expect(await act(key.id, by)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await act(key.id, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  test('hands on what the key can do again: who holds less is told what exceeds them', async () => {
    const workspace = await tenant.workspace(await tenant.application());
    const key = await tenant.key({ namespaceId: workspace, permissions: ['workspace:edit'] });
    const clerk = await tenant.person('Clerk', [await tenant.role('Clerk', 'apiKey:manage')]);
    await revoke(key.id, {}, clerk.client);
    const refused = await reactivate(key.id, clerk.client);
    expect(refused.code).toBe('EXCEEDS_AUTHORITY');
    expect(refused.errors[0]?.extensions['excess']).toEqual([{ namespaceId: workspace, permissions: ['workspace:edit'] }]);
    await tenant.grant(clerk.id, 'rol_editor', workspace);
    expect((await reactivate(key.id, clerk.client)).code).toBe('OK');
  });
});

describe('expiry', () => {
  test('comes to the instant: now == expiresAt is expired, at verification and at the doors (S3.8, S2.6, S2.13, C17)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 60_007);
    const key = await tenant.key({ expiresAt });
    service.clock.set(new Date(expiresAt.getTime() - 1));
    expect([(await show(key.id))?.status, await code(key), await atTheDoor(key)]).toEqual(['ACTIVE', 'VALID', 200]);
    for (const instant of [expiresAt, new Date(expiresAt.getTime() + 1)]) {
      service.clock.set(instant);
      expect(await show(key.id)).toMatchObject({ status: 'EXPIRED', effectivePermissions: [], expiresAt: expiresAt.toISOString() });
      expect(await verify(gateway, key)).toMatchObject({ valid: false, code: 'EXPIRED', httpStatus: 401 });
      expect(await atTheDoor(key)).toBe(401);
    }
  });

  test('of a key comes to the instant to the keys that it made as well (S3.8, C17, R78)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 60_007);
    const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'], expiresAt });
    const child = await tenant.key({ by: parent.client, permissions: ['event:submit'], expiresAt });
    const found = async () => [await code(parent), await code(child), (await show(child.id))?.status, await atTheDoor(child)];
    service.clock.set(new Date(expiresAt.getTime() - 1));
    expect(await found()).toEqual(['VALID', 'VALID', 'ACTIVE', 200]);
    for (const instant of [expiresAt, new Date(expiresAt.getTime() + 1)]) {
      service.clock.set(instant);
      expect(await found()).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED', 401]);
    }
  });

  test('is moved by nothing: not by an edit, not by revoking, reactivating and regenerating (S3.9, C1, R17)', async () => {
    const expiresAt = inAnHour();
    const { id } = await tenant.key({ expiresAt });
    const edited = await owner.ask(UpdateApiKeyDocument, { input: { id, name: 'N', description: 'D', permissions: ['event:submit'] } });
    expect(edited.updateApiKey.apiKey.expiresAt).toBe(expiresAt.toISOString());
    service.clock.advance(60_000);
    await revoke(id);
    expect((await reactivate(id)).data?.reactivateApiKey.apiKey.expiresAt).toBe(expiresAt.toISOString());
    const regenerated = await owner.ask(RegenerateApiKeyDocument, { input: { id } });
    expect(regenerated.regenerateApiKey.apiKey.expiresAt).toBe(expiresAt.toISOString());
  });

  test('of a key that is revoked as well is told as INACTIVE, and the key is never reactivated (C18)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 1_000);
    const [revoked, left] = [await tenant.key({ expiresAt }), await tenant.key({ expiresAt })];
    await revoke(revoked.id);
    service.clock.set(expiresAt);
    expect([(await show(revoked.id))?.status, await code(revoked)]).toEqual(['INACTIVE', 'INACTIVE']);
    expect([(await show(left.id))?.status, await code(left)]).toEqual(['EXPIRED', 'EXPIRED']);
    for (const { id } of [revoked, left]) expect(await reactivate(id)).toMatchObject({ code: 'CONFLICT', field: 'input.id' });
  });
});

test('a key is Active, Inactive and Active again, Expired, and then gone, and its trail tells each step (S2.6, S2.8, S2.11, S2.12, S3.8, S3.10, S0.14)', async () => {
  const expiresAt = new Date(service.clock.now().getTime() + 60_000);
  const key = await tenant.key({ expiresAt });
  const status = async () => (await show(key.id))?.status;
  expect(await status()).toBe('ACTIVE');
  await revoke(key.id);
  expect(await status()).toBe('INACTIVE');
  await reactivate(key.id);
  expect(await status()).toBe('ACTIVE');
  await owner.ask(RegenerateApiKeyDocument, { input: { id: key.id } });
  expect(await status()).toBe('ACTIVE');
  service.clock.set(expiresAt);
  expect(await status()).toBe('EXPIRED');
  await remove(key.id);
  expect(await status()).toBeUndefined();
  const kept = await service.app.database.reader.query('SELECT action FROM audit_events WHERE target_id = ? ORDER BY sequence', [key.id]);
  const told = (kept as { action: string }[]).map(({ action }) => action);
  expect(told).toEqual(['create', 'revoke', 'reactivate', 'regenerate', 'delete'].map((verb) => `apiKey.${verb}`));
});

describe('deleting', () => {
  test('ends a key at once and for good, and takes it out of every answer (S0.14, S0.15, C2, C3, R22)', async () => {
    const key = await tenant.key();
    expect((await remove(key.id)).data?.deleteApiKey).toEqual({ deletedApiKeyId: key.id });
    expect(await verify(gateway, key)).toMatchObject({ valid: false, code: 'NOT_FOUND', httpStatus: 401, apiKeyId: null, name: null });
    expect(await atTheDoor(key)).toBe(401);
    expect(await show(key.id)).toBeNull();
    expect((await owner.ask(NodeDocument, { id: key.id })).node).toBeNull();
    expect((await owner.ask(ApiKeysDocument, {})).apiKeys).toMatchObject({ totalCount: 1, nodes: [{ id: gateway.id }] });
    const nested = `query ($o: ID!, $u: ID!) { namespace(id: $o) { apiKeys { totalCount } } user(id: $u) { apiKeys { totalCount } } }`;
    expect(await owner.ask(nested, { o: tenant.organizationId, u: tenant.owner.id })).toEqual({
      namespace: { apiKeys: { totalCount: 1 } },
      user: { apiKeys: { totalCount: 1 } },
    });
  });

  test('is final: nothing finds, changes or brings back what is gone (C2, R21)', async () => {
    const { id } = await tenant.key();
    await remove(id);
    const rename = (absent: string) => owner.send(UpdateApiKeyDocument, { input: { id: absent, name: 'Again' } });
    for (const act of [remove, revoke, reactivate, rename]) expect(await act(id)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
  });

  test('leaves the record of what was done (S2.8, C3)', async () => {
    const { id } = await tenant.key();
    await revoke(id);
    await remove(id);
    const kept = await service.app.database.reader.query('SELECT action FROM audit_events WHERE target_id = ? ORDER BY sequence', [id]);
    expect(kept).toMatchObject([{ action: 'apiKey.create' }, { action: 'apiKey.revoke' }, { action: 'apiKey.delete' }]);
  });

  test('works on a key that is revoked or expired as well', async () => {
    const [revoked, expired] = [await tenant.key(), await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 1_000) })];
    await revoke(revoked.id, { permanent: true });
    service.clock.advance(1_000);
    for (const { id } of [revoked, expired]) expect((await remove(id)).code).toBe('OK');
  });
});

describe('the people behind a key', () => {
  test('deactivated: it denies, and comes back with the person; what was revoked before stays revoked (C14, R7, R20)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const [key, revoked] = [await tenant.key({ by: ada.client }), await tenant.key({ by: ada.client })];
    await revoke(revoked.id, {}, ada.client);
    await tenant.setActive(ada.id, false);
    expect(await verify(gateway, key)).toMatchObject({ code: 'HOLDER_LOST_ACCESS', httpStatus: 403, effectivePermissions: [] });
    expect(await atTheDoor(key)).toBe(401);
    expect(await code(revoked)).toBe('INACTIVE');
    await tenant.setActive(ada.id, true);
    expect([await code(key), await atTheDoor(key)]).toEqual(['VALID', 200]);
    expect(await code(revoked)).toBe('INACTIVE');
  });

  test('removed: their own keys are revoked for good, as the keys themselves tell (C14, R7)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const [key, revoked] = [await tenant.key({ by: ada.client }), await tenant.key({ by: ada.client })];
    await revoke(revoked.id, { reason: 'Before' }, ada.client);
    await tenant.removeUser(ada.id);
    expect([await code(key), await atTheDoor(key), await code(revoked)]).toEqual(['INACTIVE', 401, 'INACTIVE']);
    expect((await show(key.id))?.revocation).toMatchObject({ permanent: true, by: { id: tenant.owner.id } });
    expect((await show(revoked.id))?.revocation).toMatchObject({ permanent: true, by: { id: ada.id }, reason: 'Before' });
    for (const { id } of [key, revoked]) expect(await reactivate(id)).toMatchObject({ code: 'CONFLICT' });
  });
});
