import type { Environment, ResourceRestriction } from '../authority/index.js';
import type { RateLimitState } from '../rateLimits/index.js';
import { instantOfId } from '../domain/index.js';
import { audienceOf, CLIENT } from '../sessions/index.js';
import type { VerifiedCredential } from './verifyCredential.js';

/** Nothing is told about what is not active, not even why. */
export interface Inactive {
  readonly active: false;
}

/** What RFC 7662 tells of a credential that is good for what was asked, and below it what is ours. Instants are seconds. */
export interface Active {
  readonly active: true;
  /** What the bearer may do there, parted by spaces. */
  readonly scope: string;
  /** Who presents: a key is its own client, known by its id; people sign in to this service itself. */
  readonly client_id: string;
  readonly token_type: 'Bearer';
  /** Of what expires. */
  readonly exp?: number;
  readonly iat: number;
  /** The user whom the credential acts for. */
  readonly sub: string;
  readonly aud: readonly string[];
  readonly iss: string;
  readonly jti: string;

  readonly organization_id: string;
  /** Of a key its home; of an access token where it was asked about. */
  readonly namespace_id: string;
  /** Of keys. */
  readonly api_key_id?: string;
  readonly api_key_name?: string;
  readonly environment?: Environment;
  readonly restrictions?: readonly ResourceRestriction[];
  readonly metadata?: object;
  readonly rate_limit?: { readonly limit: number; readonly remaining: number; readonly reset: number };
  /** Of access tokens. */
  readonly session_id?: string;
}

const inSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1_000);
const expiry = (at: Date | null): { readonly exp?: number } => (at ? { exp: inSeconds(at) } : {});

const limitOf = ({ limit, remaining, resetAt }: RateLimitState) => ({ limit, remaining, reset: Math.ceil(resetAt.getTime() / 1_000) });

/** Says a verification in the words of RFC 7662; `issuer` says it. */
export function introspection({ verification, token }: VerifiedCredential, issuer: string): Inactive | Active {
  const { apiKeyId, organizationId, namespaceId, userId, environment, expiresAt } = verification;
  if (!verification.valid || organizationId === null || namespaceId === null || userId === null) return { active: false };
  const about = {
    scope: verification.effectivePermissions.join(' '),
    token_type: 'Bearer',
    ...expiry(expiresAt),
    sub: userId,
    aud: audienceOf(issuer, organizationId),
    iss: issuer,
    organization_id: organizationId,
    namespace_id: namespaceId,
  } as const;
  if (token) {
    const { principal, tokenId, issuedAt } = token;
    return { active: true, ...about, client_id: CLIENT, iat: inSeconds(issuedAt), jti: tokenId, session_id: principal.sessionId };
  }
  if (apiKeyId === null || environment === null) return { active: false };
  const { name, restrictions, metadata, rateLimit } = verification;
  return {
    active: true,
    ...about,
    client_id: apiKeyId,
    iat: inSeconds(instantOfId(apiKeyId)),
    jti: apiKeyId,
    api_key_id: apiKeyId,
    ...(name !== null && { api_key_name: name }),
    environment,
    ...(restrictions && { restrictions }),
    ...(metadata && { metadata }),
    ...(rateLimit && { rate_limit: limitOf(rateLimit) }),
  };
}
