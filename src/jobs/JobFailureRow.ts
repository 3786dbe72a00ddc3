import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `job_failures`: one item that went wrong. */
export interface JobFailureRow {
  jobId: string;
  item: number;
  message: string;
}

const { integer, primaryId, text } = columns;

export const JobFailureRows = new EntitySchema<JobFailureRow>({
  name: 'JobFailure',
  tableName: 'job_failures',
  columns: {
    jobId: primaryId('job_id'),
    item: { ...integer('item'), primary: true },
    message: text('message'),
  },
});
