import { In, MoreThan } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { keysetPage, permitted, type Rows } from '../database/index.js';
import { mapPage, type Page, type PageRequest } from '../domain/index.js';
import { type Job, type JobFailure, toJob } from './Job.js';
import { JobFailureRows } from './JobFailureRow.js';
import { JobPartRows } from './JobPartRow.js';
import { type JobRow, JobRows } from './JobRow.js';

/** The acts that start a job. */
export type StartingAct = 'job.importApiKeys' | 'job.revokeApiKeys';

/** Jobs as those who start, watch and cancel them see them. */
export class JobStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, Job>> {
    const found = await this.rows.findBy(JobRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toJob(row)]));
  }

  /** The jobs of a tenant, the newest first; of one person, or of all. */
  async list(organizationId: string, startedBy: string | null, page: PageRequest): Promise<Page<Job>> {
    const query = this.rows.createQueryBuilder(JobRows, 'j').where('j.organizationId = :organizationId', { organizationId });
    if (startedBy !== null) query.andWhere('j.startedBy = :startedBy', { startedBy });
    return mapPage(await keysetPage(query, page, 'DESC'), toJob);
  }

  /** What went wrong, behind an item; one more than asked for tells that there is more. */
  async failures(jobId: string, afterItem: number, limit: number): Promise<JobFailure[]> {
    const found = await this.rows.find(JobFailureRows, {
      where: { jobId, item: MoreThan(afterItem) },
      order: { item: 'ASC' },
      take: limit,
    });
    return found.map(({ item, message }) => ({ index: item, message }));
  }

  /** How many jobs of a tenant wait or run. */
  countUnfinished(organizationId: string): Promise<number> {
    return this.rows.countBy(JobRows, { organizationId, status: In(['QUEUED', 'RUNNING']) });
  }

  async insert(permit: Permit<StartingAct>, job: JobRow, parts: readonly (readonly object[])[]): Promise<void> {
    permitted(permit, this.rows, job.id);
    await this.rows.insert(JobRows, job);
    for (const [part, items] of parts.entries()) await this.rows.insert(JobPartRows, { jobId: job.id, part, items });
  }

  /** Ends a job that waits; false if it does not wait. */
  async cancelWaiting(permit: Permit<'job.cancel'>, { id, version }: Job, now: Date): Promise<boolean> {
    permitted(permit, this.rows, id);
    const { affected } = await this.rows.update(
      JobRows,
      { id, status: 'QUEUED' },
      { status: 'CANCELLED', cancelAskedAt: now, finishedAt: now, version: version + 1 },
    );
    if (affected === 1) await this.rows.delete(JobPartRows, { jobId: id });
    return affected === 1;
  }

  /** Asks whoever runs a job to stop it. */
  async askToCancel(permit: Permit<'job.cancel'>, id: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(JobRows, { id, status: 'RUNNING' }, { cancelAskedAt: now });
  }
}
