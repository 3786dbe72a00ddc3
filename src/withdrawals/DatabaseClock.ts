import type { Clocks } from './Lease.js';

/** Backwards by more than this, the database's clock was set: then it is followed. */
const SET_BACK_MS = 1_000;

/**
 * The database's clock, carried on the monotonic one between two readings: replicas whose own clocks disagree still agree on
 * when a key expires. Never behind the database's, and ahead of it by less than a reading takes.
 */
export class DatabaseClock {
  private offset: number | null = null;
  private last = -Infinity;

  constructor(private readonly clocks: Clocks) {}

  /** The database said that it was `milliseconds` since the epoch, at some instant after `sentAt` on the monotonic clock. */
  set(milliseconds: number, sentAt: number): void {
    this.offset = milliseconds - sentAt;
    if (this.last - this.read(this.offset) > SET_BACK_MS) this.last = -Infinity;
  }

  readonly now = (): Date => {
    if (this.offset === null) throw new Error("the database's clock was not read yet");
    // Two readings differ by what they took; an instant that has passed does not come again.
    this.last = Math.max(this.last, this.read(this.offset));
    return new Date(this.last);
  };

  private read(offset: number): number {
    return Math.floor(offset + this.clocks.monotonic());
  }
}
