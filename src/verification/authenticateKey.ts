import type { Principal } from '../access/index.js';
import { type Environment, firstShut, type KeyFacts, livingGates } from '../authority/index.js';
import type { KeyContext, KeyContexts } from '../contexts/index.js';
import { type Clock, parseAddress, type Soon, whenThere } from '../domain/index.js';
import type { ParsedCredential } from '../keys/index.js';
import type { RateLimits, RateLimitState, Taken } from '../rateLimits/index.js';
import type { UseLog } from '../usage/index.js';
import type { LookUp } from './Asking.js';
import { Attempt } from './Attempt.js';
import { principalOf } from './principalOf.js';
import { secretOf } from './secretOf.js';
import { answers, type VerificationCode } from './Verification.js';

/** What one of this API's own doors asks. */
export interface KeyDoor {
  readonly contexts: KeyContexts;
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
  | { readonly refused: string; readonly code: VerificationCode }
  | { readonly spent: RateLimitState };

const unknown: DoorAnswer = { refused: answers.NOT_FOUND[1], code: 'NOT_FOUND' };

/** What was found out about a key at the door, before it is said. */
interface Considered {
  readonly context: KeyContext;
  readonly facts: KeyFacts;
  readonly code: Exclude<VerificationCode, 'NOT_FOUND'>;
  readonly taken: Taken | null;
  readonly now: Date;
}

/**
 * Asks the gates that every key must pass to be used at all, and counts its use. Who is let in is let in by what stands at
 * that very instant; else it is considered once more by what a read finds that was sent after the request arrived.
 */
export function authenticateKey(door: KeyDoor, presented: PresentedKey): Soon<DoorAnswer> {
  const { contexts, uses } = door;
  const { credential, peerAddress, usedBy } = presented;
  if (!credential) return unknown;
  const attempt = usedBy === null ? null : new Attempt(uses, usedBy, { clientIp: peerAddress });
  const ask = (lookUp: LookUp, before: Considered | null) => consider(door, presented, credential, attempt, lookUp, before);
  const first = ask((keyId) => contexts.find(keyId), null);
  return whenThere(first, (considered) => {
    if (considered?.code !== 'VALID' || contexts.stands(considered.context)) return said(attempt, considered);
    const anew = ask((keyId) => contexts.read(keyId), considered);
    return whenThere(anew, (again) => said(attempt, again));
  });
}

/** Notes that the key was used, and says what was found out. */
function said(attempt: Attempt | null, considered: Considered | null): DoorAnswer {
  if (!considered) return unknown;
  const { code, context, facts, now, taken } = considered;
  // Whatever is wrong with a key, its bearer is not authenticated here.
  const httpStatus = code === 'VALID' || code === 'RATE_LIMITED' ? answers[code][0] : answers.NOT_FOUND[0];
  attempt?.answered(context, code, httpStatus, now);
  if (code === 'RATE_LIMITED' && taken) return { spent: taken.state };
  if (code !== 'VALID') return { refused: answers[code][1], code };
  return { principal: principalOf(facts), rateLimit: taken?.state ?? null };
}

/** `before`: it was considered already, and took what it costs. Null: there is no such key, or the secret is not its. */
function consider(
  { clock, rateLimits }: KeyDoor,
  { environment, peerAddress, usedBy }: PresentedKey,
  credential: ParsedCredential,
  attempt: Attempt | null,
  lookUp: LookUp,
  before: Considered | null,
): Soon<Considered | null> {
  return whenThere(lookUp(credential.keyId), (context) => {
    const now = clock();
    const secret = secretOf(context, credential, now.getTime());
    if (!context || typeof secret === 'string') {
      if (context && secret === 'WRONG') attempt?.wrongSecret(context, credential.digest, now);
      return null;
    }
    const { facts } = secret;
    const address = facts.networks && parseAddress(peerAddress);
    const shut = firstShut(facts, { environment, now: now.getTime(), ...(address && { address }) }, livingGates);
    const cost = usedBy === null ? 0 : 1;
    const taken = shut || !facts.rateLimit ? null : (before?.taken ?? rateLimits.take(facts.id, facts.rateLimit, cost));
    return whenThere(taken, (counted) => {
      const code = shut ?? (counted?.fits === false ? 'RATE_LIMITED' : 'VALID');
      return { context, facts, code, taken: counted, now };
    });
  });
}
