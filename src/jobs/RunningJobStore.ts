import { In, LessThan, LessThanOrEqual, Not } from 'typeorm';
import type { Rows } from '../database/index.js';
import type { JobFailure } from './Job.js';
import { JobFailureRows } from './JobFailureRow.js';
import { JobPartRows } from './JobPartRow.js';
import { type JobRow, JobRows } from './JobRow.js';

const CANDIDATES = 10;
const MOST_FAILURES = 1_000;
const LONGEST_MESSAGE = 500;

/** How a chunk leaves a job. */
export type JobStep = Partial<Pick<JobRow, 'status' | 'total' | 'done' | 'failed' | 'place' | 'error' | 'leaseUntil' | 'finishedAt'>>;

/**
 * Jobs as their runner writes them: nobody's act, the starter's was to start. Each write names the runner, so that one
 * whose lease has run out and was taken over writes nothing more.
 */
export class RunningJobStore {
  constructor(private readonly rows: Rows) {}

  /** Jobs that wait, or whose runner has not been heard of since its lease; of tenants that are not busy here. */
  async waiting(now: Date, busyTenants: readonly string[]): Promise<JobRow[]> {
    const organizationId = Not(In([...busyTenants]));
    const elsewhere = busyTenants.length === 0 ? {} : { organizationId };
    return this.rows.find(JobRows, {
      where: [
        { status: 'QUEUED', ...elsewhere },
        { status: 'RUNNING', leaseUntil: LessThanOrEqual(now), ...elsewhere },
      ],
      order: { id: 'ASC' },
      take: CANDIDATES,
    });
  }

  /** Takes a job, unless its row has been written since it was read: of several replicas, one. */
  async claim({ id, version, attempts }: JobRow, runner: string, leaseUntil: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      JobRows,
      { id, version, status: In(['QUEUED', 'RUNNING']) },
      { status: 'RUNNING', runner, leaseUntil, attempts: attempts + 1, version: version + 1 },
    );
    return affected === 1;
  }

  /** The job as it stands, if it is still this runner's. */
  async held(id: string, runner: string): Promise<JobRow | null> {
    return this.rows.findOneBy(JobRows, { id, runner, status: 'RUNNING' });
  }

  /** Writes what a chunk did; false if the job is no longer this runner's. */
  async step({ id, version }: JobRow, runner: string, step: JobStep): Promise<boolean> {
    const { affected } = await this.rows.update(
      JobRows,
      { id, runner, status: 'RUNNING' },
      { ...step, attempts: 0, version: version + 1, ...(step.status && { runner: null, leaseUntil: null }) },
    );
    return affected === 1;
  }

  /** Notes what went wrong, as long as there is room: the first 1,000 of a job. */
  async noteFailures({ id, failed }: JobRow, failures: readonly JobFailure[]): Promise<void> {
    const kept = failures.slice(0, Math.max(0, MOST_FAILURES - failed));
    if (kept.length === 0) return;
    await this.rows.insert(
      JobFailureRows,
      kept.map(({ index, message }) => ({ jobId: id, item: index, message: [...message].slice(0, LONGEST_MESSAGE).join('') })),
    );
  }

  /** Takes the items of a chunk out of the store; null where there are none. */
  async takePart(jobId: string, part: number): Promise<readonly object[] | null> {
    const found = await this.rows.findOneBy(JobPartRows, { jobId, part });
    if (found) await this.rows.delete(JobPartRows, { jobId, part });
    return found && found.items;
  }

  /** Deletes what was not done any more. */
  async dropParts(jobId: string): Promise<void> {
    await this.rows.delete(JobPartRows, { jobId });
  }

  /** Deletes jobs that ended before then, with all that is kept of them: so many at the most; how many. */
  async deleteOver(before: Date, most: number): Promise<number> {
    const over = await this.rows.find(JobRows, {
      select: { id: true },
      where: { status: In(['SUCCEEDED', 'FAILED', 'CANCELLED']), finishedAt: LessThan(before) },
      order: { id: 'ASC' },
      take: most,
    });
    if (over.length === 0) return 0;
    const ids = over.map(({ id }) => id);
    await this.rows.delete(JobFailureRows, { jobId: In(ids) });
    await this.rows.delete(JobPartRows, { jobId: In(ids) });
    await this.rows.delete(JobRows, { id: In(ids) });
    return ids.length;
  }

  /** Ends every lease: for the only process of a database, whose earlier life is over. */
  async endLeases(now: Date): Promise<void> {
    await this.rows.update(JobRows, { status: 'RUNNING' }, { leaseUntil: now });
  }
}
