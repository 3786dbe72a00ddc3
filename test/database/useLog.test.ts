import type { Database } from '../../src/database/index.js';
import { newId } from '../../src/domain/index.js';
import { type KeyUse, purgeStatistics, UseLog } from '../../src/usage/index.js';
import { DatabaseWorld } from './databaseWorld.js';

let world: DatabaseWorld;
let organizationId: string;
let userId: string;

beforeAll(async () => {
  world = await DatabaseWorld.open();
  organizationId = await world.tenant();
  userId = await world.user(organizationId);
});
afterAll(() => world.close());

const opened: UseLog[] = [];
const complaints: unknown[] = [];
const open = (database: Database = world.database): UseLog => {
  const log = new UseLog(database, (error) => complaints.push(error));
  opened.push(log);
  return log;
};
beforeEach(() => {
  complaints.length = 0;
});
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
});

const key = () => world.apiKey(organizationId, userId);
const MINUTE = 60_000;

const use = (id: string, more: Partial<KeyUse> = {}): KeyUse => ({
  key: { id, organizationId, namespaceId: organizationId, environment: 'PRODUCTION', userId },
  at: world.now,
  code: 'VALID',
  httpStatus: 200,
  counted: true,
  requestedPermissions: [],
  resource: null,
  clientIp: null,
  latencyMs: 0.25,
  requestId: 'a-request',
  ...more,
});
const times = (count: number, note: (index: number) => void): void => {
  for (let index = 0; index < count; index += 1) note(index);
};

interface Line {
  readonly code: string;
  readonly uses: number;
}
const linesOf = (id: string) => world.sql<Line>('SELECT code, uses FROM verification_logs WHERE api_key_id = ? ORDER BY id', [id]);
const listed = async (id: string, code: string): Promise<{ lines: number; uses: number }> => {
  const lines = (await linesOf(id)).filter((line) => line.code === code);
  return { lines: lines.length, uses: lines.reduce((sum, { uses }) => sum + uses, 0) };
};
const countsOf = async (id: string): Promise<unknown> =>
  (
    await world.sql<object>(
      `SELECT CAST(SUM(verified) AS CHAR(20)) AS verified, CAST(SUM(denied) AS CHAR(20)) AS denied,
       CAST(SUM(rate_limited) AS CHAR(20)) AS limited FROM usage_hours WHERE api_key_id = ?`,
      [id],
    )
  ).map((row) => Object.values(row).map(Number))[0];
const lastUseOf = async (id: string): Promise<Date | null> => {
  const { reader } = world.database;
  const [row] = await reader.query<{ at: string | Date | null }[]>('SELECT last_used_at AS at FROM api_keys WHERE id = ?', [id]);
  return row?.at ? new Date(typeof row.at === 'string' ? `${row.at.replace(' ', 'T')}Z` : row.at) : null;
};

describe('counts', () => {
  it('of several replicas add up, however their writes meet', async () => {
    const keys = [await key(), await key(), await key()];
    const logs = [open(), open(await world.replica()), open(await world.replica())];
    const codes = ['VALID', 'VALID', 'INACTIVE', 'RATE_LIMITED'] as const;
    for (let round = 0; round < 20; round += 1) {
      // Each in another order.
      for (const [shift, log] of logs.entries())
        times(60, (index) => log.note(use(keys[(index + shift) % 3]!, { code: codes[index % 4]! })));
      await Promise.all(logs.map((log) => log.flush()));
    }
    const sums = await Promise.all(keys.map(countsOf));
    const total = (sums as number[][]).reduce((all, sum) => all.map((count, index) => count + sum[index]!));
    expect(total).toEqual([1_800, 900, 900]);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('are counted by the hour of the use, also where one write tells of several', async () => {
    const id = await key();
    const log = open();
    for (const hours of [0, 1, 0, 1, 1, 25]) log.note(use(id, { at: new Date(world.now.getTime() + hours * 60 * MINUTE) }));
    await log.flush();
    const hours = await world.sql<{ verified: number }>('SELECT verified FROM usage_hours WHERE api_key_id = ? ORDER BY hour', [id]);
    expect(hours.map(({ verified }) => verified)).toEqual([2, 3, 1]);
  });

  it('leave out what was asked without counting: that is a line of the log, and a use', async () => {
    const id = await key();
    const log = open();
    log.note(use(id, { counted: false }));
    await log.flush();
    expect(await countsOf(id)).toEqual([0, 0, 0]);
    expect(await linesOf(id)).toEqual([{ code: 'VALID', uses: 1 }]);
    expect(await lastUseOf(id)).toEqual(world.now);
  });
});

describe('a write that fails', () => {
  it('is told once, keeps everything, and is done when the database is back', async () => {
    const id = await key();
    const log = open();
    await world.sql('ALTER TABLE usage_hours RENAME TO usage_hours_away');
    log.note(use(id));
    expect(await log.flush()).toBe(false);
    times(3, () => log.note(use(id, { code: 'EXPIRED', httpStatus: 401 })));
    expect(await log.flush()).toBe(false);
    // All of a batch or nothing of it.
    expect(await linesOf(id)).toEqual([]);
    expect(await lastUseOf(id)).toBeNull();
    expect(complaints).toHaveLength(1);
    await world.sql('ALTER TABLE usage_hours_away RENAME TO usage_hours');
    expect(await log.flush()).toBe(true);
    expect(await countsOf(id)).toEqual([1, 3, 0]);
    expect(await linesOf(id)).toHaveLength(4);
    expect(await lastUseOf(id)).toEqual(world.now);
  });

  it('and was committed all the same, its answer being lost, is not written twice', async () => {
    const id = await key();
    let lost = 0;
    // What a connection that breaks during COMMIT looks like from here.
    const database = Object.create(world.database, {
      transact: {
        value: async <T>(work: Parameters<Database['transact']>[0]): Promise<T> => {
          const done = (await world.database.transact(work)) as T;
          if (lost > 0) return done;
          lost += 1;
          throw new Error('the answer to a COMMIT was lost');
        },
      },
    }) as Database;
    const log = open(database);
    times(5, () => log.note(use(id)));
    expect(await log.flush()).toBe(false);
    log.note(use(id));
    expect(await log.flush()).toBe(true);
    expect(await countsOf(id)).toEqual([6, 0, 0]);
    expect(await linesOf(id)).toHaveLength(6);
  });

  it('does not hold back who notes, and a stop writes what waits', async () => {
    const id = await key();
    const log = open();
    times(5_000, () => log.note(use(id)));
    await log.close();
    expect(await countsOf(id)).toEqual([5_000, 0, 0]);
    expect(await listed(id, 'VALID')).toEqual({ lines: 100, uses: 5_000 });
  });
});

describe('the log of a busy minute', () => {
  it('lists at most 100 uses of a key, denials first, and says how many each first line stands for', async () => {
    const [busy, quiet] = [await key(), await key()];
    const log = open();
    times(80, () => log.note(use(busy)));
    await log.flush();
    expect(await listed(busy, 'VALID')).toEqual({ lines: 80, uses: 80 });
    times(300, () => log.note(use(busy)));
    log.note(use(quiet));
    times(70, (index) => log.note(use(busy, { code: index < 30 ? 'INACTIVE' : 'INSUFFICIENT_PERMISSIONS' })));
    await log.flush();
    // Lines that were written before have made room.
    expect(await listed(busy, 'INACTIVE')).toEqual({ lines: 30, uses: 30 });
    expect(await listed(busy, 'INSUFFICIENT_PERMISSIONS')).toEqual({ lines: 40, uses: 40 });
    expect(await listed(busy, 'VALID')).toEqual({ lines: 30, uses: 380 });
    expect(await listed(quiet, 'VALID')).toEqual({ lines: 1, uses: 1 });
    times(200, () => log.note(use(busy, { code: 'EXPIRED' })));
    await log.flush();
    expect(await listed(busy, 'EXPIRED')).toEqual({ lines: 30, uses: 200 });
    // The first line of a code always stands.
    expect(await listed(busy, 'VALID')).toEqual({ lines: 1, uses: 380 });
    times(10, () => log.note(use(busy)));
    times(10, () => log.note(use(busy, { code: 'RATE_LIMITED' })));
    await log.flush();
    expect(await listed(busy, 'VALID')).toEqual({ lines: 1, uses: 390 });
    expect(await listed(busy, 'RATE_LIMITED')).toEqual({ lines: 1, uses: 10 });
    expect(await countsOf(busy)).toEqual([390, 270, 10]);
  });

  it('ends with the minute', async () => {
    const id = await key();
    const log = open();
    const at = new Date(world.now.getTime() + MINUTE);
    times(150, () => log.note(use(id)));
    times(150, () => log.note(use(id, { at })));
    await log.flush();
    expect(await listed(id, 'VALID')).toEqual({ lines: 200, uses: 300 });
  });

  it('of very many keys holds no more lines than may wait; what is beyond is counted', async () => {
    const log = open();
    const keys = Array.from({ length: 600 }, () => newId('key'));
    for (const id of keys) times(10, () => log.note(use(id)));
    await log.close();
    const [found] = await world.sql<{ listed: number; uses: number }>(
      'SELECT COUNT(*) AS listed, SUM(uses) AS uses FROM verification_logs WHERE api_key_id >= ?',
      [keys[0]!],
    );
    expect([Number(found?.listed), Number(found?.uses)]).toEqual([5_000 + 100, 6_000]);
  });
});

describe('the last use', () => {
  it('only goes forward, of many keys in one statement, and never touches anything else', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, key));
    const log = open();
    const at = (milliseconds: number) => new Date(world.now.getTime() + milliseconds);
    for (const [index, id] of keys.entries()) log.note(use(id, { at: at(index) }));
    await log.flush();
    for (const id of keys) log.note(use(id, { at: at(2) }));
    log.note(use(keys[0]!, { at: at(9), code: 'INACTIVE' }));
    await log.flush();
    expect(await Promise.all(keys.map(lastUseOf))).toEqual([2, 2, 2, 3, 4].map(at));
    const [row] = await world.sql<{ revoked_at: unknown; updated: unknown }>('SELECT revoked_at FROM api_keys WHERE id = ?', [keys[0]!]);
    expect(row?.revoked_at).toBeNull();
  });
});

describe('purging', () => {
  it('deletes lines of 30 days and hours of 400 days ago, whatever their number, and nothing younger', async () => {
    await world.sql('DELETE FROM verification_logs');
    await world.sql('DELETE FROM usage_hours');
    const log = open();
    const ago = (days: number, more = 0) => new Date(world.now.getTime() - days * 24 * 60 * MINUTE + more);
    const old = Array.from({ length: 2_500 }, () => newId('key'));
    for (const id of old) log.note(use(id, { at: ago(400, -60 * MINUTE) }));
    const young = await key();
    for (const at of [ago(30, -1), ago(30), ago(399), world.now]) log.note(use(young, { at }));
    await log.flush();
    const kept = { logDays: 30, usageDays: 400 };
    expect(await purgeStatistics(world.database, world.now, kept)).toBe(2_500 + 2_500 + 2);
    expect(await linesOf(young)).toHaveLength(2);
    expect(await countsOf(young)).toEqual([4, 0, 0]);
    expect(await world.sql('SELECT * FROM usage_hours WHERE api_key_id <> ?', [young])).toEqual([]);
    expect(await purgeStatistics(world.database, world.now, kept)).toBe(0);
  });
});
