import { setTimeout as delay } from 'node:timers/promises';

const TRIES = 5;
const PAUSE_MS = 100;

/**
 * A check of what a request costs, done again where it fails: on a machine that stood still the lease may have lapsed, and what is
 * remembered be read once more. What is wrong is wrong each time.
 */
export async function steadily(check: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await check();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      await delay(PAUSE_MS);
    }
  }
}
