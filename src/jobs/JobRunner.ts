import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Change, type Principal, type Quotas, type Refused, TenantLedger, unlimited } from '../access/index.js';
import type { Denial } from '../audit/index.js';
import type { Database, Rows } from '../database/index.js';
import { type Clock, Refusal } from '../domain/index.js';
import type { Withdrawals } from '../withdrawals/index.js';
import type { JobFailure } from './Job.js';
import type { JobRow } from './JobRow.js';
import { type JobStep, RunningJobStore } from './RunningJobStore.js';

/** What one chunk did. */
export interface ChunkDone {
  /** Items that went well. */
  readonly done: number;
  readonly failures: readonly JobFailure[];
  /** Where the next chunk begins; null: there is none. */
  readonly place: string | null;
  /** How many items there are, once it is known. */
  readonly total?: number;
  /** What it left alone may be withdrawn by somebody else just now: the job ends once that is true everywhere, too. */
  readonly foundDone?: boolean;
}

/** A chunk that is to be done. */
export interface Chunk {
  readonly jobId: string;
  readonly parameters: object | null;
  /** Where the chunk before it ended; null: this is the first. */
  readonly place: string | null;
  /** How many items were seen to so far: the index of the next. */
  readonly seen: number;
  /** The items that were given when the job was started; null behind the last part. */
  readonly takePart: (part: number) => Promise<readonly object[] | null>;
}

/**
 * What is done in a kind of job: the next items, in the change's transaction and with the rights that the job's starter
 * has in it. It repeats no item and loses none, because the transaction also moves the job on.
 */
export type JobWork = (change: Change, chunk: Chunk) => Promise<ChunkDone>;

/** What a runner is made of. */
export interface RunnerParts {
  readonly database: Database;
  readonly clock: Clock;
  /** What each organization may have. */
  readonly quotas?: Quotas | undefined;
  readonly withdrawals: Withdrawals;
  /** What is done in each kind of job. */
  readonly work: Readonly<Record<string, JobWork>>;
  /** Told of each item that its starter was refused. */
  readonly denied?: ((denial: Denial) => void) | undefined;
  /** Told of faults. */
  readonly failed: (error: unknown) => void;
}

const LEASE_MS = 15_000;
/** Tenants that are served at once; one job of each, so that nobody's hundred jobs keep the others waiting. */
const MOST_AT_ONCE = 4;
/** Claims without a chunk that went well: then the fault is in the job. */
const MOST_ATTEMPTS = 5;

/** Stands for the place of a job whose items are all done, and whose withdrawals hold everywhere: it only has to end. */
const AT_END = 'end';

/** Another replica has taken the job over: what this chunk did is taken back. */
class Overtaken extends Error {}

/** Runs jobs in this process. Each job is run by exactly one replica at a time. */
export class JobRunner {
  private readonly id = randomUUID();
  private readonly running = new Map<string, Promise<void>>();
  private looking: Promise<void> | null = null;
  private news = false;
  private stopping = false;

  /** How many run on this replica. */
  get depth(): number {
    return this.running.size;
  }

  constructor(private readonly parts: RunnerParts) {}

  /** Looks for jobs now. Returns at once. */
  wake(): void {
    this.news = true;
    if (!this.stopping) this.looking ??= this.look();
  }

  /** Lets the running chunks end and hands their jobs back. */
  async close(): Promise<void> {
    this.stopping = true;
    await this.looking;
    await Promise.all(this.running.values());
  }

  private async look(): Promise<void> {
    while (this.news && !this.stopping) {
      this.news = false;
      try {
        await this.takeWaiting();
      } catch (error) {
        this.parts.failed(error);
      }
    }
    this.looking = null;
  }

  private async takeWaiting(): Promise<void> {
    const { database, clock } = this.parts;
    while (!this.stopping && this.running.size < MOST_AT_ONCE) {
      const candidates = await new RunningJobStore(database.reader).waiting(clock(), [...this.running.keys()]);
      const job = await this.claimOne(candidates);
      if (!job) return;
      const { organizationId } = job;
      const run = this.run(job)
        .catch(this.parts.failed)
        .then(() => {
          this.running.delete(organizationId);
          this.wake();
        });
      this.running.set(organizationId, run);
    }
  }

  private async claimOne(candidates: readonly JobRow[]): Promise<JobRow | null> {
    const { database } = this.parts;
    for (const job of candidates) {
      if (await database.transact((rows) => new RunningJobStore(rows).claim(job, this.id, this.leaseEnd()))) return job;
    }
    return null;
  }

  private async run(job: JobRow): Promise<void> {
    if (job.attempts >= MOST_ATTEMPTS) {
      return this.end(job, 'A fault of ours stopped this job; what it says is done is done.');
    }
    try {
      while (await this.chunk(job)) {
        // SQLite answers without ever waiting: without a turn for others no request would be heard until the job is over.
        await turn();
        if (!this.stopping) continue;
        await this.handBack(job);
        return;
      }
    } catch (error) {
      if (error instanceof Overtaken) return;
      const reason = error instanceof Refusal ? error.reason : null;
      if (reason && reason.code !== 'UNAVAILABLE') return this.end(job, reason.message);
      // The lease runs out, and the job is tried again from its last whole chunk.
      throw error;
    }
  }

  /** Does one chunk; whether there is another. */
  private async chunk({ id, organizationId, startedBy, requestId }: JobRow): Promise<boolean> {
    const { database, clock, denied, withdrawals, work, quotas = unlimited } = this.parts;
    let refused: readonly Refused[] = [];
    const { goesOn, waits, written } = await database.transact(async (rows) => {
      const store = new RunningJobStore(rows);
      // The tenant's row before all else, as in every change: what is decided on is read once it is held.
      const ledger = await TenantLedger.open(rows, organizationId);
      const job = await store.held(id, this.id);
      if (!ledger || !job) throw new Overtaken();
      const now = clock();
      const ended = async (step: JobStep) => ({ goesOn: await this.leave(rows, job, step), waits: false, written: null });
      if (job.cancelAskedAt) return ended({ status: 'CANCELLED', finishedAt: now });
      if (job.place === AT_END) return ended({ status: 'SUCCEEDED', finishedAt: now });

      const doing = work[job.kind];
      if (!doing) throw new Error(`nothing is known of jobs of the kind ${job.kind}`);
      const change = new Change(rows, principalOf(job), ledger, job.requestId, now, quotas);
      const {
        done,
        failures,
        foundDone = false,
        place,
        total,
      } = await doing(change, {
        jobId: id,
        parameters: job.parameters,
        place: job.place,
        seen: job.done + job.failed,
        takePart: (part) => store.takePart(id, part),
      });
      const withdrawn = change.withdrawn();
      ({ refused } = change);
      await store.noteFailures(job, failures);
      const progress = { done: job.done + done, failed: job.failed + failures.length, ...(total !== undefined && { total }) };
      // A job that withdraws has succeeded only once what it withdrew, or found withdrawn, is accepted by nobody.
      const waits = withdrawn.length > 0 || foundDone;
      const ends = place === null && !waits;
      if (ends) return ended({ ...progress, place, status: 'SUCCEEDED', finishedAt: now });
      if (!(await store.step(job, this.id, { ...progress, place: place ?? AT_END, leaseUntil: this.leaseEnd() }))) throw new Overtaken();
      return { goesOn: true, waits, written: await withdrawals.write(rows, withdrawn) };
    });
    if (waits) await withdrawals.settle(written);
    // Only now that it is true: a chunk that was taken back is done again.
    for (const each of refused) denied?.({ ...each, organizationId, actorId: startedBy, actorApiKeyId: null, requestId });
    return goesOn;
  }

  private async leave(rows: Rows, job: JobRow, step: JobStep): Promise<false> {
    const store = new RunningJobStore(rows);
    if (!(await store.step(job, this.id, step))) throw new Overtaken();
    if (step.finishedAt) await store.dropParts(job.id);
    return false;
  }

  private async end(job: JobRow, error: string): Promise<void> {
    await this.inJob(job, (rows, held) => this.leave(rows, held, { status: 'FAILED', error, finishedAt: this.parts.clock() }));
  }

  private async handBack(job: JobRow): Promise<void> {
    await this.inJob(job, (rows, held) => this.leave(rows, held, { status: 'QUEUED' }));
  }

  private async inJob({ id, organizationId }: JobRow, work: (rows: Rows, job: JobRow) => Promise<unknown>): Promise<void> {
    await this.parts.database.transact(async (rows) => {
      // As in a chunk: whoever cancels a job holds the tenant's row, and must not see it run and ask nobody.
      await TenantLedger.open(rows, organizationId);
      const held = await new RunningJobStore(rows).held(id, this.id);
      if (held) await work(rows, held);
    });
  }

  private leaseEnd(): Date {
    return new Date(this.parts.clock().getTime() + LEASE_MS);
  }
}

/** Whoever started a job acts in it, also once their session is over: what counts is what they hold then. */
const principalOf = ({ startedBy, organizationId, id }: JobRow): Principal => ({
  kind: 'USER',
  userId: startedBy,
  organizationId,
  sessionId: id,
  mustChangePassword: false,
});
