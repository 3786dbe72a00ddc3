import { newId } from '../../src/domain/index.js';
import {
  AuditEventsDocument,
  CancelJobDocument,
  ImportApiKeysDocument,
  type ImportedApiKeyInput,
  JobDocument,
  JobsDocument,
  NodeDocument,
  RevokeGrantDocument,
} from '../generated/documents.js';
import { importKeys, itemOf, jobOver, oldCredential, type ReadJob, startImport } from '../support/jobs.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let organizationId: string;
let ada: TestPerson;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  ({ organizationId } = tenant);
  ada = await tenant.person('Ada', ['rol_event_writer']);
});
afterAll(() => service.stop());

const items = (count: number, said: Partial<ImportedApiKeyInput> = {}): ImportedApiKeyInput[] =>
  Array.from({ length: count }, () => itemOf(oldCredential(), { userId: ada.id, namespaceId: organizationId, ...said }));
const keysOf = async (userId: string): Promise<number> => {
  const [row] = await sql<{ total: unknown }>(service, 'SELECT COUNT(*) AS total FROM api_keys WHERE user_id = ?', [userId]);
  return Number(row?.total);
};
const partsLeft = async (): Promise<number> => (await sql(service, 'SELECT job_id FROM job_parts')).length;
/** Waits until a job has done something and not yet everything. */
const underway = (id: string, client = tenant.owner.client) =>
  until(async () => {
    const { job } = await client.ask(JobDocument, { id });
    return job && job.done + job.failed > 0 ? job : undefined;
  });

describe('a job', () => {
  test('is told of at once, shows how far it is, and ends with what it did', async () => {
    const id = await startImport(tenant.owner.client, organizationId, items(2_000));
    const seen = [await underway(id)];
    const last = await jobOver(tenant.owner.client, id);
    expect(seen[0]).toMatchObject({ id, kind: 'importApiKeys', total: 2_000 });
    expect(last).toMatchObject({ status: 'SUCCEEDED', total: 2_000, done: 2_000, failed: 0, error: null });
    expect(last.finishedAt).toBe(service.clock.now().toISOString());
    expect([await keysOf(ada.id), await partsLeft()]).toEqual([2_000, 0]);
  });

  test('keeps the first 1,000 of what went wrong, and pages through them', async () => {
    const job = await importKeys(tenant.owner.client, organizationId, items(1_100, { permissions: ['service:manage'] }));
    expect(job).toMatchObject({ done: 0, failed: 1_100 });
    const indexes: number[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page: ReadJob['failures'] = (await tenant.owner.client.ask(JobDocument, { id: job.id, first: 100, after })).job!.failures;
      indexes.push(...page.nodes.map(({ index }) => index));
      ({ hasNextPage: more, endCursor: after = null } = page.pageInfo);
    }
    expect(indexes).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    for (const after of ['x', '', Buffer.from('item:01').toString('base64url'), Buffer.from('id:3').toString('base64url')]) {
      expect(await tenant.owner.client.send(JobDocument, { id: job.id, after })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
    expect(await tenant.owner.client.send(JobDocument, { id: job.id, first: 101 })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'first',
    });
  });

  test('is cancelled in the middle: what it did stays done, the rest is forgotten', async () => {
    const id = await startImport(tenant.owner.client, organizationId, items(5_000));
    await underway(id);
    expect((await tenant.owner.client.send(CancelJobDocument, { input: { id } })).code).toBe('OK');
    const job = await jobOver(tenant.owner.client, id);
    expect(job.status).toBe('CANCELLED');
    expect(job.done).toBeGreaterThan(0);
    expect(job.done).toBeLessThan(5_000);
    expect([await keysOf(ada.id), await partsLeft()]).toEqual([job.done, 0]);
    expect((await tenant.owner.client.send(CancelJobDocument, { input: { id } })).code).toBe('OK');
    const over = await importKeys(tenant.owner.client, organizationId, items(1));
    expect(await tenant.owner.client.send(CancelJobDocument, { input: { id: over.id } })).toMatchObject({
      code: 'CONFLICT',
      field: 'input.id',
    });
  });

  test('is not started where 100 of the organization wait or run; another organization has its own hundred', async () => {
    const start = (of: TestTenant) => {
      const input = {
        organizationId: of.organizationId,
        keys: [itemOf(oldCredential(), { userId: of.owner.id, namespaceId: of.organizationId })],
      };
      return of.owner.client.send(ImportApiKeysDocument, { input });
    };
    const ids = Array.from({ length: 100 }, () => newId('job'));
    for (const id of ids) {
      await sql(
        service,
        `INSERT INTO jobs (id, organization_id, kind, status, started_by, request_id, done, failed, attempts, version, created_at, runner, lease_until)
         VALUES (?, ?, 'importApiKeys', 'RUNNING', ?, 'request-1', 0, 0, 1, 1, '2020-01-01 00:00:00.000', 'elsewhere', '2999-01-01 00:00:00.000')`,
        [id, organizationId, tenant.owner.id],
      );
    }
    expect(await start(tenant)).toMatchObject({ code: 'CONFLICT', field: 'input.organizationId' });
    expect((await start(await foundTenant(service, 'Other'))).code).toBe('OK');
    await sql(service, "UPDATE jobs SET status = 'FAILED' WHERE id = ?", [ids[0]]);
    expect((await start(tenant)).code).toBe('OK');
    await sql(service, "UPDATE jobs SET status = 'FAILED' WHERE runner = 'elsewhere'");
  });

  test('leaves a denial in the trail for each item that its starter may not have done (R4)', async () => {
    const job = await importKeys(tenant.owner.client, organizationId, [...items(2), ...items(3, { permissions: ['service:manage'] })]);
    expect(job).toMatchObject({ done: 2, failed: 3 });
    const denied = await until(async () => {
      const found = await sql<{ action: string; actor_id: string; namespace_id: string }>(
        service,
        "SELECT action, actor_id, namespace_id FROM audit_events WHERE outcome = 'DENIED' AND organization_id = ?",
        [organizationId],
      );
      return found.length > 0 ? found : undefined;
    });
    expect(denied).toEqual(
      Array.from({ length: 3 }, () => ({ action: 'apiKey.import', actor_id: tenant.owner.id, namespace_id: organizationId })),
    );
  });

  test('does nothing more for whoever lost the right to it meanwhile', async () => {
    const admin = await tenant.person('Admin');
    const grant = await tenant.grant(admin.id, 'rol_admin');
    const id = await startImport(admin.client, organizationId, items(5_000));
    await underway(id);
    await tenant.owner.client.ask(RevokeGrantDocument, { input: { id: grant } });
    const standing = await keysOf(ada.id);
    const job = await jobOver(tenant.owner.client, id);
    expect(job).toMatchObject({ status: 'SUCCEEDED', done: standing, failed: 5_000 - standing });
    expect(standing).toBeLessThan(5_000);
    expect(await keysOf(ada.id)).toBe(standing);
    expect(job.failures.nodes[0]?.message).toBe('namespaceId: there is nothing with this id that you may see.');
  });

  test('ends in one clear sentence once whoever started it is not there any more', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const id = await startImport(admin.client, organizationId, items(5_000));
    await underway(id);
    await tenant.setActive(admin.id, false);
    const standing = await keysOf(ada.id);
    const job = await jobOver(tenant.owner.client, id);
    expect(job).toMatchObject({
      status: 'FAILED',
      done: standing,
      error: 'Whoever started this job is not active any more: what is done is done.',
    });
    expect([await keysOf(ada.id), await partsLeft()]).toEqual([standing, 0]);
  });

  test('leaves one event for each chunk, which names the keys, by whoever started it', async () => {
    const job = await importKeys(tenant.owner.client, organizationId, items(1_200));
    const { auditEvents } = await tenant.owner.client.ask(AuditEventsDocument, { filter: { organizationId, targetId: job.id } });
    const [second, first, begun] = auditEvents.nodes;
    expect([begun, first, second]).toMatchObject([
      { action: 'job.importApiKeys', actorId: tenant.owner.id, changes: { after: { apiKeys: 1_200 } } },
      { action: 'apiKey.import', actorId: tenant.owner.id },
      { action: 'apiKey.import', actorId: tenant.owner.id },
    ]);
    const named = [first, second].flatMap((event) => (event?.changes as { after: { apiKeyIds: string[] } }).after.apiKeyIds);
    const stored = await sql<{ id: string }>(service, 'SELECT id FROM api_keys WHERE user_id = ? ORDER BY id', [ada.id]);
    expect(named).toEqual(stored.map(({ id }) => id));
    expect(first?.requestId).toBe(begun?.requestId);
  });
});

describe('who sees and cancels a job', () => {
  test('who holds job:view or job:manage in the organization, and whoever started it; for others it does not exist', async () => {
    const starting = await tenant.role('Importer', 'apiKey:createForUser', 'event:submit');
    const importer = await tenant.person('Importer', [starting]);
    const { id } = await importKeys(importer.client, organizationId, items(1));
    const viewer = await tenant.person('Viewer', ['rol_viewer']);
    const [stranger, other] = [(await foundTenant(service, 'Other')).owner.client, await tenant.person('Importer 2', [starting])];
    const key = await tenant.key({ permissions: ['job:view'] });
    for (const client of [importer.client, viewer.client, tenant.owner.client, key.client]) {
      expect((await client.ask(JobDocument, { id })).job).toMatchObject({ id });
      expect((await client.ask(NodeDocument, { id })).node).toMatchObject({ id });
      expect((await client.ask(JobsDocument, { organizationId })).jobs.nodes).toMatchObject([{ id }]);
    }
    const plain = (await tenant.key({ permissions: ['event:submit'] })).client;
    for (const client of [stranger, other.client, ada.client, plain]) {
      expect((await client.ask(JobDocument, { id })).job).toBeNull();
      expect((await client.ask(NodeDocument, { id })).node).toBeNull();
      expect((await client.ask(JobsDocument, { organizationId })).jobs.nodes).toEqual([]);
      expect(await client.send(CancelJobDocument, { input: { id } })).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
    expect(await viewer.client.send(CancelJobDocument, { input: { id } })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await importer.client.send(CancelJobDocument, { input: { id } })).toMatchObject({ code: 'CONFLICT' });
  });
});
