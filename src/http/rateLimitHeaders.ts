import type { RateLimitState } from '../rateLimits/index.js';

/** The whole seconds until there is all of the limit again. */
export const secondsUntilReset = ({ resetAt }: RateLimitState, now: Date): number =>
  Math.max(0, Math.ceil((resetAt.getTime() - now.getTime()) / 1_000));

/** How a key stands against its limit, as draft-ietf-httpapi-ratelimit-headers-10 has it written. */
export const rateLimitHeaders = (state: RateLimitState, now: Date): Record<string, string> => ({
  'ratelimit-policy': `"key";q=${state.limit};w=${state.windowSeconds}`,
  ratelimit: `"key";r=${state.remaining};t=${secondsUntilReset(state, now)}`,
});

/** The same of a key that is spent, and when it may be used again: never at once, which a client would take literally. */
export const spentHeaders = (state: RateLimitState, now: Date): Record<string, string> => ({
  'retry-after': String(Math.max(1, secondsUntilReset(state, now))),
  ...rateLimitHeaders(state, now),
});
