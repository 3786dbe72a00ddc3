import type { Logger } from 'pino';
import type { RateLimit } from '../authority/index.js';
import type { Clock } from '../domain/index.js';
import type { MemoryRateLimits } from './MemoryRateLimits.js';
import type { OpenRateLimits, SharedState, Taken } from './RateLimits.js';
import { type RedisRateLimits, type SharedTaken, TooMuchAtOnce } from './RedisRateLimits.js';

/** How often Redis is asked whether it is there, whoever else asks it. */
const PROBE_EVERY_MS = 250;
/** It is asked with a use, which it must be able to write: a PING is answered also by one that is full, or a read-only copy. */
const PROBE = { key: 'probe', limit: { limit: 1_000_000_000, windowSeconds: 1 } } as const;

/**
 * Counts in Redis with the other replicas, and in this process alone while Redis is away: after the first use that it did
 * not answer in time none waits for it, until a probe has been answered.
 *
 * The bound. Nothing is let through that this process's own counter does not let through as well: it counts every use, also
 * those that Redis counted, in the window that Redis tells. So one replica lets at most the limit through in a window, and
 * all together at most limit × replicas, whatever becomes of Redis meanwhile: it goes away and comes back, forgets
 * (FLUSHALL, a restart), answers late. While it answers and forgets nothing, all together let exactly the limit through.
 *
 * A use that Redis did not answer in time is in doubt: it may be counted there, and it is counted here in any case. Then
 * less is let through, never more. What was counted here alone is not told to Redis when it is back; the bound covers it.
 */
export class FallbackRateLimits implements OpenRateLimits {
  private counted = 0;
  private up = false;
  private probes: NodeJS.Timeout | null = null;

  constructor(
    private readonly redis: RedisRateLimits,
    private readonly own: MemoryRateLimits,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  get fallbacks(): number {
    return this.counted;
  }

  state(): SharedState {
    return this.up ? 'up' : 'away';
  }

  /** Asks Redis for the first time, says so where it does not answer, and goes on asking. */
  async open(): Promise<void> {
    await this.redis.open();
    this.up = true;
    await this.probe();
    this.probes = setInterval(() => void this.probe(), PROBE_EVERY_MS).unref();
  }

  close(): void {
    if (this.probes) clearInterval(this.probes);
    this.probes = null;
    this.redis.close();
  }

  async take(keyId: string, limit: RateLimit, cost: number): Promise<Taken> {
    const now = this.clock().getTime();
    const shared = this.up ? await this.askRedis(now, keyId, limit, cost) : null;
    if (!shared) {
      this.counted += 1;
      return this.own.takeAt(now, keyId, limit, cost);
    }
    if (!shared.fits) return shared;
    const own = this.own.takeAt(now, keyId, limit, cost, shared.began ?? now);
    // Where there is no room for its window at all, it is not what stands against the use.
    const spentHere = !own.fits && own.state.remaining < cost;
    return spentHere || own.state.remaining < shared.state.remaining ? own : shared;
  }

  /** Null where Redis has not answered. */
  private async askRedis(now: number, keyId: string, limit: RateLimit, cost: number): Promise<SharedTaken | null> {
    try {
      return await this.redis.takeAt(now, keyId, limit, cost);
    } catch (error) {
      if (!(error instanceof TooMuchAtOnce)) this.fall(error);
      return null;
    }
  }

  private async probe(): Promise<void> {
    const answered = await this.askRedis(this.clock().getTime(), PROBE.key, PROBE.limit, 1);
    if (answered && !this.up) this.recover();
  }

  private fall(error: unknown): void {
    if (!this.up) return;
    this.up = false;
    this.log.warn({ redis: 'away', reason: reasonOf(error) }, 'Redis does not answer: each replica counts rate limits for itself');
  }

  private recover(): void {
    this.up = true;
    this.log.info({ redis: 'up' }, 'Redis answers again: replicas count rate limits together');
  }
}

/** One word on what went wrong. Errors of Redis carry the command, which may be the one with the password: nothing of it is told. */
function reasonOf(error: unknown): string {
  const { code, message = '', name = 'unknown' } = error as { readonly code?: unknown; readonly message?: string; readonly name?: string };
  return typeof code === 'string' ? code : (/^[A-Z]{2,20}(?= )/.exec(message)?.[0] ?? name);
}
