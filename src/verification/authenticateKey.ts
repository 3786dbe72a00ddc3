import { Facts, type Principal } from '../access/index.js';
import { type Environment, firstShut, livingGates } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { type Clock, parseAddress } from '../domain/index.js';
import type { ParsedCredential } from '../keys/index.js';
import type { RateLimits, RateLimitState } from '../rateLimits/index.js';
import type { UseLog } from '../usage/index.js';
import { Attempt } from './Attempt.js';
import { SecretStore } from './SecretStore.js';
import { answers } from './Verification.js';

/** What one of this API's own doors asks. */
export interface KeyDoor {
  readonly rows: Rows;
  readonly clock: Clock;
  readonly rateLimits: RateLimits;
  /** Where the use of keys is written. */
  readonly uses: UseLog;
}

/** What was presented there, and how. */
export interface PresentedKey {
  /** Null where it was malformed. */
  readonly credential: ParsedCredential | null;
  /** That of the door. */
  readonly environment: Environment;
  /** Of the other end of the connection, never what a header says of it (R56, R63). */
  readonly peerAddress: string;
  /** The request that uses it; null: it is only asked about again, which counts nothing and leaves no trace. */
  readonly usedBy: string | null;
}

/** A key at such a door: who it is, or one sentence on why it is refused, or that its rate limit is used up. */
export type DoorAnswer =
  | { readonly principal: Principal; readonly rateLimit: RateLimitState | null }
  | { readonly refused: string }
  | { readonly spent: RateLimitState };

/** Asks the gates that every key must pass to be used at all, and counts its use. */
export async function authenticateKey({ rows, clock, rateLimits, uses }: KeyDoor, presented: PresentedKey): Promise<DoorAnswer> {
  const { credential, environment, peerAddress, usedBy } = presented;
  const attempt = usedBy === null ? null : new Attempt(uses, usedBy, { clientIp: peerAddress });
  const began = clock();
  const row =
    credential && (await new SecretStore(rows).keyOf(credential, began, (key) => attempt?.wrongSecret(key, credential.digest, began)));
  const key = row && (await new Facts(rows, row.organizationId).keyOf(row, []));
  if (!row || !key) return { refused: answers.NOT_FOUND[1] };

  const now = clock();
  const address = parseAddress(peerAddress);
  const shut = firstShut(key, { environment, now: now.getTime(), ...(address && { address }) }, livingGates);
  if (shut) {
    // Whatever is wrong with a key, its bearer is not authenticated here.
    attempt?.answered(row, shut, answers.NOT_FOUND[0], now);
    return { refused: answers[shut][1] };
  }

  const taken = key.rateLimit && (await rateLimits.take(key.id, key.rateLimit, usedBy === null ? 0 : 1));
  const spent = taken?.fits === false;
  const code = spent ? 'RATE_LIMITED' : 'VALID';
  attempt?.answered(row, code, answers[code][0], now);
  if (spent) return { spent: taken.state };

  const { id, userId, organizationId, issuedBy } = row;
  const principal: Principal = {
    kind: 'KEY',
    keyId: id,
    userId,
    organizationId,
    issuedBy,
    environment: row.environment,
    restricted: key.restrictions !== null,
  };
  return { principal, rateLimit: taken?.state ?? null };
}
