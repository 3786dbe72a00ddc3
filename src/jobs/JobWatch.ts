import type { Database } from '../database/index.js';
import { isOver, type Job } from './Job.js';
import { JobStore } from './JobStore.js';

const POLL_MS = 250;
const done: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * Somebody who watches a job. No generator: one that waits cannot be ended from outside, and would be told of a job for
 * ever after its watcher has gone.
 */
class Watching implements AsyncIterableIterator<Job, undefined> {
  private latest: Job;
  private told = 0;
  private over = false;
  private ring = (): void => undefined;

  constructor(
    job: Job,
    private readonly sees: (job: Job) => Promise<boolean>,
    private readonly leave: (watching: Watching) => void,
  ) {
    this.latest = job;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The job at its next change; of several at once only the latest. */
  async next(): Promise<IteratorResult<Job, undefined>> {
    while (!this.over) {
      const job = this.latest;
      if (job.version > this.told) {
        this.told = job.version;
        let shown = false;
        try {
          shown = await this.sees(job);
        } finally {
          if (!shown || isOver(job)) this.end();
        }
        return shown ? { value: job, done: false } : done;
      }
      await new Promise<void>((resolve) => (this.ring = resolve));
    }
    return done;
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.end();
    return Promise.resolve(done);
  }

  tell(job: Job): void {
    if (job.version <= this.latest.version) return;
    this.latest = job;
    this.ring();
  }

  end(): void {
    this.over = true;
    this.leave(this);
    this.ring();
  }
}

/**
 * Tells those who watch a job of its changes, whichever replica made them. While anybody watches, the rows of all watched
 * jobs are read together a few times a second; while nobody does, nothing is read.
 */
export class JobWatch {
  private readonly watched = new Map<string, Set<Watching>>();
  private timer: NodeJS.Timeout | null = null;
  private reading = false;

  constructor(
    private readonly database: Database,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The job as it is, and then at each change; ends behind the last, or once `sees` says no. */
  watch(job: Job, sees: (job: Job) => Promise<boolean>): AsyncIterableIterator<Job, undefined> {
    const watching = new Watching(job, sees, (gone) => this.remove(job.id, gone));
    this.watched.set(job.id, (this.watched.get(job.id) ?? new Set()).add(watching));
    this.timer ??= setInterval(() => void this.read(), POLL_MS).unref();
    return watching;
  }

  /** Ends every watching. */
  close(): void {
    for (const all of this.watched.values()) for (const watching of all) watching.end();
  }

  private remove(jobId: string, watching: Watching): void {
    const others = this.watched.get(jobId);
    others?.delete(watching);
    if (others?.size === 0) this.watched.delete(jobId);
    if (this.watched.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      const found = await new JobStore(this.database.reader).byIds([...this.watched.keys()]);
      for (const [id, job] of found) for (const watching of this.watched.get(id) ?? []) watching.tell(job);
    } catch (error) {
      this.failed(error);
    } finally {
      this.reading = false;
    }
  }
}
