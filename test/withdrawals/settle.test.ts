import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplicaLog } from '../../src/withdrawals/ReplicaLog.js';
import { LONGEST_WAIT_MS, SharedWithdrawals } from '../../src/withdrawals/SharedWithdrawals.js';

const never = new Promise<never>(() => undefined);
const written = { subjects: ['key_a'], number: 7 };

/** How long a withdrawal waits that has been committed, where the log answers so. */
async function waitOf(log: Partial<ReplicaLog>, appliedUpTo = 7): Promise<number> {
  const withdrawals = new SharedWithdrawals({
    log: { forgetSilent: () => Promise.resolve(), ...log } as ReplicaLog,
    memory: { forget: () => undefined, forgetAll: () => undefined },
    replica: { appliedUpTo, look: () => never },
    clocks: { monotonic: () => performance.now(), wall: () => Date.now() },
    now: () => new Date(),
    replicaId: 'replica_a',
    sleep: (milliseconds) => sleep(milliseconds),
    failed: () => undefined,
  });
  const began = performance.now();
  await withdrawals.settle(written);
  return performance.now() - began;
}

/** Not for ever: how exactly, the simulation tells. Here the clock is a busy machine's. */
const ENOUGH_MS = LONGEST_WAIT_MS + 5_000;
const inTime = (milliseconds: number): void => {
  // A timer may be early by the millisecond that it is rounded to.
  expect(milliseconds).toBeGreaterThan(LONGEST_WAIT_MS - 2);
  expect(milliseconds).toBeLessThan(ENOUGH_MS);
};

describe('a withdrawal that was committed is answered after 1.1 leases at the latest', () => {
  it('where a replica never acknowledges it', async () => {
    inTime(await waitOf({ behind: () => Promise.resolve(['replica_b']) }));
  });

  it('where the database never says who has', async () => {
    inTime(await waitOf({ behind: () => never }));
  });

  it('where this replica never hears of it again', async () => {
    inTime(await waitOf({ behind: () => Promise.resolve([]) }, 6));
  });

  it('where whoever is silent cannot be taken out of the registry', async () => {
    inTime(await waitOf({ behind: () => Promise.resolve(['replica_b']), forgetSilent: () => never }));
  });

  it('where the database refuses to say: it waits all the same', async () => {
    inTime(await waitOf({ behind: () => Promise.reject(new Error('away')) }));
  });

  it('and at once where all have', async () => {
    // A few milliseconds; the best of five, as any one may meet a standstill.
    const waits = [];
    for (let tries = 0; tries < 5; tries += 1) waits.push(await waitOf({ behind: () => Promise.resolve([]) }));
    expect(Math.min(...waits)).toBeLessThan(LONGEST_WAIT_MS / 2);
  });
});
