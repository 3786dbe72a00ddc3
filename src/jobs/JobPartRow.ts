import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `job_parts`: the items of one chunk, kept until they are done. */
export interface JobPartRow {
  jobId: string;
  part: number;
  items: readonly object[];
}

const { integer, json, primaryId } = columns;

export const JobPartRows = new EntitySchema<JobPartRow>({
  name: 'JobPart',
  tableName: 'job_parts',
  columns: {
    jobId: primaryId('job_id'),
    part: { ...integer('part'), primary: true },
    items: json('items'),
  },
});
