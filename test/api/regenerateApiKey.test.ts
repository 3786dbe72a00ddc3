import { parseCredential, retiredAmong } from '../../src/keys/index.js';
import {
  ApiKeyDocument,
  DeleteApiKeyDocument,
  RegenerateApiKeyDocument,
  type RegenerateApiKeyInput,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
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

const attempt = (id: string, more: Omit<RegenerateApiKeyInput, 'id'> = {}, by = owner) =>
  by.send(RegenerateApiKeyDocument, { input: { id, ...more } });
/** Regenerates a key: what its new bearer has. */
async function regenerate({ id }: TestKey, more: Omit<RegenerateApiKeyInput, 'id'> = {}, by = owner): Promise<TestKey> {
  const { key, secret, apiKey } = (await by.ask(RegenerateApiKeyDocument, { input: { id, ...more } })).regenerateApiKey;
  return { id: apiKey.id, key, secret, client: service.anonymous.as(key) };
}
const show = async ({ id }: TestKey, by = owner) => (await by.ask(ApiKeyDocument, { id })).apiKey;
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

describe('the same key with a new secret', () => {
  test('keeps its id, name, permissions, configuration and expiry; the old secret stops at once (S2.11, S4.10, C1, C5, R17)', async () => {
    const old = await tenant.key({ name: 'Export', permissions: ['event:submit', 'workspace:view'], expiresAt: later(3_600_000) });
    const before = await show(old);
    service.clock.advance(1_000);
    const answer = await attempt(old.id);
    const { key, secret } = answer.data?.regenerateApiKey ?? { key: '', secret: '' };
    expect(key).not.toBe(old.key);
    expect(key).toBe(`${before?.hint}_${secret}`);
    const next: TestKey = { id: old.id, key, secret, client: service.anonymous.as(key) };
    expect(await show(old)).toEqual({ ...before, generation: 2, updatedAt: service.clock.now().toISOString() });
    expect([await codes(old, next), await doors(old, next)]).toEqual([
      ['NOT_FOUND', 'VALID'],
      [401, 200],
    ]);
    const basic = (each: TestKey) => service.anonymous.with({ authorization: `Basic ${btoa(`${each.id}:${each.secret}`)}` });
    expect((await basic(next).send(ViewerDocument, {})).status).toBe(200);
    expect((await basic(old).send(ViewerDocument, {})).status).toBe(401);
  });

  test('is told once: nothing that is shown later holds it, nor does the trail (S2.10, S4.8, R25)', async () => {
    const old = await tenant.key();
    const next = await regenerate(old, { graceSeconds: 60 });
    const digest = parsed(next).digest.toString('hex');
    const shown = JSON.stringify([
      await show(old),
      await sql(service, 'SELECT * FROM audit_events WHERE target_id = ?', [old.id]),
      service.logged,
    ]);
    for (const each of [old, next]) expect(shown).not.toContain(each.secret);
    expect(shown.toLowerCase()).not.toContain(digest);
  });

  test('a wrong secret, an unknown key and a retired secret get one and the same answer (R34)', async () => {
    const [old, gone] = [await tenant.key(), await tenant.key()];
    await regenerate(old);
    await owner.ask(DeleteApiKeyDocument, { input: { id: gone.id } });
    const [ofOld, ofGone] = [await verify(gateway, old), await verify(gateway, gone)];
    expect(ofOld).toEqual(ofGone);
    expect(ofOld).toMatchObject({ valid: false, code: 'NOT_FOUND', httpStatus: 401, apiKeyId: null, name: null });
  });

  test('every retired secret is recognised, from the moment it was replaced, and no other one is', async () => {
    const [first, other] = [await tenant.key(), await tenant.key()];
    const second = await regenerate(first, { graceSeconds: 60 });
    expect(await retired(first, second, other)).toEqual([true, false, false]);
    const third = await regenerate(first);
    expect(await retired(third, second, first, other)).toEqual([false, true, true, false]);
    // The secret of one key says nothing about another key.
    expect(await retiredAmong(service.app.database.reader, [{ keyId: other.id, digest: parsed(first).digest }])).toEqual([false]);
    expect(await retiredAmong(service.app.database.reader, [])).toEqual([]);
  });

  test('no statement takes a retired secret back', async () => {
    const old = await tenant.key();
    await regenerate(old);
    await expect(sql(service, 'DELETE FROM retired_secrets WHERE api_key_id = ?', [old.id])).rejects.toThrow('append-only');
    await expect(sql(service, 'UPDATE retired_secrets SET retired_at = NULL WHERE api_key_id = ?', [old.id])).rejects.toThrow();
    expect(await retired(old)).toEqual([true]);
  });

  test('is told in the trail with who stood behind it before and after, and with no secret (R66)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const key = await tenant.key({ by: ada.client });
    await regenerate(key, { graceSeconds: 60 });
    const [event] = await sql<{ actor_id: string; changes: string | object }>(
      service,
      "SELECT actor_id, changes FROM audit_events WHERE action = 'apiKey.regenerate' AND target_id = ?",
      [key.id],
    );
    const changes: unknown = typeof event?.changes === 'string' ? JSON.parse(event.changes) : event?.changes;
    expect(event?.actor_id).toBe(tenant.owner.id);
    expect(changes).toEqual({
      before: { issuedBy: ada.id, generation: 1, previousSecretExpiresAt: null },
      after: { issuedBy: tenant.owner.id, generation: 2, previousSecretExpiresAt: later(60_000).toISOString() },
    });
  });
});

describe('the generation', () => {
  test('grows by one; one that is not the expected is CONFLICT and changes nothing', async () => {
    const key = await tenant.key();
    expect((await show(key))?.generation).toBe(1);
    const next = await regenerate(key, { expectedGeneration: 1 });
    const refused = await attempt(key.id, { expectedGeneration: 1 });
    expect(refused).toMatchObject({ code: 'CONFLICT', field: 'input.expectedGeneration', data: null });
    expect(refused.errors[0]?.message).toContain('generation 2');
    expect(await codes(key, next)).toEqual(['NOT_FOUND', 'VALID']);
    await regenerate(key, { expectedGeneration: 2 });
    expect((await show(key))?.generation).toBe(3);
  });
});

describe('who regenerates', () => {
  test('becomes the issuer; who created it never changes (C12)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const key = await tenant.key({ by: ada.client });
    await regenerate(key);
    expect(await show(key)).toMatchObject({ user: { id: ada.id }, createdBy: { id: ada.id }, issuedBy: { id: tenant.owner.id } });
    await regenerate(key, {}, ada.client);
    expect(await show(key)).toMatchObject({ createdBy: { id: ada.id }, issuedBy: { id: ada.id } });
  });

  test('of another’s key holds all that it was granted, or is told the excess, which is audited; then caps it (R77, C12)', async () => {
    const workspace = await tenant.workspace(await tenant.application());
    const ada = await tenant.person('Ada', ['rol_editor', workspace]);
    const key = await tenant.key({ by: ada.client, namespaceId: workspace, permissions: ['workspace:edit', 'workspace:view'] });
    const clerk = await tenant.person('Clerk', [await tenant.role('Clerk', 'apiKey:manage')], ['rol_viewer', workspace]);
    const refused = await attempt(key.id, {}, clerk.client);
    expect(refused).toMatchObject({ code: 'EXCEEDS_AUTHORITY', data: null });
    expect(refused.errors[0]?.extensions['excess']).toEqual([{ namespaceId: workspace, permissions: ['workspace:edit'] }]);
    expect(await code(key)).toBe('VALID');

    const grant = await tenant.grant(clerk.id, 'rol_editor', workspace);
    const next = await regenerate(key, {}, clerk.client);
    expect((await verify(gateway, next)).effectivePermissions).toEqual(['workspace:edit', 'workspace:view']);
    await tenant.revokeGrant(grant);
    expect((await verify(gateway, next)).effectivePermissions).toEqual(['workspace:view']);
  });

  test('holds it themselves: an owner who may recover a namespace does not stand behind its keys without a grant there', async () => {
    const ada = await tenant.person('Ada', ['rol_admin']);
    const application = await tenant.application('App', ada.client);
    const workspace = await tenant.workspace(application, 'Hers', ada.client);
    const key = await tenant.key({ by: ada.client, namespaceId: workspace, permissions: ['workspace:view'] });
    const refused = await attempt(key.id);
    expect(refused.code).toBe('EXCEEDS_AUTHORITY');
    expect(refused.errors[0]?.extensions['excess']).toEqual([{ namespaceId: workspace, permissions: ['workspace:view'] }]);
  });

  test('is never refused to the key’s own user for what exceeds them: the live cap holds (C12)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const grant = await tenant.grant(ada.id, 'rol_editor');
    const key = await tenant.key({ by: ada.client, permissions: ['event:submit', 'organization:edit'] });
    await tenant.revokeGrant(grant);
    const next = await regenerate(key, {}, ada.client);
    expect(await show(key)).toMatchObject({ permissions: ['event:submit', 'organization:edit'], effectivePermissions: ['event:submit'] });
    expect((await verify(gateway, next)).effectivePermissions).toEqual(['event:submit']);
  });

  test('takes over what somebody who left had issued, by the same key id (C14)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const robot = await tenant.serviceUser('Robot', ['rol_event_writer']);
    const key = await tenant.key({ by: admin.client, forUser: robot, permissions: ['event:submit'] });
    await tenant.removeUser(admin.id);
    expect(await code(key)).toBe('HOLDER_LOST_ACCESS');
    const next = await regenerate(key);
    expect([await codes(key, next), next.id]).toEqual([['NOT_FOUND', 'VALID'], key.id]);
    expect(await show(key)).toMatchObject({ issuedBy: { id: tenant.owner.id }, createdBy: { id: admin.id } });
  });

  test('is a person: no key does it, whatever it carries, not even to itself (R78)', async () => {
    const [key, other] = [await tenant.key(), await tenant.key()];
    expect((await show(key))?.permissions).toContain('apiKey:manage');
    for (const { id } of [key, other]) expect(await attempt(id, {}, key.client)).toMatchObject({ code: 'FORBIDDEN', data: null });
    expect(await codes(key, other)).toEqual(['VALID', 'VALID']);
  });

  test('is nobody who does not see the key, and not who only sees it (S4.9, S4.11)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const key = await tenant.key({ by: ada.client });
    const [bob, auditor] = [await tenant.person('Bob', ['rol_event_writer']), await tenant.person('Auditor', ['rol_viewer'])];
    const stranger = (await foundTenant(service)).owner;
    for (const { client } of [bob, stranger])
      expect(await attempt(key.id, {}, client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    expect(await attempt(key.id, {}, auditor.client)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: ['apiKey:manage'] } }],
    });
    expect(await attempt(key.id, {}, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await code(key)).toBe('VALID');
  });
});

describe('wrong input', () => {
  test.each([
    [{ graceSeconds: -1 }, 'input.graceSeconds'],
    [{ graceSeconds: 86_401 }, 'input.graceSeconds'],
    [{ expectedGeneration: 0 }, 'input.expectedGeneration'],
  ])('%j is refused by its field', async (more, field) => {
    const key = await tenant.key();
    expect(await attempt(key.id, more)).toMatchObject({ code: 'BAD_USER_INPUT', field, data: null });
    expect(await code(key)).toBe('VALID');
  });

  test('a whole day of grace is allowed, half a second is not a number of seconds', async () => {
    const key = await tenant.key();
    expect(await attempt(key.id, { graceSeconds: 0.5 })).toMatchObject({ code: 'BAD_USER_INPUT', data: undefined });
    expect((await attempt(key.id, { graceSeconds: 86_400 })).code).toBe('OK');
    expect((await show(key))?.previousSecretExpiresAt).toBe(later(86_400_000).toISOString());
  });

  test('what is no key, or is gone, is refused as every other act refuses it (R21, R22)', async () => {
    const gone = await tenant.key();
    await owner.ask(DeleteApiKeyDocument, { input: { id: gone.id } });
    expect(await attempt('key')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    for (const absent of ['key_01jzzzzzzzzzzzzzzzzzzzzzzz', tenant.organizationId, gone.id])
      expect(await attempt(absent)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
  });
});
