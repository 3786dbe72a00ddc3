import type { Replica } from './Replica.js';

/** How often a replica reads the log: ten times within a lease, so that a slow answer costs none. */
const LOOK_EVERY_MS = 50;

/** Keeps a replica's lease: one look after another, also where one fails. */
export class ReplicaLoop {
  private timer: NodeJS.Timeout | undefined;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly replica: Replica,
    /** Told once when looking begins to fail. */
    private readonly failed: (error: unknown) => void,
  ) {}

  start(): void {
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
