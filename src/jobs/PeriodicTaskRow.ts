import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `periodic_tasks`: when a task is due, and who does it now. */
export interface PeriodicTaskRow {
  name: string;
  dueAt: Date;
  runner: string | null;
  leaseUntil: Date | null;
}

const { instant, optional, primaryId, text } = columns;

export const PeriodicTaskRows = new EntitySchema<PeriodicTaskRow>({
  name: 'PeriodicTask',
  tableName: 'periodic_tasks',
  columns: {
    name: primaryId('name'),
    dueAt: instant('due_at'),
    runner: optional(text('runner')),
    leaseUntil: optional(instant('lease_until')),
  },
});
