import { DeleteApiKeyDocument } from '../generated/documents.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';
import { raceUsesAgainstRevocations } from '../support/useRaces.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

// 1,000 of them are in test/long.
test('a revocation wins over the last use that is written meanwhile (R23, R20)', async () => {
  expect(await raceUsesAgainstRevocations(service, tenant, gateway)).toBeGreaterThanOrEqual(25);
});

test('a key that is deleted while it is used stays deleted', async () => {
  const key = await tenant.key();
  await Promise.all([verify(gateway, key), tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id: key.id } }), verify(gateway, key)]);
  expect(await verify(gateway, key)).toMatchObject({ code: 'NOT_FOUND' });
  const [row] = await sql<{ deleted: unknown }>(service, 'SELECT deleted_at AS deleted FROM api_keys WHERE id = ?', [key.id]);
  expect(row?.deleted).not.toBeNull();
});
