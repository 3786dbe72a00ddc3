import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `tenants`: what every change in the tenant writes first, and the head of its audit chain. */
export interface TenantRow {
  organizationId: string;
  isFirst: boolean;
  auditSequence: number;
  auditHash: Buffer;
  membersMayCreateApiKeys: boolean;
  maxApiKeyLifetimeDays: number | null;
}

const { bytes, flag, integer, optional, primaryId } = columns;

export const TenantRows = new EntitySchema<TenantRow>({
  name: 'Tenant',
  tableName: 'tenants',
  columns: {
    organizationId: primaryId('organization_id'),
    isFirst: flag('is_first'),
    auditSequence: integer('audit_sequence'),
    auditHash: bytes('audit_hash'),
    membersMayCreateApiKeys: flag('members_may_create_api_keys'),
    maxApiKeyLifetimeDays: optional(integer('max_api_key_lifetime_days')),
  },
});
