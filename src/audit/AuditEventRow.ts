import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `audit_events`: one change, chained to the one before it in its tenant. */
export interface AuditEventRow {
  id: string;
  organizationId: string;
  /** Null for a denial, which stands outside the chain; so are the hashes. */
  sequence: number | null;
  at: Date;
  action: string;
  outcome: 'ALLOWED' | 'DENIED';
  reason: string | null;
  actorId: string | null;
  actorApiKeyId: string | null;
  targetId: string | null;
  namespaceId: string | null;
  changes: object | null;
  requestId: string;
  previousHash: Buffer | null;
  hash: Buffer | null;
}

const { bytes, id, instant, integer, json, optional, primaryId, text } = columns;

export const AuditEventRows = new EntitySchema<AuditEventRow>({
  name: 'AuditEvent',
  tableName: 'audit_events',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    sequence: optional(integer('sequence')),
    at: instant('at'),
    action: text('action'),
    outcome: text('outcome'),
    reason: optional(text('reason')),
    actorId: optional(id('actor_id')),
    actorApiKeyId: optional(id('actor_api_key_id')),
    targetId: optional(id('target_id')),
    namespaceId: optional(id('namespace_id')),
    changes: optional(json('changes')),
    requestId: text('request_id'),
    previousHash: optional(bytes('previous_hash')),
    hash: optional(bytes('hash')),
  },
});
