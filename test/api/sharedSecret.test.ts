import { RevealSharedSecretDocument, RotateSharedSecretDocument } from '../generated/documents.js';
import { holds, writtenDown } from '../security/support/secrets.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { eventsOf } from '../support/trail.js';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const inputOf = ({ organizationId }: TestTenant) => ({ input: { organizationId } });
const rotate = async (of = tenant, by = of.owner.client) => (await by.ask(RotateSharedSecretDocument, inputOf(of))).rotateSharedSecret;
const reveal = async (of = tenant, by = of.owner.client) => (await by.ask(RevealSharedSecretDocument, inputOf(of))).revealSharedSecret;
const codes = async (by: Client, of = tenant) => [
  (await by.send(RotateSharedSecretDocument, inputOf(of))).code,
  (await by.send(RevealSharedSecretDocument, inputOf(of))).code,
];
const signers = ({ organizationId }: TestTenant) =>
  service.app.sharedSecrets.signing(service.app.database.reader, organizationId, service.clock.now());
const inBase64 = async (of = tenant) => (await signers(of)).map((each) => `whsec_${each.toString('base64')}`);

describe('the shared secret of an organization (S1.3, S1.4)', () => {
  test('is created as Standard Webhooks write it, and can be read again (C4)', async () => {
    const created = await rotate();
    expect(created).toEqual({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), createdAt: service.clock.now().toISOString() });
    service.clock.advance(1_000);
    expect(await reveal()).toEqual(created);
  });

  test('is not there before it is created: CONFLICT says how', async () => {
    const { code, field, errors } = await tenant.owner.client.send(RevealSharedSecretDocument, inputOf(tenant));
    expect([code, field]).toEqual(['CONFLICT', 'input.organizationId']);
    expect(errors[0]?.message).toContain('rotateSharedSecret');
  });

  test('is replaced by rotating; the one before signs as well for 24 hours, and any before that not at all', async () => {
    const [first, second] = [await rotate(), await rotate()];
    expect(await inBase64()).toEqual([second.secret, first.secret]);
    const third = await rotate();
    expect(new Set([first.secret, second.secret, third.secret]).size).toBe(3);
    expect(await reveal()).toEqual(third);
    expect(await inBase64()).toEqual([third.secret, second.secret]);
    service.clock.advance(86_400_000 - 1);
    expect(await inBase64()).toEqual([third.secret, second.secret]);
    service.clock.advance(1);
    expect(await inBase64()).toEqual([third.secret]);
  });

  test('rotated by two at once: one comes after the other, and both answers are secrets that sign', async () => {
    const told = (await Promise.all([rotate(), rotate()])).map(({ secret }) => secret);
    expect((await inBase64()).sort()).toEqual(told.sort());
    const { secret } = await reveal();
    expect((await inBase64())[0]).toBe(secret);
  });

  test('each rotation and each reading is in the trail, without the secret', async () => {
    const [first, second] = [await rotate(), await rotate()];
    await reveal();
    const events = (await eventsOf(service, tenant.organizationId)).filter(({ action }) => action.startsWith('sharedSecret'));
    expect(events.map(({ action, changes }) => [action, changes])).toEqual([
      ['sharedSecret.rotate', { after: { replaced: false, previousSignsUntil: null } }],
      ['sharedSecret.rotate', { after: { replaced: true, previousSignsUntil: expect.any(String) } }],
      ['sharedSecret.reveal', { after: { revealed: second.createdAt } }],
    ]);
    for (const event of events) expect(event).toMatchObject({ actorId: tenant.owner.id, targetId: tenant.organizationId });
    expect(holds(JSON.stringify(events), [first.secret.slice(6), second.secret.slice(6)])).toBe(false);
  });

  test('is in no table, log line or error in clear (R25)', async () => {
    const told = [await rotate(), await rotate()].map(({ secret }) => secret);
    await reveal();
    const keys = told.map((secret) => Buffer.from(secret.slice(6), 'base64'));
    const parts = [...told.map((secret) => secret.slice(6)), ...keys.flatMap((key) => [key.toString('latin1'), key.toString('hex')])];
    const written = await writtenDown(service);
    expect(written).toContain(tenant.organizationId);
    expect(holds(written, parts)).toBe(false);
    expect(holds(service.logged.join('\n'), parts)).toBe(false);
  });

  test('opens as no other organization’s, also for whoever can write the database', async () => {
    await rotate();
    const other = await foundTenant(service, 'Other');
    await rotate(other);
    const [theirs] = await sql<{ sealed: Buffer }>(service, 'SELECT sealed FROM shared_secrets WHERE organization_id = ?', [
      other.organizationId,
    ]);
    await sql(service, 'UPDATE shared_secrets SET sealed = ? WHERE organization_id = ?', [theirs?.sealed, tenant.organizationId]);
    expect((await tenant.owner.client.send(RevealSharedSecretDocument, inputOf(tenant))).code).toBe('INTERNAL_SERVER_ERROR');
    expect(await reveal(other)).toMatchObject({ secret: expect.any(String) });
  });

  test('goes with its organization', async () => {
    const going = await foundTenant(service, 'Going');
    await rotate(going);
    await going.owner.client.ask('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', {
      id: going.organizationId,
    });
    expect(await sql(service, 'SELECT * FROM shared_secrets WHERE organization_id = ?', [going.organizationId])).toEqual([]);
  });
});

describe('who may', () => {
  test('an ADMIN may do both; each permission is for one of them; a viewer may do neither', async () => {
    await rotate();
    const rotator = await tenant.role('Rotator', 'sharedSecret:manage', 'organization:view');
    const reader = await tenant.role('Reader', 'sharedSecret:reveal', 'organization:view');
    const people = {
      admin: await tenant.person('Admin', ['rol_admin']),
      rotator: await tenant.person('Rotator', [rotator]),
      reader: await tenant.person('Reader', [reader]),
      viewer: await tenant.person('Viewer', ['rol_viewer']),
      nobody: await tenant.person('Nobody'),
    };
    expect(await codes(people.admin.client)).toEqual(['OK', 'OK']);
    expect(await codes(people.rotator.client)).toEqual(['OK', 'FORBIDDEN']);
    expect(await codes(people.reader.client)).toEqual(['FORBIDDEN', 'OK']);
    expect(await codes(people.viewer.client)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await codes(people.nobody.client)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect(await codes(service.anonymous)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  test('a key may rotate with the permission, at home in the organization, and never reveals (C22)', async () => {
    await rotate();
    const key = await tenant.key({ permissions: ['sharedSecret:manage', 'organization:view'] });
    expect(await codes(key.client)).toEqual(['OK', 'FORBIDDEN']);
    const elsewhere = await tenant.key({ namespaceId: await tenant.application() });
    expect(await codes(elsewhere.client)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test('for the owner of another tenant there is no such organization', async () => {
    await rotate();
    const { owner } = await foundTenant(service, 'Other');
    expect(await codes(owner.client)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });
});
