import { makeCredential } from '../../src/keys/credential.js';
import {
  DeleteApiKeyDocument,
  NodeDocument,
  RegenerateApiKeyDocument,
  VerificationLogsDocument,
  type VerificationLogsQuery,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';
import { linesOf, usageOf, usageOn } from '../support/usage.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let gateway: TestKey;
let application: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  service.clock.advance(3_600_000);
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  gateway = await tenant.gateway();
  application = await tenant.application();
});
afterAll(() => service.stop());

const ofTenant = () => ({ organizationId: tenant.organizationId });
const logsOf = (client: Client, apiKeyId: string) =>
  client.send<{ verificationLogs: { nodes: { id: string }[] } }>(VerificationLogsDocument, {
    filter: { ...ofTenant(), apiKeyId },
    first: 100,
  });

describe('the log of a key', () => {
  test('tells each verification: when, for what, with which answer, how fast, in which request (S2.17, R66)', async () => {
    const key = await tenant.key({ namespaceId: application, permissions: ['event:submit'] });
    const [right, wrong] = ['request-of-the-right-one', 'request-of-the-wrong-one'];
    const asking = (requestId: string): TestKey => ({ ...gateway, client: gateway.client.with({ 'x-request-id': requestId }) });
    const first = service.clock.now();
    await verify(asking(right), key, { permissions: ['event:submit'] });
    service.clock.advance(1_500);
    await verify(asking(wrong), key, { permissions: ['service:manage', 'event:submit'] });
    const common = { id: expect.stringMatching(/^log_/), apiKeyId: key.id, retiredSecret: false, resource: null, clientIp: null, uses: 1 };
    const lines = await linesOf(owner, { ...ofTenant(), apiKeyId: key.id }, 2);
    expect(lines).toEqual([
      {
        ...common,
        at: service.clock.now().toISOString(),
        code: 'INSUFFICIENT_PERMISSIONS',
        httpStatus: 403,
        requestedPermissions: ['service:manage', 'event:submit'],
        latencyMs: expect.any(Number),
        requestId: wrong,
      },
      {
        ...common,
        at: first.toISOString(),
        code: 'VALID',
        httpStatus: 200,
        requestedPermissions: ['event:submit'],
        latencyMs: expect.any(Number),
        requestId: right,
      },
    ]);
    for (const { latencyMs } of lines) expect(latencyMs).toBeGreaterThan(0);
    for (const { latencyMs } of lines) expect(latencyMs).toBeLessThan(10_000);
  });

  test('tells the requests to this API that were made with it, also those that were refused', async () => {
    const key = await tenant.key({ environment: 'STAGING' });
    const answer = await key.client.send('{ viewer { apiKey { id } } }');
    const elsewhere = await service.anonymous.as(key.key, '/graphql').send('{ viewer { apiKey { id } } }');
    expect([answer.status, elsewhere.status]).toEqual([200, 401]);
    expect(await linesOf(owner, { ...ofTenant(), apiKeyId: key.id }, 2)).toMatchObject([
      { code: 'ENVIRONMENT_MISMATCH', httpStatus: 401, requestedPermissions: [], requestId: elsewhere.headers.get('x-request-id') },
      { code: 'VALID', httpStatus: 200, requestedPermissions: [], requestId: answer.headers.get('x-request-id') },
    ]);
  });

  test('tells of a retired secret that is still tried, and of one that never was nothing (R33)', async () => {
    const key = await tenant.key();
    await owner.ask(RegenerateApiKeyDocument, { input: { id: key.id } });
    const never = makeCredential(key.id, 'PRODUCTION').credential;
    expect(await verify(gateway, { key: never })).toEqual(await verify(gateway, key));
    expect(await key.client.send('{ viewer { apiKey { id } } }')).toMatchObject({ status: 401 });
    expect(await service.anonymous.as(never).send('{ viewer { apiKey { id } } }')).toMatchObject({ status: 401 });
    const retired = { code: 'NOT_FOUND', httpStatus: 401, retiredSecret: true };
    expect(await linesOf(owner, { ...ofTenant(), apiKeyId: key.id }, 2)).toMatchObject([retired, retired]);
    expect(await usageOf(service, owner, key.id, 2)).toMatchObject({ lastUsedAt: null, usage: [{ verified: 0, denied: 2 }] });
    // Another tenant's service, and one outside of the key's sphere, write nothing into this log.
    const foreign = await (await foundTenant(service)).gateway();
    const narrow = await tenant.gateway('PRODUCTION', application);
    for (const asker of [foreign, narrow]) expect(await verify(asker, key)).toMatchObject({ code: 'NOT_FOUND' });
    await verify(gateway, gateway);
    await usageOf(service, owner, gateway.id, 4);
    expect(await usageOn(service, owner, key.id)).toMatchObject({ usage: [{ verified: 0, denied: 2 }] });
  });

  test('holds no secret: neither a credential nor what is stored of one', async () => {
    const key = await tenant.key();
    await owner.ask(RegenerateApiKeyDocument, { input: { id: key.id } });
    await verify(gateway, key);
    await verify(gateway, gateway);
    await linesOf(owner, ofTenant(), 4);
    const rows = JSON.stringify(await sql(service, 'SELECT * FROM verification_logs'));
    for (const { key: credential, secret } of [key, gateway]) {
      expect(rows).not.toContain(credential);
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(secret.slice(0, 43));
    }
  });

  test('stays when the key is deleted, which nobody sees any more (C3, S2.8)', async () => {
    const key = await tenant.key();
    await verify(gateway, key);
    await usageOf(service, owner, key.id, 1);
    await owner.ask(DeleteApiKeyDocument, { input: { id: key.id } });
    expect(await verify(gateway, key)).toMatchObject({ code: 'NOT_FOUND' });
    const [line] = await linesOf(owner, { ...ofTenant(), apiKeyId: key.id }, 1);
    expect(line).toMatchObject({ apiKeyId: key.id, code: 'VALID' });
    expect(await owner.ask(NodeDocument, { id: line!.id })).toMatchObject({ node: { __typename: 'VerificationLog', apiKeyId: key.id } });
    expect(await sql(service, 'SELECT verified FROM usage_hours WHERE api_key_id = ?', [key.id])).toEqual([{ verified: 1 }]);
  });
});

describe('the logs of a tenant', () => {
  test('are narrowed by key, code and time, and paged without a gap', async () => {
    const [one, other] = [await tenant.key({ permissions: ['event:submit'] }), await tenant.key()];
    const begun = service.clock.now();
    for (let index = 0; index < 6; index += 1) {
      await verify(gateway, index % 2 === 0 ? one : other, { permissions: [index < 3 ? 'event:submit' : 'service:manage'] });
      service.clock.advance(1);
    }
    const all = await linesOf(owner, ofTenant(), 12);
    const at = (milliseconds: number) => new Date(begun.getTime() + milliseconds).toISOString();
    const told = async (more: object) =>
      (await linesOf(owner, { ...ofTenant(), ...more }, 0)).map(({ apiKeyId, code }) => [apiKeyId, code]);
    expect(await told({ apiKeyId: one.id })).toEqual([
      [one.id, 'INSUFFICIENT_PERMISSIONS'],
      [one.id, 'VALID'],
      [one.id, 'VALID'],
    ]);
    expect(await told({ code: 'INSUFFICIENT_PERMISSIONS' })).toEqual([[one.id, 'INSUFFICIENT_PERMISSIONS']]);
    expect(await told({ apiKeyId: other.id, from: at(2), to: at(5) })).toEqual([[other.id, 'VALID']]);
    expect(await told({ from: at(6) })).toEqual([]);
    expect(await told({ to: at(0) })).toEqual([]);
    expect(await told({ apiKeyId: makeId(one.id) })).toEqual([]);

    const paged: string[] = [];
    let after: string | null | undefined = null;
    do {
      const { verificationLogs }: VerificationLogsQuery = await owner.ask(VerificationLogsDocument, {
        filter: ofTenant(),
        first: 5,
        after,
      });
      paged.push(...verificationLogs.nodes.map(({ id }) => id));
      after = verificationLogs.pageInfo.hasNextPage ? verificationLogs.pageInfo.endCursor : null;
    } while (after);
    expect(paged).toEqual(all.map(({ id }) => id));
    // The newest first, whatever was written first.
    expect(all.map(({ at: when }) => when)).toEqual(
      all
        .map(({ at: when }) => when)
        .sort()
        .reverse(),
    );
  });

  const makeId = (id: string): string => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
});

describe('who sees a log sees the same of it at the root, inside of the key, and by the id of a line (R12, R83, C21)', () => {
  test('with log:view of the keys they may see; one’s own; a key those of its home and environment', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer', application]);
    const of = { by: ada.client, namespaceId: application, permissions: ['event:submit'] };
    const adas = await tenant.key(of);
    const staging = await tenant.key({ ...of, environment: 'STAGING' });
    const homes = await tenant.key({ namespaceId: application });
    await verify(gateway, adas);
    await verify(gateway, homes);
    await staging.client.ask('{ viewer { apiKey { id } } }');

    const logReader = await tenant.role('LOG_READER', 'log:view');
    const reading = ['log:view', 'apiKey:view'];
    const foreign = await foundTenant(service);
    const callers: Record<string, [Client, string[]]> = {
      'the owner': [owner, [adas.id, staging.id, homes.id]],
      'a viewer of the organization': [(await tenant.person('Vera', ['rol_viewer'])).client, [adas.id, staging.id, homes.id]],
      'a viewer of the application': [(await tenant.person('Victor', ['rol_viewer', application])).client, [adas.id, staging.id, homes.id]],
      'the user of two keys': [ada.client, [adas.id, staging.id]],
      'who may read logs and sees no key': [(await tenant.person('Lena', [logReader])).client, []],
      'a colleague': [(await tenant.person('Bob', ['rol_event_writer', application])).client, []],
      'a key at home there': [(await tenant.key({ namespaceId: application, permissions: reading })).client, [adas.id, homes.id]],
      'a key of another environment': [
        (await tenant.key({ namespaceId: application, environment: 'STAGING', permissions: reading })).client,
        [staging.id],
      ],
      'a key at home in the organization': [(await tenant.key({ permissions: reading })).client, []],
      'a key without log:view': [(await tenant.key({ namespaceId: application, permissions: ['apiKey:view'] })).client, []],
      'the key itself, without log:view': [adas.client, []],
      'another tenant': [foreign.owner.client, []],
    };
    const keys = [adas, staging, homes];
    const lines = await linesOf(owner, ofTenant(), 5);
    const lineOf = Object.fromEntries(keys.map(({ id }) => [id, lines.find(({ apiKeyId }) => apiKeyId === id)!.id]));
    const nested = 'query ($id: ID!) { apiKey(id: $id) { logs(first: 1) { nodes { id } } } }';
    for (const [who, [client, seen]] of Object.entries(callers)) {
      for (const { id } of keys) {
        const line = lineOf[id];
        // Who presents a key makes lines of that key; what is looked for is the first one.
        const root = (await logsOf(client, id)).data?.verificationLogs.nodes.map((node) => node.id) ?? [];
        const inside = await client.send<{ apiKey: { logs: { nodes: { id: string }[] } } | null }>(nested, { id });
        const byId = await client.send<{ node: { id: string } | null }>('query ($id: ID!) { node(id: $id) { id } }', { id: line });
        const shown = seen.includes(id);
        expect([who, id, root.includes(line!), byId.data?.node?.id]).toEqual([who, id, shown, shown ? line : undefined]);
        const { data, errors } = inside;
        expect([who, errors]).toEqual([who, []]);
        expect([who, id, (data?.apiKey?.logs.nodes.length ?? 0) > 0]).toEqual([who, id, shown]);
      }
    }
    expect(await logsOf(foreign.owner.client, adas.id)).toMatchObject({ code: 'OK', data: { verificationLogs: { nodes: [] } } });
  });
});
