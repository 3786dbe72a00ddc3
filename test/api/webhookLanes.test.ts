import { resolveHost, WebhookDispatcher } from '../../src/webhooks/index.js';
import { deliver, type Delivering } from '../../src/webhooks/deliver.js';
import { writeMessages } from '../../src/webhooks/writeMessages.js';
import { type Answering, Receiver } from '../support/receiver.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { createHook, hookOf, rotate } from '../support/webhooks.js';

let service: Service;
let receiver: Receiver;
let tenant: TestTenant;
const faults: unknown[] = [];

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await startService(undefined, { webhooks: { privateTargets: true } });
});
beforeEach(async () => {
  receiver.reset();
  faults.length = 0;
  tenant = await foundTenant(service);
  await rotate(tenant);
});
afterEach(async () => {
  await sql(service, 'UPDATE webhooks SET active = 0');
  await sql(service, 'DELETE FROM webhook_deliveries');
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const partsOf = (parts: Partial<Delivering> = {}): Delivering => ({
  database: service.app.database,
  clock: service.clock.now,
  sharedSecrets: service.app.sharedSecrets,
  sending: { privateAllowed: true, timeoutMs: 30_000, resolve: resolveHost },
  ...parts,
});
const dispatcher = (parts?: Partial<Delivering>) => new WebhookDispatcher(partsOf(parts), (error) => void faults.push(error), null);
/** A webhook for which so many messages, each about a key of its own, wait to be sent. */
async function waiting(count: number): Promise<string> {
  const hook = await createHook(tenant, receiver.url, ['API_KEY_CREATED']);
  for (let n = 0; n < count; n += 1) await tenant.key({ name: `Key ${n}` });
  await writeMessages(service.app.database, hook, service.clock.now());
  return hook;
}
const taken: Answering = (response) => void response.writeHead(204).end();
/** Keeps answers back until it is told to give them. */
function holding(): { readonly answer: Answering; readonly release: () => void } {
  const held: (() => void)[] = [];
  return {
    answer: (response, message) => void held.push(() => taken(response, message)),
    release: () => held.splice(0).forEach((give) => give()),
  };
}

test('a receiver that answers 101, to speak something else from then on, has not taken the message', async () => {
  const hook = await createHook(tenant, receiver.url);
  receiver.answer = (response) =>
    void response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: anything\r\n\r\n');
  await tenant.key();
  const all = dispatcher();
  await all.flush();
  expect((await hookOf(tenant, hook))?.lastFailure).toContain('try 1 of 10: the receiver answered 101.');
  await all.close();
});

test('a webhook whose messages cannot be written keeps no other from being told', async () => {
  const broken = await createHook(tenant, receiver.url);
  await createHook(tenant, receiver.url);
  const key = await tenant.key();
  // What no version writes: reading it is a fault.
  await sql(service, "UPDATE webhooks SET events = '1' WHERE id = ?", [broken]);
  const all = dispatcher();
  await all.flush();
  expect(receiver.told).toEqual([`apiKey.created ${key.id}`]);
  expect(faults[0]).toBeInstanceOf(TypeError);
  await all.close();
});

test('a webhook to which nothing can be sent does not keep those who wait for all of them', async () => {
  await waiting(1);
  const all = dispatcher({ sharedSecrets: { ...service.app.sharedSecrets, signing: () => Promise.reject(new Error('a fault')) } });
  await all.flush();
  expect(faults).toMatchObject([{ message: 'a fault' }]);
  await all.close();
});

test('a try that cannot be made gives nothing back while another is under way: nobody sends that one twice', async () => {
  const hook = await waiting(2);
  const { answer, release } = holding();
  receiver.answer = answer;
  let asked = 0;
  const signing: typeof service.app.sharedSecrets.signing = (...of) => {
    asked += 1;
    return asked === 2 ? Promise.reject(new Error('a fault')) : service.app.sharedSecrets.signing(...of);
  };
  const first = dispatcher({ sharedSecrets: { ...service.app.sharedSecrets, signing } });
  const flushing = first.flush();
  await receiver.hears(1);
  await until(() => Promise.resolve(asked >= 2 || undefined));
  const second = dispatcher();
  for (let n = 0; n < 3; n += 1) await second.flush();
  expect(receiver.received).toHaveLength(1);
  release();
  await flushing;
  receiver.answer = taken;
  await second.flush();
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
  expect(receiver.received).toHaveLength(2);
  const rows = await sql<{ attempts: number }>(service, 'SELECT attempts FROM webhook_deliveries WHERE webhook_id = ?', [hook]);
  expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1]);
  await Promise.all([first.close(), second.close()]);
});

test('a receiver that did not answer in time is sent nothing more in this turn, whatever else it answers', async () => {
  const hook = await waiting(6);
  let tries = 0;
  const { answer, release } = holding();
  receiver.answer = answer;
  const sending = {
    privateAllowed: true,
    resolve: resolveHost,
    get timeoutMs() {
      tries += 1;
      return tries === 1 ? 1_500 : 30_000;
    },
  };
  const delivering = deliver(partsOf({ sending }), hook, new AbortController().signal);
  await receiver.hears(4);
  await until(async () => ((await hookOf(tenant, hook))?.lastFailure?.includes('in time') ? true : undefined));
  receiver.answer = taken;
  release();
  await delivering;
  expect(receiver.received).toHaveLength(4);
});
