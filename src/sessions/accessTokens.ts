import { randomUUID } from 'node:crypto';
import { type Clock, idKind } from '../domain/index.js';
import type { SigningKeys } from './signingKeys.js';

/** Whose token it is, and of which session. */
export interface TokenHolder {
  readonly userId: string;
  readonly organizationId: string;
  readonly sessionId: string;
}

/** What an access token of ours says. */
export interface ReadToken extends TokenHolder {
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Access tokens: signed JWTs that other services can check offline (RFC 9068, RFC 8037). */
export interface AccessTokens {
  issue(holder: TokenHolder): Promise<{ readonly accessToken: string; readonly expiresAt: Date }>;
  /** What this token says; null if it is none of ours or has expired. Whether the session is still alive is another question. */
  read(accessToken: string): Promise<ReadToken | null>;
}

export const LIFETIME_SECONDS = 600;
/** RFC 9068: told apart from every other JWT. */
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';
const LONGEST = 2_048;
/** RFC 9068 wants the client named: people sign in to this service itself, with no client between. */
export const CLIENT = 'bailiwick';

const inSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1_000);
const instantOf = (seconds: unknown): Date => new Date(Number(seconds) * 1_000);

/**
 * Whom a token is for: this API, and the services of one tenant. A service that checks offline expects its own organization
 * among them, and so refuses the people of every other.
 */
export const audienceOf = (issuer: string, organizationId: string): readonly string[] => [issuer, organizationId];

/** Makes and reads the tokens of one issuer. */
export async function createAccessTokens(issuer: string, keys: SigningKeys, clock: Clock): Promise<AccessTokens> {
  // jose ships ES modules only, which a CommonJS module imports dynamically.
  const { decodeProtectedHeader, jwtVerify, SignJWT } = await import('jose');

  const keyIdOf = (token: string): string | null => {
    try {
      const { alg, kid } = decodeProtectedHeader(token);
      return alg === ALGORITHM && typeof kid === 'string' ? kid : null;
    } catch {
      return null;
    }
  };

  return {
    async issue({ userId, organizationId, sessionId }) {
      const { kid, privateKey } = await keys.signer();
      const issuedAt = inSeconds(clock());
      const expiresAt = issuedAt + LIFETIME_SECONDS;
      const accessToken = await new SignJWT({ client_id: CLIENT, org: organizationId, sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(issuer)
        .setAudience([...audienceOf(issuer, organizationId)])
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(randomUUID())
        .sign(privateKey);
      return { accessToken, expiresAt: new Date(expiresAt * 1_000) };
    },

    async read(accessToken) {
      const kid = accessToken.length <= LONGEST ? keyIdOf(accessToken) : null;
      // Outside the catch below: a database that is away is no forged token.
      const key = kid === null ? null : await keys.verifier(kid);
      if (!key) return null;
      try {
        const { payload } = await jwtVerify(accessToken, key, {
          algorithms: [ALGORITHM],
          issuer,
          audience: issuer,
          typ: TYPE,
          requiredClaims: ['sub', 'org', 'sid', 'iat', 'exp', 'jti'],
          currentDate: clock(),
        });
        return tokenOf(payload);
      } catch {
        return null;
      }
    },
  };
}

function tokenOf(claims: Readonly<Record<string, unknown>>): ReadToken | null {
  const { sub: userId, org: organizationId, sid: sessionId, jti: tokenId, iat, exp } = claims;
  if (typeof userId !== 'string' || typeof organizationId !== 'string' || typeof sessionId !== 'string') return null;
  if (typeof tokenId !== 'string') return null;
  if (idKind(userId) !== 'usr' || idKind(organizationId) !== 'org' || idKind(sessionId) !== 'ses') return null;
  return { userId, organizationId, sessionId, tokenId, issuedAt: instantOf(iat), expiresAt: instantOf(exp) };
}
