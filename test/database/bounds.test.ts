import { migrations } from '../../migrations/index.js';
import { TenantRows } from '../../src/access/TenantRow.js';
import { allowLong, type Database, isAway, openDatabase, parseDatabaseUrl, type Rows, sendTogether } from '../../src/database/index.js';
import { MysqlPool } from '../../src/database/MysqlPool.js';
import { until } from '../support/rows.js';
import { steadily } from '../support/steadily.js';
import { createTestDatabase, databaseKind, type TestDatabase } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf, openAt, schemas } from './databaseWorld.js';

/** On MySQL a statement that reads has half a second here, and one that changes has one. */
const LIMITS = { connections: 2, timeoutMs: 500 };
/** The lane of the log has as long for a connection. */
const LANE_MS = 500;
/** After so long the server ends a change in which nothing happens. */
const IDLE_MS = 3_000;
const REST_MS = 3_000;

/** SQLite has nobody to wait for. */
const onMariadb = (what: string, tests: () => void): void => {
  if (databaseKind() === 'mariadb') describe(what, tests);
};

describe('the end of a database', () => {
  it('waits for what is under way, and lets nothing new in', async () => {
    const world = await DatabaseWorld.open();
    const organizationId = await world.tenant();
    const other = await world.replica();
    const [held, going] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const change = other.transact(async (rows) => {
      await rows.update(TenantRows, { organizationId }, { auditSequence: 7 });
      held.resolve(undefined);
      await going.promise;
      await rows.update(TenantRows, { organizationId }, { auditSequence: 8 });
    });
    await held.promise;
    const closed = other.close();
    expect(isAway(await errorOf(() => other.transact(() => Promise.resolve())))).toBe(true);
    going.resolve(undefined);
    await change;
    await closed;
    const again = await openAt(world.home.url);
    expect((await again.reader.findOneByOrFail(TenantRows, { organizationId })).auditSequence).toBe(8);
    await again.close();
    if (databaseKind() === 'mariadb') await world.database.close();
    await world.home.drop();
  });
});

describe('how the schema stands to the build', () => {
  it('is older where a migration is missing, and newer where one is there that the build does not know', async () => {
    const world = await DatabaseWorld.open();
    expect(await world.database.schema()).toBe('current');
    const [last] = await world.sql<{ id: number; timestamp: string; name: string }>('SELECT * FROM migrations ORDER BY id DESC LIMIT 1');
    await world.sql("INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')");
    expect(await world.database.schema()).toBe('newer');
    await world.sql('DELETE FROM migrations WHERE name = ?', [last!.name]);
    expect(await world.database.schema()).toBe('older');
    await world.close();
  });
});

onMariadb('a database that takes too long', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await createTestDatabase();
    database = await openDatabase({ url: parseDatabaseUrl(home.url)!, schemas, migrations, limits: LIMITS });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const sleep = (rows: Rows, seconds: number): Promise<unknown> => rows.query('SELECT SLEEP(?) AS slept', [seconds]);
  const connectionOf = async (rows: Rows): Promise<unknown> => (await rows.query<{ id: unknown }[]>('SELECT CONNECTION_ID() AS id'))[0]?.id;
  const slept = async (milliseconds: number, work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    const error = await errorOf(work);
    expect(isAway(error)).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(milliseconds - 100);
  };

  it('to let us in is waited for anew where it was this process that did not run', async () => {
    await steadily(async () => {
      // A lane has no connection before its first statement that was answered.
      const asked = database.lanes.log.read('SELECT 1 AS one', []);
      await new Promise((resolve) => setImmediate(resolve));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LANE_MS * 2);
      expect(await asked).toEqual([{ one: 1 }]);
    });
  });

  it('to read is given up, and the server told so: it does not work on', async () => {
    await slept(500, () => sleep(database.reader, 30));
    // It counts from when it was told, and so perhaps a moment longer than who asked.
    const [began, statement] = [performance.now(), "info LIKE '%SLEEP%' AND info NOT LIKE '%processlist%'"];
    const working = (): Promise<unknown[]> =>
      database.transact((rows) => rows.query(`SELECT * FROM information_schema.processlist WHERE ${statement}`));
    while ((await working()).length > 0) expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('to change is undone, and its connection never used again: the answer may still come', async () => {
    const connections: unknown[] = [];
    await slept(1_000, () =>
      database.transact(async (rows) => {
        connections.push(await connectionOf(rows));
        await rows.query("INSERT INTO migrations (timestamp, name) VALUES (1, 'undone')");
        await sleep(rows, 2);
      }),
    );
    for (let n = 0; n < 5; n += 1) connections.push(await database.transact(connectionOf));
    expect(connections.slice(1)).not.toContain(connections[0]);
    expect(await database.reader.query("SELECT * FROM migrations WHERE name = 'undone'")).toEqual([]);
  });

  it('leaves nobody without an answer who asked on the same connection', async () => {
    await database
      .transact(async (rows) => {
        const all = await Promise.allSettled([sleep(rows, 3), connectionOf(rows), connectionOf(rows)]);
        expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
        throw new Error('as expected');
      })
      .catch((error: unknown) => expect((error as Error).message).toBe('as expected'));
    expect(await database.transact(connectionOf)).toBeDefined();
  });

  it('may, where it was allowed to', async () => {
    const connection = await database.transact(async (rows) => {
      await allowLong(rows);
      await sleep(rows, 1.5);
      return connectionOf(rows);
    });
    // Once, and not whoever has the connection next.
    await slept(1_000, () =>
      database.transact(async (rows) => {
        expect(await connectionOf(rows)).toBe(connection);
        await sleep(rows, 3);
      }),
    );
  });

  it('for all readers at once keeps no writer waiting, nor the other way round', async () => {
    let done = 0;
    const all = (ask: () => Promise<unknown>) => Promise.allSettled([1, 2, 3, 4].map(() => ask().finally(() => (done += 1))));
    const readers = all(() => sleep(database.reader, 30));
    await database.transact(connectionOf);
    expect(done).toBe(0);
    await readers;
    const writers = all(() => database.transact((rows) => sleep(rows, 30)));
    await connectionOf(database.reader);
    expect(done).toBe(4);
    await writers;
  });
});

onMariadb('a connection to change with', () => {
  let world: DatabaseWorld;

  beforeAll(async () => {
    world = await DatabaseWorld.open();
  });
  afterAll(() => world.close());

  it('loses its change where nothing happens in it for three seconds: whoever waits for the same rows goes on', async () => {
    const organizationId = await world.tenant();
    const other = await world.replica();
    const [held, goesOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const set = (rows: Rows, auditSequence: number) => rows.update(TenantRows, { organizationId }, { auditSequence });
    const frozen = errorOf(() =>
      world.database.transact(async (rows) => {
        await set(rows, 1);
        held.resolve(undefined);
        await goesOn.promise;
        await set(rows, 2);
      }),
    );
    await held.promise;
    const began = performance.now();
    await other.transact((rows) => set(rows, 3));
    const waited = performance.now() - began;
    expect(waited).toBeGreaterThan(IDLE_MS - 1_500);
    expect(waited).toBeLessThan(IDLE_MS + 5_000);
    goesOn.resolve(undefined);
    expect(isAway(await frozen)).toBe(true);
    expect((await other.reader.findOneByOrFail(TenantRows, { organizationId })).auditSequence).toBe(3);
  });

  it('sends several statements as one only where that was meant, and whatever its values hold', async () => {
    const error = await errorOf(() => world.sql('SELECT 1; SELECT 2'));
    expect(error.message).toBe('a statement holds a second one');
    expect(await world.sql('SELECT ? AS text', ['1; SELECT 2'])).toEqual([{ text: '1; SELECT 2' }]);
    const both = await world.database.transact((rows) =>
      sendTogether(rows, [{ sql: 'SELECT ? AS one', values: ['a; b'] }, { sql: 'SELECT 2 AS two' }]),
    );
    expect(both).toEqual([[{ one: 'a; b' }], [{ two: 2 }]]);
  });

  it('to read with, or of a lane, sends one statement at a time, whatever it is told', async () => {
    await expect(sendTogether(world.database.reader, [{ sql: 'SELECT 1' }, { sql: 'SELECT 2' }])).rejects.toThrow(/syntax/);
    await expect(world.database.lanes.keys.read('/* together */ SELECT 1; SELECT 2', [])).rejects.toThrow(/syntax/);
  });

  it('is ended where nobody has used it for a while, and whoever comes then has another', async () => {
    const { host, port, user, password, database } = parseDatabaseUrl(world.home.url) as Extract<
      ReturnType<typeof parseDatabaseUrl>,
      { kind: 'mysql' }
    >;
    const pool = new MysqlPool(
      { host, port, user, password, database },
      { statementMs: 5_000, restMs: REST_MS, session: 'SET SESSION autocommit = 1' },
      { atOnce: 2, mostWaiting: 2, waitMs: 5_000 },
    );
    const idOf = async (): Promise<number> => {
      const connection = await pool.take();
      const [rows] = await connection.query('SELECT CONNECTION_ID() AS id');
      connection.release();
      return Number((rows as { id: number }[])[0]?.id);
    };
    const first = await idOf();
    // Used again before it has rested for so long, it stays.
    expect(await idOf()).toBe(first);
    const there = 'SELECT id FROM information_schema.processlist WHERE id = ?';
    await until(async () => ((await world.sql(there, [first])).length === 0 ? true : undefined));
    expect(await idOf()).not.toBe(first);
    await new Promise<void>((resolve) => pool.end(() => resolve()));
  });
});
