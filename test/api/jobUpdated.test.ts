import {
  type ImportedApiKeyInput,
  JobUpdatedDocument,
  type JobUpdatedSubscription,
  RevokeApiKeyDocument,
  SignOutDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { crowding } from '../support/crowding.js';
import { importKeys, itemOf, jobOver, oldCredential, startImport } from '../support/jobs.js';
import { type Service, startService } from '../support/service.js';
import { bearing, openSocket, type Told, type TestSocket } from '../support/sockets.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let organizationId: string;
let owner: { token: string; client: Client };
const open: TestSocket[] = [];

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  ({ organizationId } = tenant);
  owner = await session(tenant.owner);
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.end();
});
afterAll(() => service.stop());

/** A new session of somebody. */
async function session({ email, password }: TestPerson): Promise<{ token: string; client: Client }> {
  const { signIn } = await service.anonymous.ask<{ signIn: { accessToken: string } }, object>(
    'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    { input: { email, password, organizationId } },
  );
  return { token: signIn.accessToken, client: service.anonymous.as(signIn.accessToken) };
}
function socketOf(...how: Parameters<typeof openSocket> extends [unknown, ...infer R] ? R : never): TestSocket {
  const socket = openSocket(service, ...how);
  open.push(socket);
  return socket;
}
const items = (count: number): ImportedApiKeyInput[] =>
  Array.from({ length: count }, () => itemOf(oldCredential(), { userId: tenant.owner.id, namespaceId: organizationId }));
const follow = (socket: TestSocket, id: string) => socket.all<JobUpdatedSubscription>(JobUpdatedDocument, { id });
const codeOf = ([first]: readonly Told<unknown>[]): unknown => first?.errors?.[0]?.extensions?.['code'];
const failed = async (told: Promise<unknown>): Promise<unknown> => {
  const errors: unknown = await told.then(
    () => null,
    (error: unknown) => error,
  );
  return Array.isArray(errors) ? (errors[0] as { extensions: { code: string } }).extensions.code : errors;
};

describe('jobUpdated', () => {
  test('tells a job as it is, its progress, and its end; then it is complete', async () => {
    const id = await startImport(owner.client, organizationId, items(2_500));
    const told = (await follow(socketOf(bearing(owner.token)), id)).map(({ data }) => data!.jobUpdated);
    expect(told.length).toBeGreaterThan(1);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((one, other) => one - other));
    expect(told.at(-1)).toMatchObject({ id, status: 'SUCCEEDED', total: 2_500, done: 2_500, failed: 0 });
  });

  test('tells of a job that is over already once, and of what went wrong in it', async () => {
    const { id } = await importKeys(owner.client, organizationId, [...items(1), { ...items(1)[0]!, permissions: ['no:such'] }]);
    const told = await socketOf(bearing(owner.token)).all<{ jobUpdated: { failures: { nodes: object[] } } }>(
      'subscription ($id: ID!) { jobUpdated(id: $id) { status failures { nodes { index message } } } }',
      { id },
    );
    expect(told).toMatchObject([{ data: { jobUpdated: { status: 'SUCCEEDED', failures: { nodes: [{ index: 1 }] } } } }]);
  });

  test('is answered at the door of each environment to its own keys, and to the credential in the header of the upgrade', async () => {
    const { id } = await importKeys(owner.client, organizationId, items(1));
    const key = await tenant.key({ environment: 'STAGING', permissions: ['job:view'] });
    expect(await follow(socketOf(bearing(key.key), { door: '/staging/graphql' }), id)).toHaveLength(1);
    const headers = { authorization: `Bearer ${owner.token}` };
    for (const door of ['/graphql', '/staging/graphql', '/development/graphql'] as const) {
      expect(await follow(socketOf({}, { door, headers }), id)).toHaveLength(1);
    }
    expect(await socketOf(bearing(key.key)).closed).toBe(4401);
  });

  test('does not exist for who does not see the job', async () => {
    const { id } = await importKeys(owner.client, organizationId, items(1));
    const stranger = await foundTenant(service, 'Other');
    const member = await session(await tenant.person('Member', ['rol_event_writer']));
    const plain = await tenant.key({ permissions: ['event:submit'] });
    for (const credential of [(await stranger.key()).key, member.token, plain.key]) {
      const socket = socketOf(bearing(credential));
      for (const asked of [id, 'job_01jzzzzzzzzzzzzzzzzzzzzzzz', 'key_1', ''])
        expect(codeOf(await follow(socket, asked))).toBe('NOT_FOUND');
    }
  });
});

describe('a socket', () => {
  test.each(['{ viewer { environment } }', 'mutation { signOut { ok } }', 'query { __schema { queryType { name } } }'])(
    'answers no query and no mutation: %s (R84)',
    async (document) => {
      expect(await failed(socketOf(bearing(owner.token)).all(document))).toBe(
        document.includes('signOut') ? 'GRAPHQL_VALIDATION_FAILED' : 'OPERATION_RESOLUTION_FAILURE',
      );
    },
  );

  test('holds subscriptions to the limits of HTTP', async () => {
    const socket = socketOf(bearing(owner.token));
    const of = (selection: string) => `subscription { jobUpdated(id: "job_01jzzzzzzzzzzzzzzzzzzzzzzz") { ${selection} } }`;
    expect(await failed(socket.all(of('id '.repeat(1_000))))).toBe('GRAPHQL_PARSE_FAILED');
    expect(await failed(socket.all(of('nothing')))).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await failed(socket.all(of(Array.from({ length: 31 }, (_, n) => `a${n}: id`).join(' '))))).toBe('QUERY_TOO_COMPLEX');
    expect(await failed(socket.all(of('id').replace('}', '')))).toBe('GRAPHQL_PARSE_FAILED');
  });

  test.each([
    ['without a credential', {}, 4401],
    ['with a credential that is no good', bearing('bwk_prod_nothing'), 4401],
    ['with a token that is no good', bearing('nothing'), 4401],
    ['with a credential that is no text', { authorization: { Bearer: 'x' } }, 4401],
    ['with two credentials (R85)', { authorization: 'Bearer one', 'X-API-Key': 'two' }, 4400],
  ])('is not opened %s', async (_how, parameters, code) => {
    expect(await socketOf(parameters).closed).toBe(code);
  });

  test('is not opened with a credential in its parameters beside one in its header (R85)', async () => {
    expect(await socketOf(bearing(owner.token), { headers: { authorization: `Bearer ${owner.token}` } }).closed).toBe(4400);
  });

  test('takes nothing from a foreign page but what that page itself says', async () => {
    const { id } = await importKeys(owner.client, organizationId, items(1));
    const origin = 'https://elsewhere.example';
    expect(await follow(socketOf(bearing(owner.token), { headers: { origin } }), id)).toHaveLength(1);
    expect(await socketOf({}, { headers: { origin, authorization: `Bearer ${owner.token}` } }).closed).toBe(1006);
  });

  test('is closed within a second or so once its session is over (R84)', async () => {
    const socket = socketOf(bearing(owner.token));
    await new Promise((resolve) => socket.client.on('connected', resolve));
    await owner.client.ask(SignOutDocument, {});
    const since = performance.now();
    expect(await socket.closed).toBe(4403);
    expect(performance.now() - since).toBeLessThan(2_000 * crowding());
  });

  test('is closed once its key is revoked, and its user deactivated, and tells nothing more of a running job (R84)', async () => {
    const admin = await tenant.person('Admin', ['rol_admin']);
    const key = await tenant.key({ by: admin.client, permissions: ['job:view'] });
    const second = await tenant.key({ by: admin.client, permissions: ['job:view'] });
    const sockets = [key.key, second.key, (await session(admin)).token].map((credential) => socketOf(bearing(credential)));
    const [first, ...others] = sockets;
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.client.on('connected', resolve))));
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    expect(await first!.closed).toBe(4403);
    const id = await startImport(owner.client, organizationId, items(5_000));
    const following = others.map((socket) => follow(socket, id).catch((error: unknown) => error));
    await tenant.setActive(admin.id, false);
    expect(await Promise.all(others.map(({ closed }) => closed))).toEqual([4403, 4403]);
    await Promise.all(following);
    await jobOver(owner.client, id);
  });

  test('of somebody is one of twenty at most', async () => {
    const sockets = Array.from({ length: 20 }, () => socketOf(bearing(owner.token)));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.client.on('connected', resolve))));
    expect(await socketOf(bearing(owner.token)).closed).toBe(4400);
  });

  test('is opened nowhere else', async () => {
    for (const door of ['/', '/playground', '/graphql/x', '//graphql']) {
      expect(await socketOf(bearing(owner.token), { door: door as '/graphql' }).closed).toBe(1006);
    }
  });
});
