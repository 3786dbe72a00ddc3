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

/** Longer ago than anything. */
export const never: Instant = { monotonic: -Infinity, ahead: 0 };

/** For how long a replica may rely on what it has read of the log. */
export const LEASE_MS = 500;
/**
 * How far the two clocks may drift apart: beyond, the machine has slept or was given another time. What is not noticed lengthens
 * a lease, so that it is part of what a writer waits longer than a lease for.
 */
const DRIFT_MS = 20;

/** Whether it was less than so long ago; never where the machine has slept since, or was given another time. */
export const isWithin = (milliseconds: number, since: Instant, now: Instant): boolean =>
  now.monotonic - since.monotonic < milliseconds && Math.abs(now.ahead - since.ahead) < DRIFT_MS;

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
  private from: Instant = never;

  constructor(private readonly clocks: Clocks) {}

  /** This instant, for a read that is about to be sent. */
  mark(): Instant {
    // In this order: whatever comes between the two makes a sleep look longer afterwards, never shorter.
    const wall = this.clocks.wall();
    const monotonic = this.clocks.monotonic();
    return { monotonic, ahead: wall - monotonic };
  }

  /** Begins anew with a read that was sent at that instant, and has been applied since. */
  extend(sent: Instant): void {
    if (sent.monotonic > this.from.monotonic) this.from = sent;
  }

  drop(): void {
    this.from = never;
  }

  holds(): boolean {
    const monotonic = this.clocks.monotonic();
    return isWithin(LEASE_MS, this.from, { monotonic, ahead: this.clocks.wall() - monotonic });
  }

  /** For how long the lease has run, in milliseconds; Infinity: there was none. */
  age(): number {
    return this.clocks.monotonic() - this.from.monotonic;
  }
}
