import { mysqlQuery } from './mysqlQuery.js';
import type { ApiKey } from '../../src/keys/ApiKey.js';
import { ApiKeyRows } from '../../src/keys/ApiKeyRow.js';
import type { ApiKeyEdit } from '../../src/keys/ApiKeyStore.js';
import { explainFailure } from '../../src/start/explainFailure.js';
import { startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase, databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf, openAt } from './databaseWorld.js';

let world: DatabaseWorld;
let tenant: string;
let user: string;

beforeAll(async () => {
  world = await DatabaseWorld.open();
  tenant = await world.tenant();
  user = await world.user(tenant);
});
afterAll(() => world.close());

const EXPIRY = new Date('2027-01-01T00:00:00.000Z');

/** What a column that is fixed at creation is set to by somebody with SQL in their hands. */
const attempts = (other: { tenant: string; user: string; key: string }): Readonly<Record<string, string | null>> => ({
  id: 'key_another',
  organization_id: other.tenant,
  namespace_id: other.tenant,
  environment: 'STAGING',
  user_id: other.user,
  created_by: other.user,
  created_by_api_key_id: other.key,
  expires_at: '2099-01-01 00:00:00.000',
  created_at: '2020-01-01 00:00:00.000',
});

describe('what is fixed of a key when it is created is fixed in the database (S3.9, S4.7, C1)', () => {
  it('no statement moves a key to another user, namespace or environment, or touches its expiry', async () => {
    const key = await world.apiKey(tenant, user, EXPIRY);
    const other = { tenant: await world.tenant('Other'), user: await world.user(tenant), key: await world.apiKey(tenant, user) };
    const before = await world.database.reader.findOneByOrFail(ApiKeyRows, { id: key });
    for (const [column, value] of Object.entries(attempts(other))) {
      const error = await errorOf(() => world.sql(`UPDATE api_keys SET ${column} = ? WHERE id = ?`, [value, key]));
      expect([column, error.message]).toEqual([column, expect.stringMatching(/are fixed at creation/)]);
      expect(error.message).toContain(column);
    }
    expect(await world.database.reader.findOneByOrFail(ApiKeyRows, { id: key })).toEqual(before);
  });

  it('an expiry is neither taken away, nor given, nor brought forward, not by a millisecond', async () => {
    const [expiring, endless] = [await world.apiKey(tenant, user, EXPIRY), await world.apiKey(tenant, user)];
    const set = (id: string, value: string | null) => world.sql('UPDATE api_keys SET expires_at = ? WHERE id = ?', [value, id]);
    for (const value of [null, '2026-12-31 23:59:59.999', '2027-01-01 00:00:00.001']) {
      expect((await errorOf(() => set(expiring, value))).message).toContain('expires_at');
    }
    expect((await errorOf(() => set(endless, '2027-01-01 00:00:00.000'))).message).toContain('expires_at');
    // Together with what may change, and of many rows at once, it is refused as a whole.
    await errorOf(() => world.sql(`UPDATE api_keys SET name = 'Renamed', expires_at = NULL`));
    expect(await world.database.reader.countBy(ApiKeyRows, { name: 'Renamed' })).toBe(0);
  });

  it('the store has no word for it: code that names what is fixed, or asks for a digest, does not compile (S4.7, S4.8)', () => {
    type Fixed =
      'id' | 'organizationId' | 'namespaceId' | 'environment' | 'userId' | 'createdBy' | 'createdByApiKeyId' | 'expiresAt' | 'createdAt';
    // Held by the compiler: where a condition turns, `true` does not fit, and the type check of the tests fails.
    const known: Fixed extends keyof ApiKey ? true : false = true;
    const named: Extract<keyof ApiKeyEdit, Fixed> extends never ? true : false = true;
    const shown: Extract<keyof ApiKey, `${string}${'secret' | 'Secret' | 'digest' | 'Digest'}`> extends never ? true : false = true;
    expect([known, named, shown]).toEqual([true, true, true]);
  });

  it('everything else of a key changes, also in a statement that repeats what is fixed', async () => {
    const key = await world.apiKey(tenant, user, EXPIRY);
    await world.sql(
      `UPDATE api_keys SET name = 'Renamed', issued_by = ?, expires_at = '2027-01-01 00:00:00.000', environment = 'PRODUCTION' WHERE id = ?`,
      [user, key],
    );
    const { name, expiresAt } = await world.database.reader.findOneByOrFail(ApiKeyRows, { id: key });
    expect([name, expiresAt]).toEqual(['Renamed', EXPIRY]);
  });
});

describe('the triggers of an ordinary MySQL user', () => {
  it('are made with binary logging on', async () => {
    if (databaseKind() === 'sqlite') return;
    const [row] = await world.database.reader.query<{ logged: number; who: string }[]>('SELECT @@log_bin AS logged, CURRENT_USER() AS who');
    expect(Number(row?.logged)).toBe(1);
    expect(row?.who).not.toMatch(/^root@/);
    const grants = JSON.stringify(await world.database.reader.query('SHOW GRANTS'));
    expect(grants).not.toMatch(/SUPER|BINLOG ADMIN/);
  });

  it('are refused where the server does not trust them: the start says so in one line, and goes on once it does', async () => {
    if (databaseKind() === 'sqlite') return;
    const server = await startMariadb({ args: ['--log-bin-trust-function-creators=0'] });
    try {
      const home = await createMariadbDatabase(server.url);
      const said = explainFailure(await errorOf(() => openAt(home.url)));
      expect(said).toMatch(/trigger.*log_bin_trust_function_creators=1/);
      expect(said).not.toContain('\n');
      await mysqlQuery(server.rootUrl, 'SET GLOBAL log_bin_trust_function_creators = 1');
      const database = await openAt(home.url);
      expect(await database.schema()).toBe('current');
      await database.close();
    } finally {
      await server.stop();
    }
  });
});
