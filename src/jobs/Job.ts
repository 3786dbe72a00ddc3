import type { JobRow } from './JobRow.js';

/** How a job stands. What is over stays as it is. */
export type JobStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** Work that is begun by one request and done after it, in chunks, by one replica. */
export interface Job {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: string;
  readonly status: JobStatus;
  /** Null until it is known. */
  readonly total: number | null;
  /** Items that went well. */
  readonly done: number;
  /** Items that did not. */
  readonly failed: number;
  readonly error: string | null;
  readonly startedBy: string;
  /** One more at each change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** One item that went wrong. */
export interface JobFailure {
  /** Its place in what the job was given, from 0. */
  readonly index: number;
  readonly message: string;
}

/** Whether nothing more will happen to a job. */
export const isOver = ({ status }: Pick<Job, 'status'>): boolean => status !== 'QUEUED' && status !== 'RUNNING';

/** The job of a row, without what only its runner needs. */
export const toJob = ({
  id,
  organizationId,
  kind,
  status,
  total,
  done,
  failed,
  error,
  startedBy,
  version,
  createdAt,
  finishedAt,
}: JobRow): Job => ({ id, organizationId, kind, status, total, done, failed, error, startedBy, version, createdAt, finishedAt });
