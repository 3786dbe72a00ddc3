import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { mysqlQuery } from '../database/mysqlQuery.js';
import build from '../start/build.js';
import { Hole } from '../start/hole.js';
import { type ServiceProcess, StartFolder } from '../start/serviceProcess.js';
import { type Answer, Client } from '../support/client.js';
import { crowding } from '../support/crowding.js';
import { inBatches } from '../support/inBatches.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase, type TestDatabase } from '../support/testDatabase.js';

const PASSWORD = 'correct horse battery';
/** A statement has a second, or two where it changes something; a connection three. */
const TIMEOUT = { BAILIWICK_DATABASE_TIMEOUT_SECONDS: '1' };
/** Nobody waits longer than this: for a connection, and for two statements. */
const MOST_MS = 8_000;
const MOST_END_MS = 10_000;

let mariadb: MariadbServer;
let folder: StartFolder;
let home: TestDatabase;
let hole: Hole;
let service: ServiceProcess;
let base: string;
let owner: Client;
let organizationId: string;

beforeAll(async () => {
  await build();
  mariadb = await startMariadb({ durable: true });
});
afterAll(() => mariadb.stop());
beforeEach(async () => {
  folder = await StartFolder.make();
  home = await createMariadbDatabase(mariadb.url);
  hole = await Hole.before(mariadb.port);
  const url = new URL(home.url);
  url.port = String(hole.port);
  const ENCRYPTION_KEY = randomBytes(32).toString('base64');
  service = folder.start({ settings: { DATABASE_URL: url.href, ENCRYPTION_KEY, BOOTSTRAP_PASSWORD: PASSWORD, ...TIMEOUT } });
  base = await service.ready();
  const anonymous = new Client(base);
  const { signIn } = await anonymous.ask<{ signIn: { accessToken: string } }>(
    `mutation { signIn(input: { email: "owner@localhost", password: "${PASSWORD}" }) { accessToken } }`,
  );
  owner = anonymous.as(signIn.accessToken);
  organizationId = (await owner.ask<{ organizations: { nodes: { id: string }[] } }>('{ organizations { nodes { id } } }')).organizations
    .nodes[0]!.id;
});
afterEach(async () => {
  if (!mariadb.running) await mariadb.restart();
  await folder.remove();
  await hole.stop();
  await home.drop();
});

const read = (): Promise<Answer<object>> => owner.send<object>('{ organizations { nodes { id } } }');
const write = (name = 'Shop'): Promise<Answer<object>> =>
  owner.send<object>(
    `mutation { createApplication(input: { organizationId: "${organizationId}", name: "${name}" }) { application { id } } }`,
  );
const asRoot = (statement: string): Promise<unknown> => mysqlQuery(mariadb.rootUrl, statement);
const applications = (): Promise<unknown> => mysqlQuery(home.url, "SELECT COUNT(*) AS n FROM namespaces WHERE kind = 'APPLICATION'");

/** What it answers, and that it did so in time. */
async function inTime<T>(work: Promise<T>, most = MOST_MS): Promise<T> {
  const began = performance.now();
  const answer = await work;
  expect(performance.now() - began).toBeLessThan(most * crowding());
  return answer;
}

/** A refusal that whoever sent the request understands, and whoever stands between as well. */
function expectAway(answer: Answer<object>): void {
  const { status, code, errors, headers } = answer;
  expect([status, code, headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '1']);
  expect(errors[0]?.extensions['retryAfterSeconds']).toBe(1);
  expect(answer.text).not.toMatch(/ER_|ECONN|PROTOCOL|SELECT|127\.0\.0\.1/);
}

const readyz = async (): Promise<[number, unknown]> => {
  const response = await fetch(`${base}/readyz`);
  return [response.status, await response.json()];
};

async function comesBack(): Promise<void> {
  const deadline = performance.now() + 30_000;
  let told: unknown;
  for (;;) {
    const [status, now] = await readyz();
    told = now;
    if (status === 200 && (await read()).status === 200) break;
    if (performance.now() > deadline) throw new Error('the service did not find its database again');
    await delay(20);
  }
  expect(told).toEqual({ status: 'ready', database: 'up', migrations: 'current', lease: 'held', redis: 'unused' });
  expect(await write(`Back ${Math.random()}`)).toMatchObject({ status: 200, code: 'OK' });
}

describe('a database that does not answer any more', () => {
  it('frozen: every request is answered in time with 503, readiness says so, and all is well afterwards', async () => {
    mariadb.kill('SIGSTOP');
    try {
      const answers = inTime(Promise.all([read(), read(), write(), ...Array.from({ length: 40 }, read)]));
      const [status, told] = await inTime(readyz());
      expect([status, told]).toMatchObject([503, { status: 'not ready', database: 'no answer', migrations: 'no answer' }]);
      expect((await fetch(`${base}/livez`)).status).toBe(200);
      for (const answer of await answers) expectAway(answer);
      // Also those who come when every connection is known to be no good.
      expectAway(await inTime(read()));
    } finally {
      mariadb.kill('SIGCONT');
    }
    await comesBack();
  });

  it('frozen: the service still ends in time, and whoever had asked is answered', async () => {
    mariadb.kill('SIGSTOP');
    try {
      const answer = read();
      await inTime(service.stop('SIGTERM'), MOST_END_MS);
      expectAway(await answer);
    } finally {
      mariadb.kill('SIGCONT');
    }
  });

  it('swallowed by the network: the same, and new connections are not waited for without end either', async () => {
    hole.closed = true;
    for (const answer of await inTime(Promise.all([read(), write(), read()]))) expectAway(answer);
    for (const answer of await inTime(Promise.all([read(), write(), read()]))) expectAway(answer);
    expect((await readyz())[0]).toBe(503);
    hole.closed = false;
    await comesBack();
  });

  it('killed and started again: nobody is told of a fault of ours', async () => {
    const answers: Answer<object>[] = [];
    let going = true;
    const clients = [read, write, read, write].map(async (ask, client) => {
      for (let n = 0; going; n += 1) answers.push(await (ask === write ? write(`Killed ${client} ${n}`) : read()));
    });
    await service.until(() => (answers.length > 40 ? true : undefined));
    mariadb.kill('SIGKILL');
    await mariadb.exited();
    const known = answers.length;
    await service.until(() => (answers.length > known + 40 ? true : undefined));
    let told = (await readyz())[1] as { readonly lease: string };
    // What is remembered is good for half a second.
    while (told.lease !== 'lapsed') told = (await readyz())[1] as typeof told;
    expect(told).toEqual({ status: 'not ready', database: 'away', migrations: 'away', lease: 'lapsed', redis: 'unused' });
    await mariadb.restart();
    await comesBack();
    going = false;
    await Promise.all(clients);
    for (const answer of answers) if (answer.status !== 200) expectAway(answer);
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(30);
  });
});

it('connections that were reset under their statements are used by nobody again', async () => {
  const answers: Answer<object>[] = [];
  let going = true;
  const clients = Array.from({ length: 20 }, async (_each, client) => {
    for (let n = 0; going; n += 1) answers.push(await (client % 2 === 0 ? read() : write(`Reset ${client} ${n}`)));
  });
  await service.until(() => (answers.length > 100 ? true : undefined));
  hole.reset();
  const before = answers.length;
  await service.until(() => (answers.length > before + 40 ? true : undefined));
  going = false;
  await Promise.all(clients);
  for (const answer of answers) if (answer.code !== 'OK') expectAway(answer);
  await comesBack();
  const after = await Promise.all(Array.from({ length: 40 }, (_each, n) => (n % 2 === 0 ? read() : write(`After ${n}`))));
  expect(after.map(({ code }) => code)).toEqual(Array.from({ length: 40 }, () => 'OK'));
});

describe('a COMMIT whose answer is lost', () => {
  it('is told as that: whether the change was made is not known, and it may have been', async () => {
    hole.closesBehind = ['In doubt', 'COMMIT'];
    const answer = await inTime(write('In doubt'));
    expectAway(answer);
    expect(answer.errors[0]?.message).toContain('nobody knows whether the change was made');
    // Here it was.
    expect(await applications()).toEqual([{ n: 1 }]);
    hole.closesBehind = null;
    hole.closed = false;
    await comesBack();
  });

  it('is found again with its Idempotency-Key, and not done twice', async () => {
    const client = owner.with({ 'idempotency-key': 'order-4711' });
    const create = (): Promise<Answer<object>> =>
      client.send<object>(
        `mutation { createApplication(input: { organizationId: "${organizationId}", name: "Once" }) { application { id } } }`,
      );
    hole.closesBehind = ['Once', 'COMMIT'];
    expectAway(await create());
    hole.closesBehind = null;
    hole.closed = false;
    await comesBack();
    expect(await create()).toMatchObject({ code: 'CONFLICT', errors: [{ extensions: { createdId: expect.stringMatching(/^app_/) } }] });
  });
});

describe('a database that answers no', () => {
  it('read-only: who reads is answered, who changes is told to come again', async () => {
    await asRoot('SET GLOBAL read_only = 1');
    expect((await read()).status).toBe(200);
    expectAway(await write());
    await asRoot('SET GLOBAL read_only = 0');
    await comesBack();
  });

  it('full of connections: who finds one is answered, and the others are told to come again', async () => {
    await asRoot('SET GLOBAL max_connections = 10');
    const others = await Promise.all(Array.from({ length: 12 }, () => createConnection({ uri: mariadb.url }).catch(() => null)));
    const answers = await inTime(Promise.all(Array.from({ length: 40 }, read)));
    for (const answer of answers) if (answer.status !== 200) expectAway(answer);
    expect(answers.filter(({ status }) => status === 503)).not.toHaveLength(0);
    for (const other of others) await other?.end();
    await asRoot('SET GLOBAL max_connections = 300');
    await comesBack();
  });
});

describe('a crowd', () => {
  it('of 200 requests at once is answered, each of them', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, read));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const names = Array.from({ length: 60 }, (_, n) => `Crowd ${n}`);
    const changes = await inBatches(names, write);
    expect(new Set(changes.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('of changes that wait for a row which somebody holds does not keep anybody from reading', async () => {
    const holder = await createConnection({ uri: home.url });
    await holder.query('START TRANSACTION');
    await holder.query('SELECT * FROM tenants FOR UPDATE');
    let sentAway = 0;
    const stuck = Promise.all(Array.from({ length: 30 }, (_, n) => write(`Stuck ${n}`).finally(() => (sentAway += 1))));
    for (let n = 0; n < 20; n += 1) expect((await read()).status).toBe(200);
    expect(sentAway).toBe(0);
    // They are sent away after a while: the holder never lets go.
    const refused = await stuck;
    for (const answer of refused) expectAway(answer);
    await holder.query('ROLLBACK');
    await holder.end();
    await comesBack();
    expect(await applications()).toEqual([{ n: 1 }]);
  });
});
