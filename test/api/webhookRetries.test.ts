import { resolveHost, WebhookDispatcher } from '../../src/webhooks/index.js';
import { type Answering, Receiver } from '../support/receiver.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestTenant } from '../support/tenant.js';
import { createHook, hookOf, hooksOf, rotate } from '../support/webhooks.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** What the README promises. */
const DELAYS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

let service: Service;
let receiver: Receiver;
let tenant: TestTenant;

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await startService(undefined, { webhooks: { privateTargets: true, timeoutMs: 2_000 } });
});
beforeEach(async () => {
  await service.app.webhooks.flush();
  receiver.reset();
  service.clock.set(new Date());
  tenant = await foundTenant(service);
  await rotate(tenant);
});
afterEach(async () => {
  // What still fails is no business of the next test.
  await sql(service, 'UPDATE webhooks SET active = 0');
  await sql(service, 'DELETE FROM webhook_deliveries');
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const flush = (): Promise<void> => service.app.webhooks.flush();
const answering =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, headers).end('a body that nobody reads');
const deliveries = (id: string) =>
  sql<{ attempts: number; due_at: string | null }>(service, 'SELECT attempts, due_at FROM webhook_deliveries WHERE webhook_id = ?', [id]);

describe('what a receiver does not take', () => {
  test('is tried again with growing pauses, always under the same webhook-id, and then given up', async () => {
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = answering(500);
    const key = await tenant.key();
    await flush();
    expect(receiver.received).toHaveLength(1);
    for (const [index, delay] of DELAYS.entries()) {
      service.clock.advance(delay * 0.9 - 1);
      await flush();
      expect([delay, receiver.received.length]).toEqual([delay, index + 1]);
      service.clock.advance(delay * 0.2 + 1);
      await flush();
      expect([delay, receiver.received.length]).toEqual([delay, index + 2]);
    }
    const { lastFailure, lastDeliveryAt, active } = (await hookOfLater(hook))!;
    expect(lastFailure).toMatch(/^\d{4}-.*Z apiKey\.created about key_\w+, try 10 of 10: the receiver answered 500\. Given up\.$/);
    expect([lastDeliveryAt, active]).toEqual([null, true]);
    service.clock.advance(30 * 24 * HOUR);
    await flush();
    expect(receiver.told).toEqual(Array.from({ length: 10 }, () => `apiKey.created ${key.id}`));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
  });

  test('reaches it once it answers again; the failure is told with its time', async () => {
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = answering(503);
    await tenant.key();
    await flush();
    const failedAt = service.clock.now().toISOString();
    receiver.answer = answering(200);
    service.clock.advance(6 * SECOND);
    await flush();
    expect(receiver.received).toHaveLength(2);
    const { lastFailure, lastDeliveryAt } = (await hookOf(tenant, hook))!;
    expect(lastFailure).toBe(`${failedAt} apiKey.created about ${receiver.received[0]!.keyId}, try 1 of 10: the receiver answered 503.`);
    expect(lastDeliveryAt).toBe(service.clock.now().toISOString());
    expect(await deliveries(hook)).toEqual([{ attempts: 2, due_at: null }]);
  });

  test.each([301, 302, 303, 307, 308])('because it answers %s: a redirect is not followed', async (status) => {
    const elsewhere = await Receiver.start();
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = answering(status, { location: elsewhere.url });
    await tenant.key();
    await flush();
    expect([receiver.received.length, elsewhere.received.length]).toEqual([1, 0]);
    expect((await hookOf(tenant, hook))?.lastFailure).toContain(`the receiver answered ${status}.`);
    await elsewhere.stop();
  });

  test('because it never answers: the try ends in time, and others are told meanwhile', async () => {
    const quick = await Receiver.start();
    const hook = await createHook(tenant, receiver.url);
    await createHook(tenant, quick.url);
    receiver.answer = () => undefined;
    const key = await tenant.key();
    const flushing = flush();
    await quick.hears(1);
    expect(quick.told).toEqual([`apiKey.created ${key.id}`]);
    await flushing;
    expect(receiver.received).toHaveLength(1);
    expect((await hookOf(tenant, hook))?.lastFailure).toContain('try 1 of 10: the receiver did not answer in time.');
    await quick.stop();
  });

  test('because it drips its headers for ever, or breaks off, or is not there', async () => {
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = (response) => void response.socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
    await tenant.key();
    await flush();
    expect((await hookOf(tenant, hook))?.lastFailure).toContain('did not answer in time');
    receiver.answer = (response) => void response.socket?.destroy();
    await tenant.key();
    await flush();
    expect((await hookOf(tenant, hook))?.lastFailure).toContain('could not be reached');
    const gone = await Receiver.start();
    const other = await createHook(tenant, gone.url);
    await gone.stop();
    await tenant.key();
    await flush();
    const { lastFailure } = (await hookOf(tenant, other))!;
    expect(lastFailure).toContain('could not be reached.');
    expect(lastFailure).not.toMatch(/127\.0|ECONN|localhost/);
  });

  test('for good: 410 switches the webhook off, and what waits is dropped', async () => {
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = answering(410);
    await tenant.key();
    await flush();
    const { active, lastFailure } = (await hookOf(tenant, hook))!;
    expect([active, lastFailure]).toEqual([false, expect.stringContaining('answered 410. The webhook was switched off.')]);
    receiver.reset();
    await tenant.key();
    service.clock.advance(HOUR);
    await flush();
    expect([receiver.told, await deliveries(hook)]).toEqual([[], []]);
  });
});

describe('whoever stops while a message is under way', () => {
  /** Another process on the same database, as far as webhooks go. */
  const another = () =>
    new WebhookDispatcher(
      {
        database: service.app.database,
        clock: service.clock.now,
        sharedSecrets: service.app.sharedSecrets,
        sending: { privateAllowed: true, timeoutMs: 30_000, resolve: resolveHost },
      },
      () => undefined,
      null,
    );

  test('by a crash: nobody else sends it while the lease lasts; after it, the same message is sent again', async () => {
    await service.app.webhooks.close();
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = () => undefined;
    await tenant.key();
    const [crashing, surviving] = [another(), another()];
    void crashing.flush();
    await receiver.hears(1);
    // Never heard of again, as far as anybody can tell: its outcome comes only after the other has gone on.
    await surviving.flush();
    service.clock.advance(59 * SECOND);
    await surviving.flush();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = answering(204);
    service.clock.advance(SECOND);
    await until(async () => {
      await surviving.flush();
      return receiver.received.length > 1 ? true : undefined;
    });
    const [first, second] = receiver.received;
    expect([second!.id, second!.body]).toEqual([first!.id, first!.body]);
    expect(await deliveries(hook)).toEqual([{ attempts: 1, due_at: null }]);
    await Promise.all([crashing.close(), surviving.close()]);
    expect(await deliveries(hook)).toEqual([{ attempts: 1, due_at: null }]);
  });

  test('by closing: it is broken off at once, and sent again by whoever starts next, without waiting for a lease', async () => {
    const hook = await createHook(tenant, receiver.url);
    receiver.answer = () => undefined;
    await tenant.key();
    const closing = another();
    void closing.flush();
    await receiver.hears(1);
    await closing.close();
    expect(await deliveries(hook)).toEqual([{ attempts: 0, due_at: expect.anything() }]);
    receiver.answer = answering(204);
    const next = another();
    await next.flush();
    expect(receiver.received.map(({ id }) => id)).toEqual([receiver.received[0]!.id, receiver.received[0]!.id]);
    await next.close();
  });

  test('two that run at once deliver each message once, those of one key in the order of the chain', async () => {
    await createHook(tenant, receiver.url);
    const two = [another(), another()];
    const keys = [];
    for (let n = 0; n < 5; n += 1) {
      const key = await tenant.key({ name: `Key ${n}` });
      keys.push(key.id);
      await tenant.owner.client.ask('mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { id } } }', { id: key.id });
      await tenant.owner.client.ask('mutation ($id: ID!) { deleteApiKey(input: { id: $id }) { deletedApiKeyId } }', { id: key.id });
    }
    await until(async () => {
      await Promise.all(two.map((each) => each.flush()));
      return receiver.received.length >= 15 ? true : undefined;
    });
    await Promise.all(two.map((each) => each.close()));
    expect(receiver.received).toHaveLength(15);
    for (const id of keys) {
      const types = receiver.received.filter(({ keyId }) => keyId === id).map(({ type }) => type);
      expect(types).toEqual(['apiKey.created', 'apiKey.revoked', 'apiKey.deleted']);
    }
  });
});

/** The same, by somebody who has signed in since: more time has passed than a token lives. */
async function hookOfLater(id: string) {
  const client = await signIn(service, tenant.owner.email, tenant.owner.password, tenant.organizationId);
  return (await hooksOf(tenant, client)).find((hook) => hook.id === id);
}
