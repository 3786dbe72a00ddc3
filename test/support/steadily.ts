import { setTimeout as delay } from 'node:timers/promises';

const TRIES = 5;
const PAUSE_MS = 100;

/**
 * A check that a standstill of the machine may spoil, as by a lease that lapses, done again where it fails. Each try must begin cold:
 * what one has left in memory must not help the next.
 */
export async function steadily(check: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await check();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      process.stderr.write(`tried again: ${String(error)}\n`);
      await delay(PAUSE_MS);
    }
  }
}
