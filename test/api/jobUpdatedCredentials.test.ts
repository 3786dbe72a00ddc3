import { JobUpdatedDocument, type JobUpdatedSubscription, UpdateApiKeyDocument } from '../generated/documents.js';
import { JobStore } from '../../src/jobs/JobStore.js';
import { importKeys, itemOf, oldCredential } from '../support/jobs.js';
import { type Service, startService } from '../support/service.js';
import { bearing, openSocket, type Told, type TestSocket } from '../support/sockets.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';
import { linesOf } from '../support/usage.js';

let service: Service;
let tenant: TestTenant;
let id: string;
let key: TestKey;
const open: TestSocket[] = [];

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  key = await tenant.key({ permissions: ['job:view'] });
  const keys = [itemOf(oldCredential(), { userId: tenant.owner.id, namespaceId: tenant.organizationId })];
  ({ id } = await importKeys(tenant.owner.client, tenant.organizationId, keys));
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.end();
});
afterAll(() => service.stop());

/** An error, or the end of a socket. */
interface Refused {
  readonly code?: number;
  readonly extensions?: { readonly code: string };
}

/** A socket of the key, once it is let in. */
async function connected(localAddress = '127.0.0.1'): Promise<TestSocket> {
  const socket = openSocket(service, bearing(key.key), { localAddress });
  open.push(socket);
  await new Promise((resolve) => socket.client.on('connected', resolve));
  return socket;
}
const follow = (socket: TestSocket): Promise<Told<JobUpdatedSubscription>[]> =>
  socket.all<JobUpdatedSubscription>(JobUpdatedDocument, { id });
/** What a subscription tells, or with which codes it is refused: before it begins, with its first word, or by the end of its socket. */
const outcomeOf = (asked: Promise<Told<unknown>[]>): Promise<unknown[]> =>
  asked.then(
    (told) => told.flatMap(({ data, errors = [] }) => [...(data ? [data] : []), ...errors.map(({ extensions }) => extensions?.['code'])]),
    (thrown: unknown) => [thrown as Refused | Refused[]].flat().map(({ code, extensions }) => extensions?.code ?? code),
  );
const change = (input: object): Promise<unknown> => tenant.owner.client.ask(UpdateApiKeyDocument, { input: { id: key.id, ...input } });
const restrictions = [{ type: 'warehouse', ids: ['w1'] }];

describe('a socket of a key that changes', () => {
  test('is closed once the key is restricted to resources, and tells nothing in between', async () => {
    const socket = await connected();
    expect(await follow(socket)).toHaveLength(1);
    await change({ restrictions });
    expect([['FORBIDDEN'], [4403]]).toContainEqual(await outcomeOf(follow(socket)));
    expect(await socket.closed).toBe(4403);
  });

  test('is closed once the key is restricted no more: another is opened then', async () => {
    await change({ restrictions });
    const socket = await connected();
    await change({ restrictions: null });
    expect(await socket.closed).toBe(4403);
    expect(await follow(await connected())).toHaveLength(1);
  });

  test('is closed where the key is not good from its address any more, and only there', async () => {
    const near = await connected();
    const far = await connected('127.0.0.2');
    await change({ allowedCidrs: ['127.0.0.1/32'] });
    expect(await far.closed).toBe(4403);
    expect(await follow(near)).toHaveLength(1);
  });
});

describe('a handshake', () => {
  const lines = (atLeast: number) => linesOf(tenant.owner.client, { organizationId: tenant.organizationId, apiKeyId: key.id }, atLeast);

  test('that is refused is in the log of the key', async () => {
    await change({ allowedCidrs: ['192.0.2.0/24'] });
    const socket = openSocket(service, bearing(key.key));
    open.push(socket);
    expect(await socket.closed).toBe(4401);
    expect(await lines(1)).toMatchObject([{ code: 'IP_NOT_ALLOWED', clientIp: '127.0.0.1' }]);
  });

  test('that goes well is no use: what is subscribed to is one', async () => {
    await follow(await connected());
    expect(await lines(1)).toMatchObject([{ code: 'VALID' }]);
  });
});

describe('a job that cannot be read while it is watched', () => {
  test('is told of as an error, not as complete', async () => {
    const socket = await connected();
    const found = await new JobStore(service.app.database.reader).byIds([id]);
    const reads = jest
      .spyOn(JobStore.prototype, 'byIds')
      .mockResolvedValueOnce(found)
      .mockRejectedValueOnce(new Error('the statement is lost'));
    const outcome = await outcomeOf(follow(socket));
    reads.mockRestore();
    expect(outcome).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(service.logged.at(-1)).toContain('the statement is lost');
    expect(await follow(socket)).toHaveLength(1);
  });

  test('is watched no more', async () => {
    const job = (await new JobStore(service.app.database.reader).byIds([id])).get(id)!;
    const watching = service.app.jobs.watch(job, () => Promise.reject(new Error('lost')))[Symbol.asyncIterator]();
    await expect(watching.next()).rejects.toThrow('lost');
    expect(await watching.next()).toEqual({ value: undefined, done: true });
  });
});
