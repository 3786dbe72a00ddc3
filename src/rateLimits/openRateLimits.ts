import type { Logger } from 'pino';
import type { Clock } from '../domain/index.js';
import { connectRedis } from './connectRedis.js';
import { FallbackRateLimits } from './FallbackRateLimits.js';
import { MemoryRateLimits } from './MemoryRateLimits.js';
import type { OpenRateLimits } from './RateLimits.js';
import { RedisRateLimits } from './RedisRateLimits.js';
import type { RedisUrl } from './redisUrl.js';

/** The Redis that replicas share. */
export interface SharedRedis {
  readonly url: RedisUrl;
  /** How long a use may wait for it; 50 ms, if left out. */
  readonly answerWithinMs?: number;
}

const ANSWER_WITHIN_MS = 50;

/** Opens the counters: those of this process, or those that all replicas share in Redis, whether or not it can be reached now. */
export async function openRateLimits(clock: Clock, log: Logger, redis: SharedRedis | undefined): Promise<OpenRateLimits> {
  const own = new MemoryRateLimits(clock);
  if (!redis) {
    return { take: (keyId, limit, cost) => own.take(keyId, limit, cost), state: () => 'unused', fallbacks: 0, close: () => undefined };
  }
  const shared = new RedisRateLimits(connectRedis(redis.url), clock, redis.answerWithinMs ?? ANSWER_WITHIN_MS);
  const limits = new FallbackRateLimits(shared, own, clock, log);
  await limits.open();
  return limits;
}
