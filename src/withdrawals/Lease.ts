import { systemClock } from '../domain/index.js';

/** The two clocks of a machine, in milliseconds. */
export interface Clocks {
  /** Counts on whatever somebody does to the time of day; stands still while the machine sleeps. */
  readonly monotonic: () => number;
  /** The time of day, right or wrong. */
  readonly wall: () => number;
}

/** Those of this machine. */
export const machineClocks: Clocks = { monotonic: () => performance.now(), wall: () => systemClock().getTime() };

/** An instant, by both clocks. */
export interface Instant {
  readonly monotonic: number;
  /** By how much the time of day was ahead of the monotonic clock. */
  readonly ahead: number;
}

/** For how long a replica may rely on what it has read of the log. */
export const LEASE_MS = 500;
/** How far the two clocks may drift apart within one lease: beyond, the machine has slept or was given another time. */
const DRIFT_MS = 100;

/** Whether what is remembered may be relied on. Asked as the last step before a yes, and each time of the clock itself. */
export interface Reliance {
  holds(): boolean;
}

/** Where one process has the database to itself, it always may. */
export const alwaysHolds: Reliance = { holds: () => true };

/**
 * The right of one replica to say yes from memory: it runs from the instant before its read of the log was sent, for half
 * a second on the monotonic clock. A writer that has waited longer than that knows that it has run out.
 */
export class Lease implements Reliance {
  private from = -Infinity;
  /** By how much the time of day was ahead of the monotonic clock when the lease began. */
  private ahead = 0;

  constructor(private readonly clocks: Clocks) {}

  /** This instant, for a read that is about to be sent. */
  mark(): Instant {
    const monotonic = this.clocks.monotonic();
    return { monotonic, ahead: this.clocks.wall() - monotonic };
  }

  /** Begins anew with a read that was sent at that instant, and has been applied since. */
  extend({ monotonic, ahead }: Instant): void {
    if (monotonic <= this.from) return;
    this.from = monotonic;
    this.ahead = ahead;
  }

  drop(): void {
    this.from = -Infinity;
  }

  holds(): boolean {
    const now = this.clocks.monotonic();
    return now - this.from < LEASE_MS && Math.abs(this.clocks.wall() - now - this.ahead) < DRIFT_MS;
  }

  /** For how long the lease has run, in milliseconds; Infinity: there was none. */
  age(): number {
    return this.clocks.monotonic() - this.from;
  }
}
