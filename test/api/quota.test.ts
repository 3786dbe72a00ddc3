import { CreateApiKeyDocument, DeleteApiKeyDocument, ReactivateApiKeyDocument, RevokeApiKeyDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

const MOST = 10;

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService(undefined, { quotas: { maxApiKeys: MOST } });
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const create = (more: object = {}, by: Client = tenant.owner.client) =>
  by.send(CreateApiKeyDocument, { input: { namespaceId: tenant.organizationId, environment: 'PRODUCTION', name: 'Key', ...more } });
const revoke = (id: string, permanent: boolean) => tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id, permanent } });

async function fill(count: number): Promise<string[]> {
  const made: string[] = [];
  while (made.length < count) made.push((await tenant.key()).id);
  return made;
}

test(`of 200 creates at once exactly ${MOST} make a key, where an organization may have ${MOST} (R72)`, async () => {
  const other = await foundTenant(service);
  const answers = await Promise.all(Array.from({ length: 200 }, () => create()));
  const codes = Map.groupBy(answers, ({ code }) => code);
  // On a slow machine the last of them wait for too long.
  const refused = (codes.get('CONFLICT')?.length ?? 0) + (codes.get('UNAVAILABLE')?.length ?? 0);
  expect([codes.get('OK')?.length, refused]).toEqual([MOST, 200 - MOST]);
  expect(codes.get('CONFLICT')?.[0]?.errors[0]?.message).toContain(`has ${MOST} API keys`);
  // What one organization has is nothing to another.
  expect((await other.key()).id).toMatch(/^key_/);
});

test('what can never work again takes no place: deleted, revoked for good, expired (R72)', async () => {
  const [first = '', second = ''] = await fill(MOST - 1);
  const expiresAt = new Date(service.clock.now().getTime() + 1_000);
  await tenant.key({ expiresAt });
  expect((await create()).code).toBe('CONFLICT');
  service.clock.set(expiresAt);
  expect([(await create()).code, (await create()).code]).toEqual(['OK', 'CONFLICT']);
  await tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id: first } });
  expect([(await create()).code, (await create()).code]).toEqual(['OK', 'CONFLICT']);
  await revoke(second, true);
  expect([(await create()).code, (await create()).code]).toEqual(['OK', 'CONFLICT']);
});

test('what may be reactivated keeps its place, so that no reactivation exceeds (R72)', async () => {
  const [first = ''] = await fill(MOST);
  await revoke(first, false);
  expect((await create()).code).toBe('CONFLICT');
  expect((await tenant.owner.client.send(ReactivateApiKeyDocument, { input: { id: first } })).code).toBe('OK');
});

test('counts whoever makes them, a key as well; and is told to nobody who may not make one (R72)', async () => {
  const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'] });
  await fill(MOST - 1);
  const robot = await tenant.serviceUser('Robot', ['rol_event_writer']);
  expect((await create({ permissions: ['event:submit'] }, parent.client)).code).toBe('CONFLICT');
  await expect(tenant.key({ forUser: robot })).rejects.toThrow('CONFLICT');
  const nobody = await tenant.person('Nobody');
  expect((await create({}, nobody.client)).code).toBe('NOT_FOUND');
});
