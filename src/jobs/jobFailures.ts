import type { Act } from '../access/index.js';
import { type PageArguments, pageSize, badInput } from '../domain/index.js';
import type { Job, JobFailure } from './Job.js';
import { JobStore } from './JobStore.js';

/** One page of what went wrong in a job, in the order of its items. */
export interface FailurePage {
  readonly items: readonly JobFailure[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** The cursor of a failure: the index of its item. Opaque to clients. */
export const failureCursor = ({ index }: JobFailure): string => Buffer.from(`item:${index}`, 'utf8').toString('base64url');

function itemFromCursor(cursor: string): number {
  const [, digits] = /^item:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  const index = Number(digits);
  if (digits === undefined || failureCursor({ index, message: '' }) !== cursor) {
    throw badInput('after', 'after is no cursor: copy an endCursor or a cursor from an earlier answer.');
  }
  return index;
}

/** What went wrong with which item of a job that the caller was given, the first 1,000. */
export async function jobFailures(act: Act, job: Job, { first, after }: PageArguments): Promise<FailurePage> {
  const limit = pageSize(first);
  const behind = after === null || after === undefined ? null : itemFromCursor(after);
  if (job.failed === 0) return { items: [], hasNextPage: false, hasPreviousPage: behind !== null };
  const found = await new JobStore(act.rows).failures(job.id, behind ?? -1, limit + 1);
  return { items: found.slice(0, limit), hasNextPage: found.length > limit, hasPreviousPage: behind !== null };
}
