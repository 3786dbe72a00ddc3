import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `shared_secrets`. Sealed secrets leave it only to be opened for who may see them, or to sign. */
export interface SharedSecretRow {
  organizationId: string;
  sealed: Buffer;
  createdAt: Date;
  previousSealed: Buffer | null;
  previousUntil: Date | null;
}

const { bytes, instant, optional, primaryId } = columns;

export const SharedSecretRows = new EntitySchema<SharedSecretRow>({
  name: 'SharedSecret',
  tableName: 'shared_secrets',
  columns: {
    organizationId: primaryId('organization_id'),
    sealed: bytes('sealed'),
    createdAt: instant('created_at'),
    previousSealed: optional(bytes('previous_sealed')),
    previousUntil: optional(instant('previous_until')),
  },
});
