export { MemoryRateLimits } from './MemoryRateLimits.js';
export { openRateLimits, type SharedRedis } from './openRateLimits.js';
export type { OpenRateLimits, RateLimits, RateLimitState, SharedState, Taken } from './RateLimits.js';
export { parseRedisUrl } from './redisUrl.js';
