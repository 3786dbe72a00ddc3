import type { RateLimit } from '../authority/index.js';
import type { Soon } from '../domain/index.js';

/** How a key stands against its limit. */
export interface RateLimitState extends RateLimit {
  /** What is left of the running window. */
  readonly remaining: number;
  /** When all of the limit is there again: the end of the running window, or now where none runs. */
  readonly resetAt: Date;
}

/** Whether what was asked for fitted, and what is left. What did not fit counted nothing. */
export interface Taken {
  readonly fits: boolean;
  readonly state: RateLimitState;
}

/**
 * Counts the uses of keys in true windows: a window begins at its first use and lasts its whole length. The limit is
 * handed in with each use, so that an edit holds in the window that runs.
 */
export interface RateLimits {
  /** Takes so much of a key's window, all of it or nothing, in one step that no other use comes between. Cost 0 only asks. */
  take(keyId: string, limit: RateLimit, cost: number): Soon<Taken>;
}

/** Whether replicas count together: `up`, or `away` while each counts for itself; `unused` where no Redis was named. */
export type SharedState = 'up' | 'away' | 'unused';

/** Rate limits as the service runs them. */
export interface OpenRateLimits extends RateLimits {
  state(): SharedState;
  /** How many uses this process has counted by itself because Redis did not answer. */
  readonly fallbacks: number;
  close(): void;
}
