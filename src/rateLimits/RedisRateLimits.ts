import type { Redis, Result } from 'ioredis';
import type { RateLimit } from '../authority/index.js';
import type { Clock } from '../domain/index.js';
import type { RateLimits, Taken } from './RateLimits.js';
import { within } from './within.js';

/**
 * One use of one key's window, in one step. A window is kept as "<start> <length> <used>", in milliseconds of our clock,
 * which is the database's and so one for all replicas: Redis's own decides nothing. By it a window is only forgotten, at a
 * time when it must have ended by whatever clock: at rates that differ by 5 % at most, and a minute later.
 *
 * A window that begins in what is now the future was begun by a clock that is ahead: it is taken to begin now, and keeps
 * what was used of it. So a clock that was wrong holds nobody up for longer than one window.
 */
const TAKE = `
local limit, length, cost, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local start, used, ahead = -1, 0, false
local window = redis.call('GET', KEYS[1])
if window then
  local began, had, before = string.match(window, '^(%d+) (%d+) (%d+)$')
  began, had = tonumber(began), tonumber(had)
  if began > now then began, ahead = now, true end
  if now < began + math.min(had, length) then start, used = began, tonumber(before) end
end
local fits = used + cost <= limit
if cost > 0 and (fits or ahead) then
  if start < 0 then start = now end
  if fits then used = used + cost end
  local left = start + length - now
  redis.call('SET', KEYS[1], string.format('%.0f %.0f %.0f', start, length, used), 'PX', string.format('%.0f', left * 1.1 + 60000))
end
return {(fits or cost == 0) and 1 or 0, used, start}
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeOfWindow(
      key: string,
      limit: number,
      lengthMs: number,
      cost: number,
      now: number,
    ): Result<[fits: number, used: number, start: number], Context>;
  }
}

/** A use as Redis counted it. */
export interface SharedTaken extends Taken {
  /** When the window began, in milliseconds; null: none runs. */
  readonly began: number | null;
}

const PREFIX = 'bailiwick:limit:';
const OPEN_WITHIN_MS = 1_000;
const MOST_IN_FLIGHT = 5_000;

/** The connection is not there, or not yet. */
class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

/** So much waits for Redis already that it could not answer in time: it was not asked. */
export class TooMuchAtOnce extends Error {
  override readonly name = 'TooMuchAtOnce';
}

/**
 * Counts in Redis, for all replicas together: one round trip, and one key, a use. Whatever keeps Redis from answering
 * right is a rejection, and never a wait: then nobody knows whether the use was counted there.
 */
export class RedisRateLimits implements RateLimits {
  private inFlight = 0;
  /** What keeps the connection from being there. */
  private broken: Error | null = null;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
    private readonly answerWithinMs: number,
  ) {
    redis.defineCommand('takeOfWindow', { numberOfKeys: 1, lua: TAKE });
    redis.on('error', (error: Error) => void (this.broken = error));
    redis.on('ready', () => void (this.broken = null));
  }

  /** Connects, and goes on trying for ever; answers when that has gone well or has had its time. */
  async open(): Promise<void> {
    await within(OPEN_WITHIN_MS, this.redis.connect()).catch(() => undefined);
  }

  close(): void {
    this.redis.disconnect();
  }

  take(keyId: string, limit: RateLimit, cost: number): Promise<SharedTaken> {
    return this.takeAt(this.clock().getTime(), keyId, limit, cost);
  }

  /** The same at an instant that the caller has read. */
  async takeAt(now: number, keyId: string, { limit, windowSeconds }: RateLimit, cost: number): Promise<SharedTaken> {
    if (this.redis.status !== 'ready') throw this.broken ?? new NotConnected('there is no connection');
    if (this.inFlight >= MOST_IN_FLIGHT) throw new TooMuchAtOnce('too much is asked at once');
    const length = windowSeconds * 1_000;
    const [fits, used, start] = await within(this.answerWithinMs, this.send(PREFIX + keyId, limit, length, cost, now));
    const resetAt = new Date(start < 0 ? now : start + length);
    return {
      fits: fits === 1,
      state: { limit, windowSeconds, remaining: Math.max(0, limit - used), resetAt },
      began: start < 0 ? null : start,
    };
  }

  /** Counts as in flight until Redis has answered, or the connection is gone, also when nobody waits for it any more. */
  private send(key: string, limit: number, lengthMs: number, cost: number, now: number): Promise<[number, number, number]> {
    this.inFlight += 1;
    const answered = (): void => void (this.inFlight -= 1);
    const answer = this.redis.takeOfWindow(key, limit, lengthMs, cost, now);
    answer.then(answered, answered);
    return answer;
  }
}
