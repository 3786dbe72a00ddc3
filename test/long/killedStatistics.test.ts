import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openAt } from '../database/databaseWorld.js';
import build from '../start/build.js';
import { StartFolder } from '../start/serviceProcess.js';
import { Client } from '../support/client.js';
import { createTestDatabase } from '../support/testDatabase.js';
import { Acknowledged, Crowd, OWNER, type Place, signedIn } from './crowd.js';
import { contradictions } from './evidence.js';

const CLIENTS = 8;
const ROUNDS = 5;
/** What may be lost: one flush interval, with the time that a write takes on a crowded machine. */
const FLUSH_MS = 1_000;
const VERIFY = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code } }';

let folder: StartFolder;
beforeAll(() => build(), 60_000);
beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

/** Asks about one key from several clients until the service is gone; when each answer came. */
async function ask(gateway: Client, key: string, clients: number): Promise<number[]> {
  const answered: number[] = [];
  const one = async (): Promise<void> => {
    for (;;) {
      try {
        await gateway.ask(VERIFY, { key });
      } catch {
        return;
      }
      answered.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  return answered;
}

/** For how long at the most nobody was answered: the service, or the machine, stood still, and what it wrote with it. */
const longestGap = (answered: readonly number[], until: number): number =>
  Math.max(...[...answered.filter((at) => at < until).sort((a, b) => a - b), until].map((at, n, all) => at - (all[n - 1] ?? at)));

/** How often a key was used, as the database says that nobody serves any more. */
async function counted(url: string, keyId: string): Promise<number> {
  const database = await openAt(url);
  const [row] = await database.reader.query<{ uses: unknown }[]>('SELECT SUM(verified) AS uses FROM usage_hours WHERE api_key_id = ?', [
    keyId,
  ]);
  await database.close();
  return Number(row?.uses ?? 0);
}

/** Two clients revoke and create keys beside those that verify: what they were told must be true afterwards. */
async function survive(url: string): Promise<void> {
  const settings = { DATABASE_URL: url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), BOOTSTRAP_PASSWORD: OWNER.password };
  const acknowledged = new Acknowledged();
  let place: Place | undefined;
  let watched: { id: string; key: string } | undefined;
  let asked = 0;
  let before = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const service = folder.start({ settings });
    const base = await service.ready();
    const owner = await signedIn(base);
    place ??= await Crowd.prepare(owner);
    const gateway = new Client(base).as(place.gatewayKey);
    if (!watched) {
      const { createApiKey } = await owner.ask<{ createApiKey: { apiKey: { id: string }; key: string } }, object>(
        'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } key } }',
        { input: { namespaceId: place.organizationId, environment: 'PRODUCTION', name: 'Watched', permissions: ['event:submit'] } },
      );
      watched = { id: createApiKey.apiKey.id, key: createApiKey.key };
      acknowledged.keys.set(watched.id, watched.key);
      // The crowd revokes whatever key it knows: this one is not its business.
      acknowledged.inDoubt.add(watched.id);
    }
    const crowd = new Crowd(owner, gateway, place, acknowledged);
    const { ended } = await crowd.write(2, 1);
    const asking = ask(gateway, watched.key, CLIENTS);
    await delay(3_000 + Math.random() * 1_000);
    const killedAt = performance.now();
    await service.stop('SIGKILL');
    crowd.stop();
    const answered = await asking;
    await ended;

    const found = (await counted(url, watched.id)) - before;
    const mustBeThere = answered.filter((at) => at < killedAt - FLUSH_MS - longestGap(answered, killedAt)).length;
    console.log(`round ${round}: ${answered.length} verifications answered, ${found} counted, ${answered.length - found} lost`);
    expect(mustBeThere).toBeGreaterThan(0);
    expect(found).toBeGreaterThanOrEqual(mustBeThere);
    // Each client may have had one question on its way that was counted and not answered.
    expect(found).toBeLessThanOrEqual(answered.length + CLIENTS);
    expect(await contradictions(url, acknowledged)).toEqual([]);
    before += found;
    asked += answered.length;
  }
  expect(asked).toBeGreaterThan(ROUNDS * CLIENTS);
}

describe('a service that is killed in the middle of verifications', () => {
  it(`on SQLite, ${ROUNDS} times, loses at most one flush interval of statistics, and no revocation and no key`, async () => {
    await survive(`sqlite:${join(folder.path, 'data/bailiwick.sqlite')}`);
  }, 600_000);

  it(`on MariaDB, ${ROUNDS} times, loses at most one flush interval of statistics, and no revocation and no key`, async () => {
    const home = await createTestDatabase('mariadb');
    await survive(home.url);
    await home.drop();
  }, 600_000);
});

describe('two services on one MariaDB', () => {
  it('count together exactly, and a clean stop loses nothing', async () => {
    const home = await createTestDatabase('mariadb');
    const settings = { DATABASE_URL: home.url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), BOOTSTRAP_PASSWORD: OWNER.password };
    const first = folder.start({ settings });
    const bases = [await first.ready()];
    const second = folder.start({ settings });
    bases.push(await second.ready());
    const owner = await signedIn(bases[0]!);
    const place = await Crowd.prepare(owner);
    const gateways = bases.map((base) => new Client(base).as(place.gatewayKey));
    await Promise.all(Array.from({ length: 200 }, (_, index) => gateways[index % 2]!.ask(VERIFY, { key: place.gatewayKey })));
    await Promise.all([first.stop('SIGTERM'), second.stop('SIGTERM')]);
    const database = await openAt(home.url);
    const keys = await database.reader.query<{ uses: unknown }[]>('SELECT SUM(verified) AS uses FROM usage_hours');
    await database.close();
    // The gateway asked 200 times, each time about itself.
    expect(Number(keys[0]?.uses)).toBe(400);
    await home.drop();
  }, 120_000);
});
