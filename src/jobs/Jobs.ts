import type { Quotas } from '../access/index.js';
import type { Denial } from '../audit/index.js';
import type { Database } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Withdrawals } from '../withdrawals/index.js';
import type { Job } from './Job.js';
import { type JobWork, JobRunner } from './JobRunner.js';
import { JobWatch } from './JobWatch.js';
import { type PeriodicTask, PeriodicTasks } from './PeriodicTasks.js';
import { RunningJobStore } from './RunningJobStore.js';

/** What jobs are made of. */
export interface JobsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly quotas?: Quotas | undefined;
  readonly withdrawals: Withdrawals;
  readonly work: Readonly<Record<string, JobWork>>;
  readonly tasks: readonly PeriodicTask[];
  /** Told of each item that a job's starter was refused. */
  readonly denied?: ((denial: Denial) => void) | undefined;
  readonly failed: (error: unknown) => void;
  /** How often this replica looks for what others have queued or left behind, and for what is due; null: only when woken. */
  readonly lookEveryMs: number | null;
}

/** The jobs of this process: one door to run and to watch them. */
export class Jobs {
  private readonly runner: JobRunner;
  private readonly watching: JobWatch;
  private readonly periodic: PeriodicTasks;
  private readonly timer: NodeJS.Timeout | null;

  /** How many run on this replica. */
  get running(): number {
    return this.runner.depth;
  }

  private constructor({ lookEveryMs, tasks, ...options }: JobsOptions) {
    this.runner = new JobRunner(options);
    this.watching = new JobWatch(options.database, options.failed);
    this.periodic = new PeriodicTasks(options.database, options.clock, tasks, options.failed);
    this.timer = lookEveryMs === null ? null : setInterval(() => void this.look(), lookEveryMs).unref();
  }

  /** Goes on with what an earlier life has left behind. */
  static async open(options: JobsOptions): Promise<Jobs> {
    const { database, clock } = options;
    // An SQLite file has one process at a time: whoever held a lease is gone.
    if (database.kind === 'sqlite') await database.transact((rows) => new RunningJobStore(rows).endLeases(clock()));
    return new Jobs(options);
  }

  /** Looks for jobs now; called once one was started. */
  wake(): void {
    this.runner.wake();
  }

  /** Looks for jobs, and does what is due. */
  look(): Promise<void> {
    this.runner.wake();
    return this.periodic.runDue();
  }

  /** A job as it is, and then at each change, whichever replica made it; ends behind the last, or once `sees` says no. */
  watch(job: Job, sees: (job: Job) => Promise<boolean>): AsyncIterable<Job> {
    return this.watching.watch(job, sees);
  }

  /** Lets running chunks end and hands their jobs back. */
  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.watching.close();
    await Promise.all([this.runner.close(), this.periodic.close()]);
  }
}
