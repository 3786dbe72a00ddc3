import type { Principal } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import type { KeyContexts } from '../contexts/index.js';
import { isAway } from '../database/index.js';
import { type Clock, orElse, type Soon, whenThere } from '../domain/index.js';
import type { Meters } from '../metrics/index.js';
import type { ParsedCredential } from '../keys/index.js';
import type { RateLimits } from '../rateLimits/index.js';
import type { Sessions } from '../sessions/index.js';
import type { UseLog } from '../usage/index.js';
import { authenticateKey } from '../verification/index.js';
import { challenge, type CredentialHeaders, presented } from './credentials.js';
import { refuseRequest, refuseWhileAway, refuseWhileSpent } from './errors.js';
import { rateLimitHeaders } from './rateLimitHeaders.js';
import { verifiedAt } from './verified.js';

/** What authentication asks. */
export interface Doorkeeper {
  readonly contexts: KeyContexts;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly rateLimits: RateLimits;
  /** Where the use of keys is written. */
  readonly uses: UseLog;
  readonly meters: Meters;
}

/** Somebody at a door: the headers of their request, and the other end of the connection. */
export interface Knock extends CredentialHeaders {
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Who asks, and what the answer says in its headers about how often they may. Null: nobody presented anything. */
export interface Authenticated {
  readonly principal: Principal | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Who asks, at a door of that environment. What is presented and no good refuses the request, and so does a rate limit
 * that is used up, or a database that cannot be asked: without it there is never a yes.
 * `usedBy` is the request whose use of a key is counted and noted; null where somebody is only asked about again, which is no use.
 */
export const authenticate = (keeper: Doorkeeper, knock: Knock, environment: Environment, usedBy: string | null): Soon<Authenticated> =>
  orElse(
    () => whoAsks(keeper, knock, environment, usedBy),
    (error) => {
      throw isAway(error) ? refuseWhileAway() : error;
    },
  );

function whoAsks(keeper: Doorkeeper, knock: Knock, environment: Environment, usedBy: string | null): Soon<Authenticated> {
  const shown = presented(knock, knock.socket);
  switch (shown.kind) {
    case 'NOTHING':
      return { principal: null, headers: {} };
    case 'TOKEN':
      return admitToken(keeper, shown.token);
    case 'KEY':
      return admitKey(keeper, shown.credential, environment, knock, usedBy);
  }
}

async function admitToken({ sessions }: Doorkeeper, token: string): Promise<Authenticated> {
  const principal = await sessions.authenticate(token);
  if (!principal)
    throw refuseRequest(401, 'UNAUTHENTICATED', 'This access token is not valid any more: refresh the session, or sign in.', challenge);
  return { principal, headers: {} };
}

/** Somebody whose key was good. */
export type Admitted = Authenticated & { readonly principal: Principal };

const noHeaders = {};

/** Who asks with an API key, null where it is malformed; refuses one that is no good, and one that is spent. */
export function admitKey(
  { contexts, clock, rateLimits, uses, meters }: Doorkeeper,
  credential: ParsedCredential | null,
  environment: Environment,
  { socket }: Pick<Knock, 'socket'>,
  usedBy: string | null,
): Soon<Admitted> {
  const door = { contexts, clock, rateLimits, uses };
  const presentedKey = { credential, environment, peerAddress: socket.remoteAddress ?? '', usedBy };
  return whenThere(authenticateKey(door, presentedKey), (answer) => {
    if (usedBy !== null) verifiedAt(meters, 'api', 'refused' in answer ? answer.code : 'spent' in answer ? 'RATE_LIMITED' : 'VALID');
    if ('refused' in answer) throw refuseRequest(401, 'UNAUTHENTICATED', answer.refused, challenge);
    if ('spent' in answer) throw refuseWhileSpent(answer.spent, clock());
    return { principal: answer.principal, headers: answer.rateLimit ? rateLimitHeaders(answer.rateLimit, clock()) : noHeaders };
  });
}
