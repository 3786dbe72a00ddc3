import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  NodeDocument,
  UpdateWebhookDocument,
  type UpdateWebhookInput,
  type WebhookEvent,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { eventsOf } from '../support/trail.js';
import { createHook, hookOf, hooksOf, rotate, updateHook } from '../support/webhooks.js';

const URL = 'https://hooks.tenant.test/in?for=us';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  await rotate(tenant);
});
afterAll(() => service.stop());

const create = (url: string, events: readonly string[] = ['API_KEY_EXPIRING'], by: Client = tenant.owner.client, of = tenant) =>
  by.send(CreateWebhookDocument, { input: { organizationId: of.organizationId, url, events: events as WebhookEvent[] } });
const update = (id: string, change: Omit<UpdateWebhookInput, 'id'>, by: Client = tenant.owner.client) =>
  by.send(UpdateWebhookDocument, { input: { id, ...change } });
const remove = (id: string, by: Client = tenant.owner.client) => by.send(DeleteWebhookDocument, { input: { id } });
const node = async (id: string, by: Client = tenant.owner.client) => (await by.ask(NodeDocument, { id })).node;

describe('a webhook', () => {
  test('is created, listed, found by its id, changed and deleted', async () => {
    const created = (await create(URL, ['API_KEY_REVOKED', 'API_KEY_CREATED', 'API_KEY_REVOKED'])).data?.createWebhook.webhook;
    expect(created).toEqual({
      id: expect.stringMatching(/^whk_[0-9a-z]{26}$/),
      url: URL,
      events: ['API_KEY_CREATED', 'API_KEY_REVOKED'],
      active: true,
      lastDeliveryAt: null,
      lastFailure: null,
      createdAt: service.clock.now().toISOString(),
    });
    const { id } = created!;
    expect(await hooksOf(tenant)).toEqual([created]);
    expect(await node(id)).toMatchObject({ __typename: 'Webhook', id });
    const changed = await update(id, { url: 'https://hooks.tenant.test/other', active: false, events: ['API_KEY_DELETED'] });
    const after = { ...created, url: 'https://hooks.tenant.test/other', active: false, events: ['API_KEY_DELETED'] };
    expect(changed.data?.updateWebhook.webhook).toEqual(after);
    expect(await hookOf(tenant, id)).toEqual(after);
    expect((await update(id, { active: true })).data?.updateWebhook.webhook).toEqual({ ...after, active: true });
    expect((await remove(id)).data?.deleteWebhook).toEqual({ deletedWebhookId: id });
    expect([await hooksOf(tenant), await node(id)]).toEqual([[], null]);
    expect([(await remove(id)).code, (await update(id, { active: true })).code]).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    for (const table of ['webhook_lanes', 'webhook_deliveries']) {
      expect(await sql(service, `SELECT * FROM ${table} WHERE webhook_id = ?`, [id])).toEqual([]);
    }
  });

  test('needs a shared secret to be there: CONFLICT says how to make one', async () => {
    const bare = await foundTenant(service, 'Bare');
    const { code, field, errors } = await create(URL, undefined, bare.owner.client, bare);
    expect([code, field, errors[0]?.message]).toEqual(['CONFLICT', 'input.organizationId', expect.stringContaining('rotateSharedSecret')]);
  });

  test('is one of at most 20', async () => {
    for (let n = 0; n < 20; n += 1) await createHook(tenant, URL, ['API_KEY_DELETED']);
    const { code, errors } = await create(URL);
    expect([code, errors[0]?.message]).toEqual(['CONFLICT', expect.stringContaining('at most 20')]);
    await remove((await hooksOf(tenant))[0]!.id);
    expect((await create(URL)).code).toBe('OK');
  });

  test.each([
    ['http', 'http://hooks.tenant.test/'],
    ['another scheme', 'ftp://hooks.tenant.test/'],
    ['javascript', 'javascript:alert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['a user and a password', 'https://user:pass@hooks.tenant.test/'],
    ['a user', 'https://user@hooks.tenant.test/'],
    ['a fragment', 'https://hooks.tenant.test/#part'],
    ['an empty fragment', 'https://hooks.tenant.test/#'],
    ['no host', 'https://'],
    ['no scheme', 'hooks.tenant.test/in'],
    ['a port that is none', 'https://hooks.tenant.test:99999/'],
    ['too long', `https://hooks.tenant.test/${'x'.repeat(1_975)}`],
    ['too long once it is encoded', `https://hooks.tenant.test/${'é'.repeat(700)}`],
    ['a line break', 'https://hooks.tenant.test/\r\nx-evil: 1'],
    ['nothing', ' '],
  ])('leads to an https URL and nothing else: %s', async (_what, url) => {
    const hook = await createHook(tenant, URL);
    for (const answer of [await create(url), await update(hook, { url })]) {
      expect([answer.code, answer.field]).toEqual(['BAD_USER_INPUT', 'input.url']);
      expect(answer.text).not.toContain('pass@');
    }
    expect((await hookOf(tenant, hook))?.url).toBe(URL);
  });

  test('may have any port, and is kept as long as it may be', async () => {
    const long = `https://hooks.tenant.test:8443/${'x'.repeat(2_000 - 31)}`;
    expect(long).toHaveLength(2_000);
    expect((await create(long)).data?.createWebhook.webhook.url).toBe(long);
  });

  test('is told of at least one event; null clears nothing', async () => {
    const hook = await createHook(tenant, URL);
    expect([(await create(URL, [])).field, (await update(hook, { events: [] })).field]).toEqual(['input.events', 'input.events']);
    for (const field of ['url', 'events', 'active']) {
      const answer = await update(hook, { [field]: null });
      expect([answer.code, answer.field]).toEqual(['BAD_USER_INPUT', `input.${field}`]);
    }
  });

  test('is in the trail, of its URL only the host: receivers carry secrets in their paths', async () => {
    const hook = await createHook(tenant, 'https://hooks.tenant.test/T0/B0/a-secret-of-theirs', ['API_KEY_DELETED']);
    await updateHook(tenant, hook, { url: 'https://hooks.tenant.test/another-secret' });
    await remove(hook);
    const events = (await eventsOf(service, tenant.organizationId)).filter(({ action }) => action.startsWith('webhook'));
    const told = { host: 'hooks.tenant.test', events: ['API_KEY_DELETED'], active: true };
    expect(events.map(({ action, targetId, changes }) => [action, targetId, changes])).toEqual([
      ['webhook.create', hook, { after: told }],
      ['webhook.update', hook, { before: told, after: { ...told, urlChanged: true } }],
      ['webhook.delete', hook, { before: told }],
    ]);
    expect(JSON.stringify(events)).not.toContain('secret-');
  });

  test('goes with its organization, and all that waits with it', async () => {
    const hook = await createHook(tenant, URL);
    await tenant.owner.client.ask('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', {
      id: tenant.organizationId,
    });
    expect(await sql(service, 'SELECT id FROM webhooks WHERE id = ?', [hook])).toEqual([]);
    expect(await sql(service, 'SELECT webhook_id FROM webhook_lanes WHERE webhook_id = ?', [hook])).toEqual([]);
  });
});

describe('who may', () => {
  const codes = async (by: Client, hook: string) => [
    (await create(URL, undefined, by)).code,
    (await update(hook, { active: true }, by)).code,
  ];

  test('who manages the organization, and nobody else: for others there are none', async () => {
    const hook = await createHook(tenant, URL);
    const manager = await tenant.role('Manager', 'organization:manage', 'organization:view');
    const people = {
      admin: await tenant.person('Admin', ['rol_admin']),
      manager: await tenant.person('Manager', [manager]),
      viewer: await tenant.person('Viewer', ['rol_viewer']),
      editor: await tenant.person('Editor', ['rol_editor']),
      nobody: await tenant.person('Nobody'),
    };
    for (const [name, { client }] of Object.entries(people)) {
      const may = name === 'admin' || name === 'manager';
      const refused = name === 'nobody' ? ['NOT_FOUND', 'NOT_FOUND'] : ['FORBIDDEN', 'NOT_FOUND'];
      expect([name, ...(await codes(client, hook))]).toEqual([name, ...(may ? ['OK', 'OK'] : refused)]);
      expect([name, (await hooksOf(tenant, client)).length > 0]).toEqual([name, may]);
      expect([name, (await node(hook, client))?.id]).toEqual([name, may ? hook : undefined]);
    }
    const other = await foundTenant(service, 'Other');
    expect(await codes(other.owner.client, hook)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect([(await remove(hook, other.owner.client)).code, await node(hook, other.owner.client)]).toEqual(['NOT_FOUND', null]);
  });

  test('a key with the permission, at home in the organization', async () => {
    const hook = await createHook(tenant, URL);
    const key = await tenant.key({ permissions: ['organization:manage', 'organization:view'] });
    expect(await codes(key.client, hook)).toEqual(['OK', 'OK']);
    expect(await hooksOf(tenant, key.client)).toHaveLength(2);
    const elsewhere = await tenant.key({ namespaceId: await tenant.application() });
    expect((await codes(elsewhere.client, hook))[1]).toBe('NOT_FOUND');
  });
});
