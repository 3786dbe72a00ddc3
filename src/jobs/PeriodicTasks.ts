import { randomUUID } from 'node:crypto';
import { type Database, isDuplicate } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import { PeriodicTaskStore } from './PeriodicTaskStore.js';

/** What is done from time to time, by one replica. */
export interface PeriodicTask {
  readonly name: string;
  readonly everyMs: number;
  /** Ends at its next step once it is told to stop; what is left is done when it is due again. */
  readonly run: (database: Database, now: Date, stop: AbortSignal) => Promise<unknown>;
}

/** How long a task may take before another replica believes that the one that does it is gone. */
const LEASE_MS = 10 * 60_000;

/** Does what is due, each task by exactly one replica at a time. */
export class PeriodicTasks {
  private readonly id = randomUUID();
  private running: Promise<void> | null = null;
  private readonly stop = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly tasks: readonly PeriodicTask[],
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Does what is due now, one after the other. */
  runDue(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  /** Stops the task that is being done, and waits for it. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.introduce();
      const due = await new PeriodicTaskStore(this.database.reader).due(this.clock());
      for (const task of this.tasks) if (due.has(task.name) && !this.stop.signal.aborted) await this.runOne(task);
    } catch (error) {
      this.failed(error);
    }
  }

  private async runOne({ name, everyMs, run }: PeriodicTask): Promise<void> {
    const { database } = this;
    const now = this.clock();
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const claimed = await database.transact((rows) => new PeriodicTaskStore(rows).claim(name, this.id, now, leaseUntil));
    if (!claimed) return;
    try {
      await run(database, now, this.stop.signal);
    } catch (error) {
      // It is due again after its time: a fault that stays must not be met every second.
      this.failed(error);
    }
    const dueAt = new Date(now.getTime() + everyMs);
    await database.transact((rows) => new PeriodicTaskStore(rows).done(name, this.id, dueAt));
  }

  /** Writes the rows of tasks that are new. */
  private async introduce(): Promise<void> {
    const known = await new PeriodicTaskStore(this.database.reader).known();
    for (const { name } of this.tasks) {
      if (known.has(name)) continue;
      try {
        await this.database.transact((rows) => new PeriodicTaskStore(rows).add(name, this.clock()));
      } catch (error) {
        // Another replica was quicker.
        if (!isDuplicate(error)) throw error;
      }
    }
  }
}
