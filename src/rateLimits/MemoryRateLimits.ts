import type { RateLimit } from '../authority/index.js';
import type { Clock } from '../domain/index.js';
import type { RateLimits, RateLimitState, Taken } from './RateLimits.js';

/** Instants in milliseconds. */
interface Window {
  readonly start: number;
  readonly end: number;
  readonly used: number;
  /** Nothing of the limit was left: such a window is never forgotten while it runs. */
  readonly spent: boolean;
}

const MOST_WINDOWS = 1_000_000;
/** Below so many windows none is looked for that has ended. */
const FEW_WINDOWS = 1_000;
const KEPT_AT_MOST = 0.9;

/**
 * Counts in this process. Written here because libraries (rate-limiter-flexible) count what they refuse as well, keep a
 * clock of their own, and fix the limit for each instance.
 */
export class MemoryRateLimits implements RateLimits {
  /** By key, in the order in which they began. */
  private readonly windows = new Map<string, Window>();
  private sweepAtSize = FEW_WINDOWS;
  private sweepNotBefore = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly most = MOST_WINDOWS,
  ) {}

  /** How many windows are kept. */
  get size(): number {
    return this.windows.size;
  }

  take(keyId: string, limit: RateLimit, cost: number): Taken {
    return this.takeAt(this.clock().getTime(), keyId, limit, cost);
  }

  /** The same at an instant that the caller has read, in a window that is known to have begun by `began`. */
  takeAt(now: number, keyId: string, { limit, windowSeconds }: RateLimit, cost: number, began = now): Taken {
    const length = windowSeconds * 1_000;
    const running = this.runningOf(keyId, length, now);
    const used = running?.used ?? 0;
    const start = running ? Math.min(running.start, began) : began;
    const counts = cost > 0 && used + cost <= limit && (running !== null || this.hasRoom(now));
    if (counts) {
      // A window that begins goes to the end of the order.
      if (!running) this.windows.delete(keyId);
      this.windows.set(keyId, { start, end: start + length, used: used + cost, spent: used + cost >= limit });
    }
    const state: RateLimitState = {
      limit,
      windowSeconds,
      remaining: Math.max(0, limit - used - (counts ? cost : 0)),
      resetAt: new Date(running || counts ? start + length : now),
    };
    return { fits: counts || cost === 0, state };
  }

  /** The window that runs: by the length that it had at its last use, and by the one that it has been given since. */
  private runningOf(keyId: string, length: number, now: number): Window | null {
    const window = this.windows.get(keyId);
    return window && now < window.end && now < window.start + length ? window : null;
  }

  /** Makes room for one more window. There is none only while all that are kept run and are spent: then no use fits. */
  private hasRoom(now: number): boolean {
    if (this.windows.size < Math.min(this.sweepAtSize, this.most)) return true;
    if (now >= this.sweepNotBefore) this.sweep(now);
    return this.windows.size < this.most;
  }

  /** Forgets what has ended and, where that is not enough, the oldest of what is not spent. It is rare: each use costs little. */
  private sweep(now: number): void {
    let firstEnd = Infinity;
    for (const [keyId, { end }] of this.windows) {
      if (end <= now) this.windows.delete(keyId);
      else firstEnd = Math.min(firstEnd, end);
    }
    if (this.windows.size >= this.most) this.forgetUnspent(this.windows.size - Math.floor(this.most * KEPT_AT_MOST));
    this.sweepAtSize = Math.max(FEW_WINDOWS, this.windows.size * 2);
    this.sweepNotBefore = this.windows.size >= this.most ? firstEnd : -Infinity;
  }

  private forgetUnspent(many: number): void {
    let left = many;
    for (const [keyId, { spent }] of this.windows) {
      if (left === 0) return;
      if (spent) continue;
      this.windows.delete(keyId);
      left -= 1;
    }
  }
}
