import {
  ApiKeyDocument,
  AuditEventsDocument,
  RevokeApiKeyDocument,
  RevokeApiKeysDocument,
  type RevokeApiKeysInput,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { importKeys, itemOf, jobOver, oldCredential, type ReadJob } from '../support/jobs.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let organizationId: string;
let owner: Client;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  ({ organizationId } = tenant);
  owner = tenant.owner.client;
});
afterAll(() => service.stop());

type Filter = RevokeApiKeysInput['filter'];
const start = (filter: Filter, by = owner, reason?: string) =>
  by.send(RevokeApiKeysDocument, { input: { organizationId, filter, ...(reason !== undefined && { reason }) } });
const revoke = async (filter: Filter, reason?: string): Promise<ReadJob> =>
  jobOver(owner, (await start(filter, owner, reason)).data!.revokeApiKeys.job.id);
const statusOf = async (id: string) => (await owner.ask(ApiKeyDocument, { id })).apiKey?.status;

test('every key that the filter matches stops at once, each with its own event; the others, and those revoked before, stay as they are', async () => {
  const application = await tenant.application();
  const ada = await tenant.person('Ada', ['rol_editor', application]);
  const [mine, theirs, before] = [
    await tenant.key({ namespaceId: application }),
    await tenant.key({ namespaceId: application, by: ada.client }),
    await tenant.key({ namespaceId: application }),
  ];
  const elsewhere = await tenant.key();
  const gateway = await tenant.gateway();
  await owner.ask(RevokeApiKeyDocument, { input: { id: before.id, reason: 'before' } });
  const job = await revoke({ namespaceId: application }, 'the application moves');
  expect(job).toMatchObject({ kind: 'revokeApiKeys', status: 'SUCCEEDED', total: 2, done: 2, failed: 0 });
  const codes = await Promise.all([mine, theirs, before, elsewhere].map(async (key) => (await verify(gateway, key)).code));
  expect(codes).toEqual(['INACTIVE', 'INACTIVE', 'INACTIVE', 'VALID']);
  for (const [id, reason] of [
    [mine.id, 'the application moves'],
    [theirs.id, 'the application moves'],
    [before.id, 'before'],
  ] as const) {
    expect((await owner.ask(ApiKeyDocument, { id })).apiKey?.revocation).toMatchObject({ reason, permanent: false });
    const { auditEvents } = await owner.ask(AuditEventsDocument, { filter: { organizationId, targetId: id, action: 'apiKey.revoke' } });
    expect(auditEvents.nodes).toMatchObject([{ reason, actorId: tenant.owner.id }]);
  }
});

test('a filter that says nothing stops nothing; the organization, named, means all of its keys', async () => {
  const key = await tenant.key();
  for (const filter of [{}, { namespaceId: null, search: null }]) {
    expect(await start(filter)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.filter' });
  }
  const other = await foundTenant(service, 'Other');
  const foreign = await other.key();
  expect(await revoke({ organizationId: other.organizationId })).toMatchObject({ done: 0 });
  expect(await revoke({ namespaceId: other.organizationId })).toMatchObject({ done: 0 });
  expect(await statusOf(key.id)).toBe('ACTIVE');
  expect(await revoke({ organizationId })).toMatchObject({ done: 1 });
  expect((await other.owner.client.ask(ApiKeyDocument, { id: foreign.id })).apiKey?.status).toBe('ACTIVE');
});

test('instants in the filter are those that were meant', async () => {
  const soon = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 60_000) });
  const later = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 120_000) });
  const expiresBefore = new Date(service.clock.now().getTime() + 90_000).toISOString();
  expect(await revoke({ expiresBefore })).toMatchObject({ done: 1 });
  expect([await statusOf(soon.id), await statusOf(later.id)]).toEqual(['INACTIVE', 'ACTIVE']);
});

test('is for who holds apiKey:manage in the organization, signed in, and goes on only while they do', async () => {
  const key = await tenant.key();
  const viewer = await tenant.person('Viewer', ['rol_viewer']);
  const stranger = (await foundTenant(service, 'Other')).owner.client;
  expect(await start({ userId: tenant.owner.id }, viewer.client)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await start({ userId: tenant.owner.id }, stranger)).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
  expect(await start({ userId: tenant.owner.id }, key.client)).toMatchObject({ code: 'FORBIDDEN' });
  const items = Array.from({ length: 1_500 }, () => itemOf(oldCredential(), { userId: tenant.owner.id, namespaceId: organizationId }));
  await importKeys(owner, organizationId, items);
  const admin = await tenant.person('Admin');
  const grant = await tenant.grant(admin.id, 'rol_admin');
  const { id } = (await start({ search: 'Taken' }, admin.client)).data!.revokeApiKeys.job;
  const revoked = async (): Promise<number> =>
    Number((await sql<{ n: unknown }>(service, 'SELECT COUNT(*) AS n FROM api_keys WHERE revoked_by = ?', [admin.id]))[0]?.n);
  await until(async () => ((await revoked()) > 0 ? true : undefined));
  await tenant.revokeGrant(grant);
  const standing = await revoked();
  const job = await jobOver(owner, id);
  expect(standing).toBeLessThan(1_500);
  expect(job).toMatchObject({ status: 'SUCCEEDED', total: 1_500, done: standing, failed: 1_500 - standing });
  expect(await revoked()).toBe(standing);
});
