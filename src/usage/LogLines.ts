import type { KeyUse } from './KeyUse.js';
import { type Lines, LogMinute } from './LogMinute.js';

const MINUTE_MS = 60_000;
/** Lines that wait to be written, of all keys together. What comes beyond is counted on a line that waits. */
const MOST_WAITING = 5_000;

/** Keys' minutes that wait. Only where nothing can be written for long are there more: then uses are counted, and not listed. */
const MOST_MINUTES = 20_000;

/** The lines of the log that wait to be written, key by key and minute by minute. */
export class LogLines {
  private minute = 0;
  private minutes = new Map<string, LogMinute>();
  private touched = new Set<LogMinute>();
  private waiting = 0;

  /** How many wait to be written. */
  get depth(): number {
    return this.waiting;
  }

  note(use: KeyUse): void {
    const minute = this.minuteOf(use);
    if (this.touched.size >= MOST_MINUTES && !this.touched.has(minute)) return;
    this.touched.add(minute);
    if (minute.note(use, this.waiting < MOST_WAITING)) this.waiting += 1;
  }

  /** Hands out what waits. */
  take(): Lines {
    const taken = [...this.touched].map((minute) => minute.take());
    this.touched = new Set();
    this.waiting = 0;
    return {
      lines: taken.flatMap(({ lines }) => lines),
      more: taken.flatMap(({ more }) => more),
      displaced: taken.flatMap(({ displaced }) => displaced),
    };
  }

  private minuteOf({ at, key }: KeyUse): LogMinute {
    const now = Math.floor(at.getTime() / MINUTE_MS);
    // A decision that began before the minute did ends in it; a clock that was set back begins anew.
    if (now > this.minute || now < this.minute - 1) {
      this.minute = now;
      this.minutes = new Map();
    }
    let minute = this.minutes.get(key.id);
    if (!minute) {
      minute = new LogMinute();
      this.minutes.set(key.id, minute);
    }
    return minute;
  }
}
