import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from '../database/index.js';
import { type Clocks, machineClocks } from './Lease.js';
import type { Replica } from './Replica.js';

/** How often a replica reads the log: ten times within a lease, so that a slow answer costs none. */
const LOOK_EVERY_MS = 50;
/** For so long the first look is tried again: a machine that starts many things at once is late with each. */
const JOIN_WITHIN_MS = 10_000;

/** Keeps a replica's lease: one look after another, also where one fails. */
export class ReplicaLoop {
  private timer: NodeJS.Timeout | undefined;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly replica: Replica,
    /** Told once when looking begins to fail. */
    private readonly failed: (error: unknown) => void,
    private readonly clocks: Pick<Clocks, 'monotonic'> = machineClocks,
  ) {}

  /** Resolves once it has looked for the first time, and looks from then on. Rejects where the database stays away, or refuses it. */
  async join(): Promise<void> {
    const began = this.clocks.monotonic();
    while (!(await this.hasLooked(began))) await sleep(LOOK_EVERY_MS);
    this.start();
  }

  private async hasLooked(began: number): Promise<boolean> {
    try {
      await this.replica.look();
      return true;
    } catch (error) {
      if (!isAway(error) || this.clocks.monotonic() - began > JOIN_WITHIN_MS) throw error;
      return false;
    }
  }

  private start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.look().then(() => this.start());
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  async close(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    try {
      await this.replica.close();
    } catch (error) {
      // The registry forgets a replica that is silent.
      this.failed(error);
    }
  }

  private async look(): Promise<void> {
    try {
      await this.replica.look();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.failed(error);
      this.failing = true;
    }
  }
}
