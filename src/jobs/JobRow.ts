import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `jobs`. */
export interface JobRow {
  id: string;
  organizationId: string;
  kind: string;
  status: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  parameters: object | null;
  startedBy: string;
  requestId: string;
  total: number | null;
  done: number;
  failed: number;
  place: string | null;
  error: string | null;
  cancelAskedAt: Date | null;
  runner: string | null;
  leaseUntil: Date | null;
  attempts: number;
  version: number;
  createdAt: Date;
  finishedAt: Date | null;
}

const { id, instant, integer, json, optional, primaryId, text } = columns;

export const JobRows = new EntitySchema<JobRow>({
  name: 'Job',
  tableName: 'jobs',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    kind: text('kind'),
    status: text('status'),
    parameters: optional(json('parameters')),
    startedBy: id('started_by'),
    requestId: text('request_id'),
    total: optional(integer('total')),
    done: integer('done'),
    failed: integer('failed'),
    place: optional(text('place')),
    error: optional(text('error')),
    cancelAskedAt: optional(instant('cancel_asked_at')),
    runner: optional(text('runner')),
    leaseUntil: optional(instant('lease_until')),
    attempts: integer('attempts'),
    version: integer('version'),
    createdAt: instant('created_at'),
    finishedAt: optional(instant('finished_at')),
  },
});
