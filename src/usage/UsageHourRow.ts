import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `usage_hours`: how often a key was used within an hour. */
export interface UsageHourRow {
  apiKeyId: string;
  /** Its first instant, in UTC. */
  hour: Date;
  verified: number;
  denied: number;
  rateLimited: number;
}

const { instant, integer, primaryId } = columns;

export const UsageHourRows = new EntitySchema<UsageHourRow>({
  name: 'UsageHour',
  tableName: 'usage_hours',
  columns: {
    apiKeyId: primaryId('api_key_id'),
    hour: { ...instant('hour'), primary: true },
    verified: integer('verified'),
    denied: integer('denied'),
    rateLimited: integer('rate_limited'),
  },
});
