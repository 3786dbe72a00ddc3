import { EntitySchema } from 'typeorm';
import type { Environment, GateCode, Permission } from '../authority/index.js';
import { columns } from '../database/index.js';

/** A row of `verification_logs`. */
export interface VerificationLogRow {
  id: string;
  organizationId: string;
  /** The key's home. */
  namespaceId: string;
  environment: Environment;
  apiKeyId: string;
  /** The key's user. */
  userId: string;
  at: Date;
  code: 'VALID' | 'NOT_FOUND' | 'RATE_LIMITED' | GateCode;
  httpStatus: number;
  /** The secret presented was one that the key had before. */
  retiredSecret: boolean;
  requestedPermissions: Permission[];
  resource: string | null;
  clientIp: string | null;
  latencyMs: number;
  requestId: string;
  /** 1; more where it stands for those of a busy minute that are not listed one by one, and is the first of them. */
  uses: number;
}

const { flag, id, instant, integer, json, optional, primaryId, real, text } = columns;

export const VerificationLogRows = new EntitySchema<VerificationLogRow>({
  name: 'VerificationLog',
  tableName: 'verification_logs',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    namespaceId: id('namespace_id'),
    environment: text('environment'),
    apiKeyId: id('api_key_id'),
    userId: id('user_id'),
    at: instant('at'),
    code: text('code'),
    httpStatus: integer('http_status'),
    retiredSecret: flag('retired_secret'),
    requestedPermissions: json('requested_permissions'),
    resource: optional(text('resource')),
    clientIp: optional(text('client_ip')),
    latencyMs: real('latency_ms'),
    requestId: text('request_id'),
    uses: integer('uses'),
  },
});
