import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `retired_secrets`: a secret that a key had before, from the moment it was replaced. */
export interface RetiredSecretRow {
  apiKeyId: string;
  digest: Buffer;
  retiredAt: Date;
}

const { bytes, instant, primaryId } = columns;

export const RetiredSecretRows = new EntitySchema<RetiredSecretRow>({
  name: 'RetiredSecret',
  tableName: 'retired_secrets',
  columns: {
    apiKeyId: primaryId('api_key_id'),
    digest: { ...bytes('digest'), primary: true },
    retiredAt: instant('retired_at'),
  },
});
