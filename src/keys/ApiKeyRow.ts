import { EntitySchema } from 'typeorm';
import type { Environment, RateLimit, ResourceRestriction } from '../authority/index.js';
import { columns } from '../database/index.js';

/** A row of `api_keys`. The digest leaves this row only to be compared. */
export interface ApiKeyRow {
  id: string;
  organizationId: string;
  namespaceId: string;
  environment: Environment;
  userId: string;
  createdBy: string;
  issuedBy: string;
  createdByApiKeyId: string | null;
  name: string;
  nameKey: string;
  description: string | null;
  roleId: string | null;
  permissions: string[];
  hint: string;
  secretDigest: Buffer;
  expiresAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  revokedAt: Date | null;
  revokedBy: string | null;
  revokeReason: string | null;
  revokedPermanently: boolean;
  deletedAt: Date | null;
  /** Revoked, or made by a key that was revoked or deleted: what INACTIVE means, where a list asks for it. */
  stopped: boolean;
  rateLimit: RateLimit | null;
  restrictions: ResourceRestriction[] | null;
  allowedCidrs: string[] | null;
  metadata: object | null;
  lastUsedAt: Date | null;
  generation: number;
  previousSecretDigest: Buffer | null;
  previousSecretExpiresAt: Date | null;
  /** Whoever obtained the secret before the current one: it never lends what only the new issuer holds. */
  previousIssuedBy: string | null;
}

/** No secret but the current one: what every revocation leaves. A grace that has ended never begins again. */
export const graceEnded = { previousSecretDigest: null, previousSecretExpiresAt: null, previousIssuedBy: null } as const;

const { bytes, flag, id, instant, integer, json, optional, primaryId, text } = columns;

export const ApiKeyRows = new EntitySchema<ApiKeyRow>({
  name: 'ApiKey',
  tableName: 'api_keys',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    namespaceId: id('namespace_id'),
    environment: text('environment'),
    userId: id('user_id'),
    createdBy: id('created_by'),
    issuedBy: id('issued_by'),
    createdByApiKeyId: optional(id('created_by_api_key_id')),
    name: text('name'),
    nameKey: text('name_key'),
    description: optional(text('description')),
    roleId: optional(id('role_id')),
    permissions: json('permissions'),
    hint: text('hint'),
    secretDigest: bytes('secret_digest'),
    expiresAt: optional(instant('expires_at')),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    revokedAt: optional(instant('revoked_at')),
    revokedBy: optional(id('revoked_by')),
    revokeReason: optional(text('revoke_reason')),
    revokedPermanently: flag('revoked_permanently'),
    deletedAt: optional(instant('deleted_at')),
    stopped: flag('stopped'),
    rateLimit: optional(json('rate_limit')),
    restrictions: optional(json('restrictions')),
    allowedCidrs: optional(json('allowed_cidrs')),
    metadata: optional(json('metadata')),
    lastUsedAt: optional(instant('last_used_at')),
    generation: integer('generation'),
    previousSecretDigest: optional(bytes('previous_secret_digest')),
    previousSecretExpiresAt: optional(instant('previous_secret_expires_at')),
    previousIssuedBy: optional(id('previous_issued_by')),
  },
});
