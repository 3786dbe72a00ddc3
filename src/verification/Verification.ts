import type { Environment, GateCode, Permission, ResourceRestriction } from '../authority/index.js';
import type { RateLimitState } from '../rateLimits/index.js';

/** Why a key may or may not do what was asked. */
export type VerificationCode = 'VALID' | 'NOT_FOUND' | GateCode | 'RATE_LIMITED';

/** The answer to "may this key do this?". The key's identity is flat in it, so that the hot path loads nothing more. */
export interface Verification {
  readonly valid: boolean;
  readonly code: VerificationCode;
  /** What the asking service should answer its own caller with. */
  readonly httpStatus: number;
  /** One sentence fit to show to the key's bearer. */
  readonly message: string;
  readonly missingPermissions: readonly Permission[];
  readonly effectivePermissions: readonly Permission[];
  /** Of a key that has a limit, also where it was refused. */
  readonly rateLimit: RateLimitState | null;
  readonly apiKeyId: string | null;
  readonly name: string | null;
  readonly namespaceId: string | null;
  readonly organizationId: string | null;
  readonly userId: string | null;
  readonly environment: Environment | null;
  readonly expiresAt: Date | null;
  readonly restrictions: readonly ResourceRestriction[] | null;
  readonly metadata: object | null;
  /** Where doors keep the words that they put it in, if it is an answer that is given again; no part of the answer. */
  readonly words: Words | null;
}

/** An answer as doors say it. */
export interface Words {
  /** The body of an introspection, said by that issuer. */
  introspection?: { readonly issuer: string; readonly body: string };
  /** The headers of forward auth. */
  forwardAuth?: readonly string[];
}

/** What each code means to the bearer, and the HTTP status that fits it. */
export const answers: Readonly<Record<VerificationCode, readonly [httpStatus: number, message: string]>> = {
  VALID: [200, 'The API key may do this.'],
  NOT_FOUND: [401, 'This API key is not valid.'],
  INACTIVE: [401, 'This API key has been revoked.'],
  EXPIRED: [401, 'This API key has expired.'],
  ENVIRONMENT_MISMATCH: [401, 'This API key belongs to another environment.'],
  NAMESPACE_MISMATCH: [403, 'This API key does not reach that namespace.'],
  HOLDER_LOST_ACCESS: [403, 'The people behind this API key no longer have access here.'],
  INSUFFICIENT_PERMISSIONS: [403, 'This API key lacks a permission that this needs.'],
  RESOURCE_NOT_ALLOWED: [403, 'This API key is restricted to other resources.'],
  IP_NOT_ALLOWED: [403, 'This API key may not be used from this address.'],
  RATE_LIMITED: [429, 'This API key has reached its rate limit.'],
};

/** The one answer for whatever is malformed, unknown, deleted, of another tenant, or has a wrong secret: it tells nothing. */
export const notFoundAnswer: Verification = {
  valid: false,
  code: 'NOT_FOUND',
  httpStatus: answers.NOT_FOUND[0],
  message: answers.NOT_FOUND[1],
  missingPermissions: [],
  effectivePermissions: [],
  rateLimit: null,
  apiKeyId: null,
  name: null,
  namespaceId: null,
  organizationId: null,
  userId: null,
  environment: null,
  expiresAt: null,
  restrictions: null,
  metadata: null,
  words: null,
};
