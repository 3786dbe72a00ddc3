import { assertPromise } from '../withdrawals/simulation/run.js';

/** Other schedules each day, told by their first seed. */
const FIRST = Math.floor(Date.now() / 86_400_000) * 1_000_000;
/** As many as there is time for, but no more and no fewer than these. */
const MOST = 40_000;
const LEAST = 5_000;
const AT_ONCE = 1_000;
const WITHIN_MS = 600_000;

test(`no request that began after a withdrawal was answered is let in, in up to ${MOST} schedules from ${FIRST}`, async () => {
  const began = performance.now();
  let done = 0;
  while (done < LEAST || (done < MOST && performance.now() - began < WITHIN_MS)) {
    const { counts, run } = await assertPromise(FIRST + done, AT_ONCE);
    expect(run).toBe(AT_ONCE);
    expect(counts.withdrawals).toBeGreaterThan(5 * AT_ONCE);
    done += AT_ONCE;
  }
  console.log(`${done} schedules`);
}, 3_600_000);
