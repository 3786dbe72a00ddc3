import type { Environment, RateLimit, ResourceRestriction } from '../authority/index.js';
import type { ApiKeyRow } from './ApiKeyRow.js';

/** An API key as this room and its readers know it. Its secret's digest is no part of it. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly namespaceId: string;
  readonly environment: Environment;
  readonly userId: string;
  readonly createdBy: string;
  /** Whoever obtained the current secret. */
  readonly issuedBy: string;
  readonly createdByApiKeyId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly roleId: string | null;
  readonly permissions: string[];
  readonly hint: string;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly revokeReason: string | null;
  readonly revokedPermanently: boolean;
  readonly deletedAt: Date | null;
  readonly rateLimit: RateLimit | null;
  /** Null: not restricted. */
  readonly restrictions: ResourceRestriction[] | null;
  /** Null: from anywhere. */
  readonly allowedCidrs: string[] | null;
  readonly metadata: object | null;
  /** Null: never used. */
  readonly lastUsedAt: Date | null;
  /** 1 at creation, one more at each regeneration. */
  readonly generation: number;
  /** Until then the secret before the current one works as well. */
  readonly previousSecretExpiresAt: Date | null;
}

/** What is true of a key that nobody has stopped, used or regenerated yet. */
export const untouched = {
  revokedAt: null,
  revokedBy: null,
  revokeReason: null,
  revokedPermanently: false,
  deletedAt: null,
  lastUsedAt: null,
  generation: 1,
  previousSecretExpiresAt: null,
} as const;

/** The key of a row, without what only verification compares and what only lists are narrowed by. */
export const toApiKey = ({
  secretDigest: _digest,
  previousSecretDigest: _previous,
  previousIssuedBy: _previousIssuer,
  nameKey: _nameKey,
  stopped: _stopped,
  ...key
}: ApiKeyRow): ApiKey => key;
