import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `tenants`: what every change in the tenant writes first, and the head of its audit chain. */
export interface TenantRow {
  organizationId: string;
  isFirst: boolean;
  auditSequence: number;
  auditHash: Buffer;
}

const { bytes, flag, integer, primaryId } = columns;

export const TenantRows = new EntitySchema<TenantRow>({
  name: 'Tenant',
  tableName: 'tenants',
  columns: {
    organizationId: primaryId('organization_id'),
    isFirst: flag('is_first'),
    auditSequence: integer('audit_sequence'),
    auditHash: bytes('audit_hash'),
  },
});
