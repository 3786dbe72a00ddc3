export { MemoryRateLimits } from './MemoryRateLimits.js';
export type { RateLimits, RateLimitState, Taken } from './RateLimits.js';
