import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `idempotency_keys`: what somebody made under a key. Neither the key nor the input is in it. */
export interface IdempotencyKeyRow {
  organizationId: string;
  principalId: string;
  keyDigest: Buffer;
  inputDigest: Buffer;
  createdId: string;
  createdAt: Date;
}

const { bytes, id, instant, primaryId } = columns;

export const IdempotencyKeyRows = new EntitySchema<IdempotencyKeyRow>({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  columns: {
    organizationId: primaryId('organization_id'),
    principalId: primaryId('principal_id'),
    keyDigest: { ...bytes('key_digest'), primary: true },
    inputDigest: bytes('input_digest'),
    createdId: id('created_id'),
    createdAt: instant('created_at'),
  },
});
