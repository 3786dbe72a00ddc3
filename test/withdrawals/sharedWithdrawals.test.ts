import { setImmediate as turn } from 'node:timers/promises';
import type { Rows } from '../../src/database/index.js';
import { DatabaseClock } from '../../src/withdrawals/index.js';
import { LONGEST_WAIT_MS, SharedWithdrawals } from '../../src/withdrawals/SharedWithdrawals.js';
import { FakeLog, TwoClocks } from './fakeLog.js';
import { Machine } from './simulation/Machine.js';
import { Timeline } from './simulation/Timeline.js';

/** Withdrawals of a replica that has applied everything, on a log of another that has applied what the test says. */
function withdrawing() {
  const timeline = new Timeline();
  const machine = new Machine(timeline, 1, { counted: 0, off: 0 });
  const log = new FakeLog();
  log.row = 0;
  const told: string[] = [];
  const failures: unknown[] = [];
  const own = { appliedUpTo: Infinity, look: () => Promise.resolve() };
  const withdrawals = new SharedWithdrawals({
    log,
    memory: { forget: (subjects) => void told.push(...subjects), forgetAll: () => undefined },
    replica: own,
    clocks: machine.clocks,
    now: () => new Date(0),
    replicaId: 'replica_own',
    sleep: machine.sleep,
    failed: (error) => void failures.push(error),
  });
  /** How long it takes, by true time. */
  async function settling(number: number | null): Promise<number> {
    const began = timeline.now;
    const end = { at: Infinity };
    void withdrawals.settle(number === null ? null : { subjects: ['usr_a'], number }).then(() => (end.at = timeline.now));
    await turn();
    while (end.at === Infinity && timeline.step(began + 10_000)) await turn();
    return end.at - began;
  }
  return { failures, log, machine, own, settling, timeline, told, withdrawals };
}

describe('whoever withdraws', () => {
  test('forgets it here at once, and is done as soon as all others have read it', async () => {
    const { log, settling, timeline, told } = withdrawing();
    timeline.after(100, () => (log.row = 7));
    const took = await settling(7);
    expect(told).toEqual(['usr_a']);
    expect(took).toBeGreaterThanOrEqual(100);
    expect(took).toBeLessThan(140);
  });

  test('waits no longer than leases last for one that does not answer, and then has the silent ones forgotten', async () => {
    const { log, settling, timeline } = withdrawing();
    expect(await settling(7)).toBeCloseTo(LONGEST_WAIT_MS);
    while (timeline.step(10_000)) await turn();
    expect(log.asked.at(-1)).toBe('forgetSilent');
  });

  test('waits for its own replica only where that has not read it', async () => {
    const { log, own, settling } = withdrawing();
    log.behind = () => Promise.resolve(['replica_own']);
    expect(await settling(7)).toBe(0);
    own.appliedUpTo = 6;
    own.look = () => Promise.resolve(void (own.appliedUpTo = 7));
    expect(await settling(7)).toBe(0);
    own.appliedUpTo = 6;
    own.look = () => Promise.resolve();
    expect(await settling(7)).toBeCloseTo(LONGEST_WAIT_MS);
  });

  test.each(['head', 'behind'])('waits until all leases have run out where "%s" is not answered or fails', async (question) => {
    const { failures, log, settling } = withdrawing();
    log.before = (asked) => (asked === question ? new Promise<void>(() => undefined) : undefined);
    expect(await settling(null)).toBeCloseTo(LONGEST_WAIT_MS);
    log.before = (asked) => (asked === question ? Promise.reject(new Error('the database is away')) : undefined);
    expect(await settling(null)).toBeCloseTo(LONGEST_WAIT_MS);
    expect(failures).toHaveLength(1);
  });

  test('waits no longer where its own replica is stuck in a turn', async () => {
    const { own, settling } = withdrawing();
    own.appliedUpTo = 0;
    own.look = () => new Promise<void>(() => undefined);
    expect(await settling(7)).toBeCloseTo(LONGEST_WAIT_MS);
  });

  test('for the second time, and finds nothing to do, waits as whoever was first', async () => {
    const { log, settling, timeline } = withdrawing();
    log.top = 7;
    timeline.after(100, () => (log.row = 7));
    expect(await settling(null)).toBeGreaterThanOrEqual(100);
    expect(log.asked).toContain('head');
  });

  test('ends its change in one message, a line for each subject under one number, and sends none where nothing is withdrawn', async () => {
    const { withdrawals } = withdrawing();
    const sent: unknown[] = [];
    const query = (sql: string, values: unknown[]) => {
      sent.push([sql, values]);
      return Promise.resolve([{ insertId: 8 }]);
    };
    const rows = { query } as unknown as Rows;
    expect(await withdrawals.write(rows, [])).toBeNull();
    expect(await withdrawals.write(rows, ['usr_a', 'key_b'])).toEqual({ subjects: ['usr_a', 'key_b'], number: 8 });
    const message =
      '/* together */ UPDATE change_sequence SET number = LAST_INSERT_ID(number + 1) WHERE id = 1; ' +
      'INSERT INTO change_log (number, subject_id, created_at) VALUES (LAST_INSERT_ID(), ?, ?), (LAST_INSERT_ID(), ?, ?); COMMIT';
    expect(sent).toEqual([[message, ['usr_a', new Date(0), 'key_b', new Date(0)]]]);
  });

  test('gets a number that nobody acknowledges where the sequence has lost its row, and waits until all leases have run out', async () => {
    const { settling, withdrawals } = withdrawing();
    const rows = { query: () => Promise.resolve([{ insertId: 0 }]) } as unknown as Rows;
    const written = await withdrawals.write(rows, ['usr_a']);
    expect(await settling(written?.number ?? 0)).toBeCloseTo(LONGEST_WAIT_MS);
  });
});

describe("the database's clock", () => {
  test('goes on by the monotonic clock, whatever the time of day is, and never back by what a reading took', () => {
    const time = new TwoClocks();
    const clock = new DatabaseClock(time.clocks);
    expect(clock.now).toThrow('not read yet');
    clock.set(5_000_000, 1_000);
    time.pass(40);
    time.sleep(-86_400_000);
    expect(clock.now().getTime()).toBe(5_000_040);
    // A slower reading, whose answer is older than what was said already.
    clock.set(5_000_010, time.clocks.monotonic());
    expect(clock.now().getTime()).toBe(5_000_040);
    time.pass(100);
    expect(clock.now().getTime()).toBe(5_000_110);
  });

  test('is followed where it was set back', () => {
    const time = new TwoClocks();
    const clock = new DatabaseClock(time.clocks);
    clock.set(5_000_000, 1_000);
    clock.now();
    clock.set(1_000_000, 1_000);
    expect(clock.now().getTime()).toBe(1_000_000);
  });
});
