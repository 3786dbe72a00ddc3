const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed try the next one comes. After the last of them a message is given up. */
const DELAYS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** Tries of a message, the first included. */
export const TRIES = DELAYS.length + 1;

const JITTER = 0.1;

/** When a message is tried again after so many tries that failed; null: never. A tenth earlier or later, so that crowds thin out. */
export function nextTry(failed: number, now: Date): Date | null {
  const delay = DELAYS[failed - 1];
  if (delay === undefined) return null;
  return new Date(now.getTime() + Math.round(delay * (1 - JITTER + 2 * JITTER * Math.random())));
}
