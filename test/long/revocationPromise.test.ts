import { assertPromise } from '../withdrawals/simulation/run.js';

/** Other schedules each day, told by their first seed. */
const FIRST = Math.floor(Date.now() / 86_400_000) * 1_000_000;
const SCHEDULES = 40_000;

test(`no request that began after a withdrawal was answered is let in, in ${SCHEDULES} schedules from ${FIRST}`, async () => {
  const { counts, run } = await assertPromise(FIRST, SCHEDULES);
  expect(run).toBe(SCHEDULES);
  expect(counts.withdrawals).toBeGreaterThan(5 * SCHEDULES);
}, 1_200_000);
