import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import build from '../start/build.js';
import { type ServiceProcess, StartFolder } from '../start/serviceProcess.js';
import { Client } from '../support/client.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase, createTestDatabase } from '../support/testDatabase.js';
import { Acknowledged, Crowd, OWNER, type Place, signedIn } from './crowd.js';
import { contradictions } from './evidence.js';

const CLIENTS = 8;
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

/** An installation whose service is killed and started again, with all that it ever acknowledged. */
class Installation {
  readonly acknowledged = new Acknowledged();
  readonly complaints: string[] = [];
  base: string;
  private service: ServiceProcess;
  private owner: Client;
  private place: Place | undefined;

  constructor(
    private readonly folder: StartFolder,
    readonly databaseUrl: string,
  ) {}

  /** Starts the service; the first time it founds, and makes what the crowd writes into. */
  async start(): Promise<void> {
    const settings = { DATABASE_URL: this.databaseUrl, ENCRYPTION_KEY, BOOTSTRAP_PASSWORD: OWNER.password };
    this.service = this.folder.start({ settings });
    this.base = await this.service.ready();
    this.owner = await signedIn(this.base);
    this.place ??= await Crowd.prepare(this.owner);
  }

  /** A client that asks with an API key. */
  get gateway(): Client {
    return new Client(this.base).as(this.place?.gatewayKey ?? '');
  }

  crowd(): Crowd {
    if (!this.place) throw new Error('start it first');
    return new Crowd(this.owner, this.gateway, this.place, this.acknowledged);
  }

  /** Writes from many clients and does something terrible in the middle of it. */
  async whileWriting(terrible: () => unknown): Promise<void> {
    const crowd = this.crowd();
    const { ended } = await crowd.write(CLIENTS, 1 + Math.floor(Math.random() * 40));
    // A moment that nobody has chosen: in a transaction, between two, or while an answer is on its way.
    await delay(Math.random() * 20);
    await terrible();
    crowd.stop();
    await ended;
    this.complaints.push(...crowd.complaints);
  }

  kill(): Promise<unknown> {
    return this.service.stop('SIGKILL');
  }

  stop(): Promise<unknown> {
    return this.service.stop('SIGTERM');
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + 30_000;
    while ((await fetch(`${this.base}/readyz`)).status !== 200) {
      if (performance.now() > deadline) throw new Error('the service did not find its database again');
      await delay(20);
    }
  }

  /** What was acknowledged is there, the running service acts on it, and the audit trail tells exactly that. */
  async check(asked: readonly string[]): Promise<void> {
    expect(await contradictions(this.databaseUrl, this.acknowledged)).toEqual([]);
    const { keys, revoked, inDoubt } = this.acknowledged;
    const crowd = this.crowd();
    const answers = await Promise.all(
      asked.map(async (id) => [id, await crowd.verify(keys.get(id) ?? ''), revoked.has(id), inDoubt.has(id)] as const),
    );
    const wrong = answers.filter(([, code, isRevoked, isInDoubt]) => (isRevoked ? code !== 'INACTIVE' : !isInDoubt && code !== 'VALID'));
    expect(wrong).toEqual([]);
  }

  /** The newest keys: what the last round touched. Those before were asked about then. */
  newest(): string[] {
    return [...this.acknowledged.keys.keys()].slice(-60);
  }
}

let folder: StartFolder;
beforeAll(() => build(), 60_000);
beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const ROUNDS = 20;

async function survive(installation: Installation, rounds: number, terrible: () => Promise<unknown>): Promise<void> {
  await installation.start();
  for (let round = 1; round <= rounds; round += 1) {
    await installation.whileWriting(terrible);
    await installation.start();
    await installation.check(installation.newest());
  }
  await installation.check([...installation.acknowledged.keys.keys()]);
  expect(installation.complaints).toEqual([]);
  // Something that never was would be missed: the comparison is not blind.
  const imagined = new Acknowledged();
  imagined.workspaces.add('wks_imagined');
  expect(await contradictions(installation.databaseUrl, imagined)).toEqual(['the acknowledged workspace wks_imagined is missing']);
  const { count, keys, revoked, workspaces, grants, inDoubt } = installation.acknowledged;
  console.log(
    `${rounds} kills: ${count} writes acknowledged (${workspaces.size} workspaces, ${grants.size} grants, ${keys.size} keys, ${revoked.size} revoked, ${inDoubt.size} in doubt), none lost`,
  );
  expect(count).toBeGreaterThan(rounds);
  expect(revoked.size).toBeGreaterThan(0);
  await installation.stop();
}

describe('a service that is killed in the middle of its writes', () => {
  it(`on SQLite, ${ROUNDS} times, keeps every change that it acknowledged, and its audit trail is whole (S2.8, S0.15)`, async () => {
    const installation = new Installation(folder, `sqlite:${join(folder.path, 'data/bailiwick.sqlite')}`);
    await survive(installation, ROUNDS, () => installation.kill());
  }, 600_000);

  it(`on MariaDB, ${ROUNDS} times, keeps every change that it acknowledged, and its audit trail is whole (S2.8, S0.15)`, async () => {
    const home = await createTestDatabase('mariadb');
    const installation = new Installation(folder, home.url);
    await survive(installation, ROUNDS, () => installation.kill());
    await home.drop();
  }, 600_000);
});

describe('a MariaDB that is killed in the middle of its writes', () => {
  let mariadb: MariadbServer;
  beforeAll(async () => {
    mariadb = await startMariadb({ durable: true });
  });
  afterAll(() => mariadb.stop());

  it('5 times, keeps every change that was acknowledged; the service goes on by itself as soon as it is back', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    const installation = new Installation(folder, home.url);
    await installation.start();
    for (let round = 1; round <= 5; round += 1) {
      await installation.whileWriting(async () => {
        mariadb.kill('SIGKILL');
        await mariadb.exited();
      });
      expect((await fetch(`${installation.base}/livez`)).status).toBe(200);
      expect((await fetch(`${installation.base}/readyz`)).status).toBe(503);
      const refused = await installation.gateway.send('{ viewer { apiKey { id } } }');
      // While the lease lasts the key is still known, and then it is the answer that cannot be read: in part that is 200.
      expect([200, 503]).toContain(refused.status);
      expect([refused.code, refused.headers.get('retry-after'), refused.text.includes('"id"')]).toEqual(['UNAVAILABLE', '1', false]);
      await mariadb.restart();
      await installation.ready();
      await installation.check(installation.newest());
    }
    await installation.check([...installation.acknowledged.keys.keys()]);
    console.log(`5 kills of the database: ${installation.acknowledged.count} writes acknowledged, none lost`);
    // While it was away nothing was made up: each complaint says that, and no more.
    const codes = installation.complaints.map((complaint) => /"code":"(\w+)"/.exec(complaint)?.[1]);
    expect(new Set(codes)).toEqual(new Set(['UNAVAILABLE']));
    await installation.stop();
    await home.drop();
  }, 600_000);

  it('together with the service, 5 times, keeps every change that was acknowledged', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    const installation = new Installation(folder, home.url);
    await survive(installation, 5, async () => {
      // In this order: whoever lost the database first could still say so.
      const gone = installation.kill();
      mariadb.kill('SIGKILL');
      await Promise.all([gone, mariadb.exited()]);
      await mariadb.restart();
    });
    await home.drop();
  }, 600_000);
});
