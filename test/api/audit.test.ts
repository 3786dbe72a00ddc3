import { rootAccess } from '../../src/graphql/accessTable.js';
import type { Client } from '../support/client.js';
import { life } from '../support/life.js';
import { type Ids, NEW, PASSWORD, type Step } from '../support/lifeStep.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { breachesOf, eventsOf, eventsOfRequest } from '../support/trail.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  // Jobs wait here, so that one of them can be cancelled.
  await service.app.jobs.close();
  owner = tenant.owner.client;
});
afterAll(() => service.stop());

/** What the payload shows at a path. */
const shownAt = (payload: unknown, path: string): string =>
  path.split('.').reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], payload) as string;

async function live({ field, input, by, selection, keep = {} }: Step, ids: Ids): Promise<string> {
  const client = by ? await by(service, ids) : field === 'signIn' || field === 'refreshSession' ? service.anonymous : owner;
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const answer = await client.send<Record<string, unknown>>(
    input ? `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }` : `mutation { ${field} { ${selection} } }`,
    input ? { input: input(ids) } : {},
  );
  if (answer.code !== 'OK') throw new Error(`${field}: ${answer.text}`);
  for (const [name, path] of Object.entries(keep)) ids[name] = shownAt(answer.data?.[field], path);
  return answer.headers.get('x-request-id') ?? '';
}

describe('every mutation writes what it did, with its commit (R66)', () => {
  const told = new Set<string>();
  const ids: Ids = {};

  beforeAll(() => {
    const later = new Date(service.clock.now().getTime() + 86_400_000).toISOString();
    Object.assign(ids, { organization: tenant.organizationId, owner: tenant.owner.id, later });
  });

  test.each(life.map((step) => [step.field, step.action, step] as const))(
    '%s writes %s: who, what, where, in which request',
    async (_field, action, step) => {
      const requestId = await live(step, ids);
      const events = await eventsOfRequest(service, requestId);
      expect(events.map((event) => event.action)).toEqual([action]);
      const [event] = events;
      const isFirsts = action === 'organization.create';
      expect(event).toMatchObject({
        outcome: 'ALLOWED',
        at: service.clock.now(),
        actorApiKeyId: null,
        actorId: expect.stringMatching(/^usr_/),
        targetId: step.target === undefined ? expect.stringMatching(/^ses_/) : ids[step.target],
        namespaceId: expect.stringMatching(/^(org|app|wks|grp)_/),
        sequence: expect.any(Number),
      });
      if (step.by === undefined && event?.actorId !== ids['ada']) expect(event?.actorId).toBe(tenant.owner.id);
      if (!isFirsts && action !== 'organization.delete') expect(event?.organizationId).toBe(tenant.organizationId);
      expect(action.startsWith('session.') || Object.keys(event?.changes ?? {}).length > 0).toBe(true);
      told.add(action);
    },
  );

  test('of each act of the access table, and of each mutation but verifyApiKey(s), there was one', () => {
    const acts = Object.entries(rootAccess.Mutation).flatMap(([, { by }]) => (typeof by === 'string' ? [] : [...by]));
    expect(acts.filter((action) => !told.has(action))).toEqual([]);
    const called = new Set(life.map(({ field }) => field));
    expect(Object.keys(rootAccess.Mutation).filter((field) => !called.has(field))).toEqual(['verifyApiKey', 'verifyApiKeys']);
  });

  test('before and after are told field by field', async () => {
    const events = await eventsOf(service, tenant.organizationId);
    const changes = (action: string): object | null | undefined => events.find((event) => event.action === action)?.changes;
    expect(changes('role.update')).toMatchObject({
      before: { permissions: ['event:submit'] },
      after: { permissions: ['event:submit', 'service:manage'] },
    });
    expect(changes('user.rename')).toMatchObject({ before: { name: 'Ada' }, after: { name: 'Ada Adams' } });
    expect(changes('organization.configure')).toEqual({
      before: { membersMayCreateApiKeys: true, maxApiKeyLifetimeDays: null },
      after: { maxApiKeyLifetimeDays: 90 },
    });
    expect(changes('apiKey.update')).toMatchObject({ after: { permissions: ['event:submit'] } });
    expect(events.find(({ action }) => action === 'apiKey.revoke')?.reason).toBe('Left in a repository');
  });

  test('no secret is in any of it, and all of it stands in unbroken chains', async () => {
    const tenants = [tenant.organizationId, ids['fresh'] ?? '', (await service.app.firstOrganization()).id];
    const secrets = [PASSWORD, NEW, ...Object.entries(ids).flatMap(([name, value]) => (name.startsWith('secret') ? [value] : []))];
    expect(secrets).toHaveLength(13);
    for (const organizationId of tenants) {
      const text = JSON.stringify(await eventsOf(service, organizationId));
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      expect(await breachesOf(service, organizationId)).toEqual([]);
    }
  });

  test('verifyApiKey and verifyApiKeys write none', async () => {
    const gateway = await tenant.key({ permissions: ['apiKey:verify'], expiresAt: new Date(ids['later'] ?? '') });
    const documents = [
      'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }',
      'mutation ($key: String!) { verifyApiKeys(inputs: [{ key: $key }]) { code } }',
    ];
    for (const document of documents) {
      const { headers, code } = await gateway.client.send(document, { key: gateway.key });
      expect(code).toBe('OK');
      expect(await eventsOfRequest(service, headers.get('x-request-id') ?? '')).toEqual([]);
    }
  });

  test('what a key does is told of the key and of its user', async () => {
    const app = await tenant.application('Through a key');
    const key = await tenant.key({ namespaceId: app, permissions: ['application:edit'], expiresAt: new Date(ids['later'] ?? '') });
    const answer = await key.client.send(
      'mutation ($id: ID!) { updateApplication(input: { id: $id, name: "B" }) { application { id } } }',
      {
        id: app,
      },
    );
    const [event] = await eventsOfRequest(service, answer.headers.get('x-request-id') ?? '');
    expect(event).toMatchObject({ action: 'application.update', actorId: tenant.owner.id, actorApiKeyId: key.id, targetId: app });
  });

  test('a change that is refused or fails writes nothing into the chain', async () => {
    const taken = await tenant.role('Taken', 'event:submit');
    const answer = await owner.send('mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }', {
      input: { organizationId: tenant.organizationId, name: 'Taken', permissions: ['event:submit'] },
    });
    expect([answer.code, taken.slice(0, 4)]).toEqual(['CONFLICT', 'rol_']);
    expect(await eventsOfRequest(service, answer.headers.get('x-request-id') ?? '')).toEqual([]);
  });
});
