import {
  ApiKeyDocument,
  CreateApiKeyDocument,
  DeleteApiKeyDocument,
  ReactivateApiKeyDocument,
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
let application: string;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  application = await tenant.application();
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const CARRIED = ['apiKey:create', 'application:view', 'event:submit'];
const parentKey = (more: object = {}): Promise<TestKey> => tenant.key({ namespaceId: application, permissions: CARRIED, ...more });
const create = (by: TestKey, more: object = {}) =>
  by.client.send(CreateApiKeyDocument, { input: { namespaceId: application, environment: 'PRODUCTION', name: 'Child', ...more } });
const childOf = (by: TestKey, more: object = {}): Promise<TestKey> => tenant.key({ by: by.client, namespaceId: application, ...more });
const code = async (key: TestKey): Promise<string> => (await verify(gateway, key)).code;

describe('a key with apiKey:create', () => {
  test('creates keys for its own user, in its home and its environment, with what it can do itself (R78)', async () => {
    const parent = await parentKey();
    const { apiKey } = (await create(parent)).data!.createApiKey;
    expect(apiKey).toMatchObject({
      status: 'ACTIVE',
      environment: 'PRODUCTION',
      namespace: { id: application },
      permissions: CARRIED,
      user: { id: tenant.owner.id },
      createdBy: { id: tenant.owner.id },
      issuedBy: { id: tenant.owner.id },
    });
    expect((await owner.ask(ApiKeyDocument, { id: apiKey.id })).apiKey?.createdByApiKey).toMatchObject({ id: parent.id, name: 'Key' });
    const child = await childOf(parent, { permissions: ['event:submit'] });
    expect(await verify(gateway, child, { permissions: ['event:submit'] })).toMatchObject({ code: 'VALID', userId: tenant.owner.id });
    expect((await child.client.ask(ViewerDocument, {})).viewer.apiKey).toMatchObject({ id: child.id, permissions: ['event:submit'] });
  });

  test('made for another user creates for that user, capped by both people behind it (C12)', async () => {
    const ada = await tenant.person('Ada', ['rol_admin', application]);
    const parent = await parentKey({ forUser: ada.id });
    const { apiKey } = (await create(parent)).data!.createApiKey;
    expect(apiKey).toMatchObject({ user: { id: ada.id }, issuedBy: { id: tenant.owner.id }, permissions: CARRIED });
    const child = await childOf(parent);
    await tenant.setActive(ada.id, false);
    expect(await code(child)).toBe('HOLDER_LOST_ACCESS');
  });

  test('creates none that is stronger, though its user is (R78, C13)', async () => {
    const parent = await parentKey();
    for (const wanted of [{ permissions: ['application:edit'] }, { permissions: ['event:submit', 'application:edit'] }]) {
      const refused = await create(parent, wanted);
      expect(refused.code).toBe('EXCEEDS_AUTHORITY');
      expect(refused.errors[0]?.extensions['excess']).toEqual([{ namespaceId: application, permissions: ['application:edit'] }]);
    }
    expect(await create(parent, { roleId: 'rol_event_writer' })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    const admin = await tenant.key({ namespaceId: application, roleId: 'rol_admin' });
    expect(await create(admin, { permissions: ['admin:manage'] })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
    expect((await create(admin)).data?.createApiKey.apiKey.permissions).not.toContain('admin:manage');
    expect(await create(parent, { permissions: [] })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
  });

  test('hands on what it can do now, not what it was once granted (C12, R78)', async () => {
    const ada = await tenant.person('Ada', [await tenant.role('Creating', 'apiKey:create', 'event:submit'), application]);
    const more = await tenant.grant(ada.id, 'rol_service_author', application);
    const parent = await tenant.key({ by: ada.client, namespaceId: application });
    await tenant.revokeGrant(more);
    expect((await create(parent)).data?.createApiKey.apiKey.permissions).toEqual(['apiKey:create', 'event:submit']);
    expect(await create(parent, { permissions: ['service:manage'] })).toMatchObject({ code: 'EXCEEDS_AUTHORITY' });
  });

  test('creates none of another environment or home, nor for another user (R78, S2.2)', async () => {
    const parent = await parentKey({ environment: 'STAGING' });
    for (const environment of ['PRODUCTION', 'DEVELOPMENT']) {
      expect(await create(parent, { environment })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.environment' });
    }
    expect((await create(parent, { environment: 'STAGING' })).code).toBe('OK');
    const strong = await tenant.key({ namespaceId: application });
    const workspace = await tenant.workspace(application);
    expect(await create(strong, { namespaceId: workspace })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await create(strong, { namespaceId: tenant.organizationId })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await create(strong, { namespaceId: await tenant.application('Other') })).toMatchObject({ code: 'NOT_FOUND' });
    await expect(childOf(strong, { forUser: tenant.owner.id })).rejects.toThrow('FORBIDDEN');
  });

  test('creates none that lives longer (R78)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 3_600_000);
    const parent = await parentKey({ expiresAt });
    const later = new Date(expiresAt.getTime() + 1);
    for (const wanted of [{}, { expiresAt: null }, { expiresAt: later.toISOString() }]) {
      const refused = await create(parent, wanted);
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.expiresAt' });
      expect(refused.errors[0]?.message).toContain(expiresAt.toISOString());
    }
    expect((await create(parent, { expiresAt: expiresAt.toISOString() })).code).toBe('OK');
    expect((await create(await parentKey(), { expiresAt: later.toISOString() })).code).toBe('OK');
  });

  test('creates none through a key that it created (R78)', async () => {
    const child = await childOf(await parentKey());
    expect(await create(child)).toMatchObject({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: [] } }] });
  });

  test('is needed: a key without it creates none, though its user may (C22)', async () => {
    const parent = await parentKey({ permissions: ['application:view', 'event:submit'] });
    expect(await create(parent)).toMatchObject({ code: 'FORBIDDEN', errors: [{ extensions: { missingPermissions: ['apiKey:create'] } }] });
  });
});

describe('a key that a key created', () => {
  test('works only while that one does: revoked, it denies; reactivated, it works again (R78)', async () => {
    const parent = await parentKey();
    const child = await childOf(parent);
    expect(await code(child)).toBe('VALID');
    await owner.ask(RevokeApiKeyDocument, { input: { id: parent.id } });
    expect(await verify(gateway, child)).toMatchObject({ valid: false, code: 'INACTIVE', httpStatus: 401 });
    expect(await child.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    expect((await owner.ask(ApiKeyDocument, { id: child.id })).apiKey).toMatchObject({
      status: 'INACTIVE',
      revocation: null,
      effectivePermissions: [],
    });
    await owner.ask(ReactivateApiKeyDocument, { input: { id: parent.id } });
    expect(await code(child)).toBe('VALID');
  });

  test('ends with that one: deleted, or expired (R78, S3.8)', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 1_000);
    const [deleted, expiring] = [await parentKey(), await parentKey({ expiresAt })];
    const children = [await childOf(deleted), await childOf(expiring, { expiresAt })];
    await owner.ask(DeleteApiKeyDocument, { input: { id: deleted.id } });
    service.clock.set(expiresAt);
    for (const child of children) {
      expect(await verify(gateway, child)).toMatchObject({ valid: false, httpStatus: 401 });
      expect(await child.client.send(ViewerDocument, {})).toMatchObject({ status: 401 });
    }
    expect((await owner.ask(ApiKeyDocument, { id: children[0]!.id })).apiKey).toMatchObject({ status: 'INACTIVE', createdByApiKey: null });
  });

  test('is neither edited, nor revoked, reactivated or deleted by that one (R78)', async () => {
    const parent = await tenant.key({ namespaceId: application });
    const child = await childOf(parent);
    const { id } = child;
    for (const [document, more] of [
      [UpdateApiKeyDocument, { name: 'Renamed' }],
      [RevokeApiKeyDocument, {}],
      [ReactivateApiKeyDocument, {}],
      [DeleteApiKeyDocument, {}],
    ] as const) {
      for (const target of [id, parent.id]) {
        if (document === RevokeApiKeyDocument && target === parent.id) continue;
        expect(await parent.client.send(document as never, { input: { id: target, ...more } } as never)).toMatchObject({
          code: 'FORBIDDEN',
        });
      }
    }
    expect(await code(child)).toBe('VALID');
  });
});
