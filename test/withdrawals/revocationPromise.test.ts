import { assertPromise } from './simulation/run.js';

const SCHEDULES = 1_500;

test(`no request that began after a withdrawal was answered is let in, in ${SCHEDULES} schedules of accidents; and what is given back works again`, async () => {
  const { counts, run } = await assertPromise(1, SCHEDULES);
  expect(run).toBe(SCHEDULES);
  // Schedules in which nothing happens show nothing.
  expect(counts.withdrawals).toBeGreaterThan(5 * SCHEDULES);
  expect(counts.let).toBeGreaterThan(20 * SCHEDULES);
  expect(counts.refused).toBeGreaterThan(10 * SCHEDULES);
  expect(counts.waited).toBeGreaterThan(SCHEDULES);
  expect(counts.hits).toBeGreaterThan(5 * SCHEDULES);
}, 600_000);
