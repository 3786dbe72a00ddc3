import { CreateApiKeyDocument, type CreateApiKeyInput, UpdateApiKeyDocument, UpdateOrganizationDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let orders: string;
let ada: TestPerson;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  orders = await tenant.workspace(await tenant.application(), 'Orders');
  ada = await tenant.person('Ada', ['rol_service_author', orders]);
});
afterAll(() => service.stop());

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(service.clock.now().getTime() + days * DAY_MS).toISOString();

const set = (said: object, by = owner) => by.send(UpdateOrganizationDocument, { input: { id: tenant.organizationId, ...said } });
const create = (by: Client, more: Partial<CreateApiKeyInput> = {}) =>
  by.send(CreateApiKeyDocument, { input: { namespaceId: orders, environment: 'PRODUCTION', name: 'Key', ...more } });
const update = (by: Client, id: string, permissions: string[]) => by.send(UpdateApiKeyDocument, { input: { id, permissions } });
const settings = async () => {
  const document = 'query ($id: ID!) { namespace(id: $id) { ... on Organization { membersMayCreateApiKeys maxApiKeyLifetimeDays } } }';
  return (await owner.ask<{ namespace: object }>(document, { id: tenant.organizationId })).namespace;
};

describe('membersMayCreateApiKeys (C9)', () => {
  test('members may, until it is said otherwise, and again once that is taken back', async () => {
    expect(await settings()).toEqual({ membersMayCreateApiKeys: true, maxApiKeyLifetimeDays: null });
    expect(await create(ada.client)).toMatchObject({ code: 'OK' });
    const answer = await set({ membersMayCreateApiKeys: false });
    expect(answer.data?.updateOrganization.organization).toMatchObject({ membersMayCreateApiKeys: false });
    expect(await create(ada.client)).toMatchObject({ code: 'FORBIDDEN' });
    await set({ membersMayCreateApiKeys: true });
    expect(await create(ada.client)).toMatchObject({ code: 'OK' });
  });

  test('false: a member neither creates a key nor widens one, and is told what is missing', async () => {
    const key = await tenant.key({ by: ada.client, namespaceId: orders, permissions: ['service:manage'] });
    await set({ membersMayCreateApiKeys: false });
    for (const answer of [await create(ada.client), await update(ada.client, key.id, ['service:manage', 'event:submit'])]) {
      expect(answer).toMatchObject({ code: 'FORBIDDEN', data: null });
      expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['apiKey:createForUser', 'apiKey:manage']);
    }
  });

  test('false: all else of one’s own keys stays: they work, are narrowed, renamed, revoked, reactivated, regenerated, deleted', async () => {
    const gateway = await tenant.gateway();
    const key = await tenant.key({ by: ada.client, namespaceId: orders, permissions: ['service:manage', 'event:submit'] });
    await set({ membersMayCreateApiKeys: false });
    expect(await verify(gateway, key)).toMatchObject({ code: 'VALID' });
    expect(await update(ada.client, key.id, ['event:submit'])).toMatchObject({ code: 'OK' });
    expect(await ada.client.send(UpdateApiKeyDocument, { input: { id: key.id, name: 'Other' } })).toMatchObject({ code: 'OK' });
    for (const field of ['revokeApiKey', 'reactivateApiKey', 'regenerateApiKey', 'deleteApiKey'])
      expect(await ada.client.send(`mutation ($id: ID!) { ${field}(input: { id: $id }) { __typename } }`, { id: key.id })).toMatchObject({
        code: 'OK',
      });
  });

  test.each(['apiKey:createForUser', 'apiKey:manage'])(
    'false: whoever holds %s does both, in the namespace or in the organization',
    async (right) => {
      const role = await tenant.role('Keeper', right, 'organization:view');
      const here = await tenant.person('Here', ['rol_service_author', orders], [role, orders]);
      const everywhere = await tenant.person('Everywhere', ['rol_service_author', orders], [role]);
      await set({ membersMayCreateApiKeys: false });
      for (const { client } of [here, everywhere]) {
        const made = await create(client, { permissions: ['event:submit'] });
        expect(made).toMatchObject({ code: 'OK' });
        expect(await update(client, made.data?.createApiKey.apiKey.id ?? '', ['event:submit', 'service:manage'])).toMatchObject({
          code: 'OK',
        });
      }
    },
  );

  test('false: an admin creates for a member as before', async () => {
    await set({ membersMayCreateApiKeys: false });
    await expect(tenant.key({ namespaceId: orders, forUser: ada.id })).resolves.toMatchObject({ id: expect.stringMatching(/^key_/) });
  });

  test('false: a key of a member creates none either', async () => {
    const maker = await tenant.person('Maker', [await tenant.role('Maker', 'apiKey:create', 'event:submit'), orders]);
    const key = await tenant.key({ by: maker.client, namespaceId: orders, permissions: ['apiKey:create', 'event:submit'] });
    expect(await create(key.client, { permissions: ['event:submit'] })).toMatchObject({ code: 'OK' });
    await set({ membersMayCreateApiKeys: false });
    expect(await create(key.client, { permissions: ['event:submit'] })).toMatchObject({ code: 'FORBIDDEN', data: null });
  });

  test('is of that tenant alone (S4.11)', async () => {
    const other = await foundTenant(service, 'Other');
    await set({ membersMayCreateApiKeys: false });
    const member = await other.person('Member', ['rol_viewer']);
    await expect(other.key({ by: member.client })).resolves.toBeDefined();
  });
});

describe('maxApiKeyLifetimeDays', () => {
  test('set: a key needs an expiry within it, to the millisecond', async () => {
    await set({ maxApiKeyLifetimeDays: 30 });
    const latest = inDays(30);
    const later = new Date(new Date(latest).getTime() + 1).toISOString();
    for (const expiresAt of [undefined, null, later, inDays(31)]) {
      const answer = await create(ada.client, { expiresAt });
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.expiresAt', data: null });
      expect(answer.errors[0]?.message).toContain(latest);
    }
    for (const expiresAt of [latest, inDays(1)]) expect(await create(ada.client, { expiresAt })).toMatchObject({ code: 'OK' });
  });

  test('set: for keys that an admin creates for somebody too, and for those of OWNERs', async () => {
    await set({ maxApiKeyLifetimeDays: 1 });
    await expect(tenant.key({ namespaceId: orders, forUser: ada.id })).rejects.toThrow('input.expiresAt');
    await expect(tenant.key({ namespaceId: orders })).rejects.toThrow('input.expiresAt');
    await expect(tenant.key({ namespaceId: orders, forUser: ada.id, expiresAt: new Date(inDays(1)) })).resolves.toBeDefined();
  });

  test('keys that exist are left alone, and are edited as before', async () => {
    const gateway = await tenant.gateway();
    const key = await tenant.key({ by: ada.client, namespaceId: orders });
    await set({ maxApiKeyLifetimeDays: 1 });
    expect(await verify(gateway, key)).toMatchObject({ code: 'VALID', expiresAt: null });
    expect(await update(ada.client, key.id, ['event:submit'])).toMatchObject({ code: 'OK' });
  });

  test('null clears it, and what is left out is kept', async () => {
    await set({ maxApiKeyLifetimeDays: 3_650 });
    await set({ membersMayCreateApiKeys: false });
    expect(await settings()).toEqual({ membersMayCreateApiKeys: false, maxApiKeyLifetimeDays: 3_650 });
    await set({ maxApiKeyLifetimeDays: null, membersMayCreateApiKeys: true });
    expect(await settings()).toEqual({ membersMayCreateApiKeys: true, maxApiKeyLifetimeDays: null });
    expect(await create(ada.client)).toMatchObject({ code: 'OK' });
  });

  test.each([0, -1, 3_651, 2_147_483_647])('%i days is refused', async (days) => {
    expect(await set({ maxApiKeyLifetimeDays: days })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.maxApiKeyLifetimeDays',
      data: null,
    });
  });

  test.each([1.5, '30', 2_147_483_648, true])('%p is no number of days', async (days) => {
    expect(await set({ maxApiKeyLifetimeDays: days })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('who sets what of an organization (S0.8)', () => {
  test('settings need organization:manage, name and description organization:edit, both need both', async () => {
    const manager = await tenant.person('Manager', [await tenant.role('Manager', 'organization:manage', 'organization:view')]);
    const editor = await tenant.person('Editor', ['rol_editor']);
    const [settled, named] = [{ membersMayCreateApiKeys: false }, { name: 'Other' }];
    expect(await set(settled, manager.client)).toMatchObject({ code: 'OK' });
    expect(await set(named, editor.client)).toMatchObject({ code: 'OK' });
    const refused: readonly (readonly [Client, object, string])[] = [
      [manager.client, named, 'organization:edit'],
      [manager.client, { ...settled, ...named }, 'organization:edit'],
      [editor.client, { maxApiKeyLifetimeDays: 1 }, 'organization:manage'],
      [editor.client, { maxApiKeyLifetimeDays: 1, name: 'Third' }, 'organization:manage'],
    ];
    for (const [by, said, missing] of refused) {
      const answer = await set(said, by);
      expect(answer).toMatchObject({ code: 'FORBIDDEN', data: null });
      expect(answer.errors[0]?.extensions['missingPermissions']).toEqual([missing]);
    }
    // Of what was refused in part nothing was done.
    expect(await settings()).toEqual({ membersMayCreateApiKeys: false, maxApiKeyLifetimeDays: null });
    expect(await set({ ...settled, name: 'Both' })).toMatchObject({ code: 'OK' });
  });

  test.each([
    ['rol_admin', 'OK'],
    ['rol_service_author', 'FORBIDDEN'],
    ['rol_policy_author', 'FORBIDDEN'],
    ['rol_event_writer', 'FORBIDDEN'],
    ['rol_read_only', 'FORBIDDEN'],
    ['rol_viewer', 'FORBIDDEN'],
  ])('%s: %s', async (role, code) => {
    const person = await tenant.person('Person', [role]);
    expect(await set({ maxApiKeyLifetimeDays: 7 }, person.client)).toMatchObject({ code });
  });

  test('true and false are all there is: null is refused, because it cannot be empty', async () => {
    expect(await set({ membersMayCreateApiKeys: null })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.membersMayCreateApiKeys' });
  });

  test('for another tenant it is NOT_FOUND (R8)', async () => {
    const other = await foundTenant(service, 'Other');
    expect(await set({ membersMayCreateApiKeys: false }, other.owner.client)).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
  });
});
