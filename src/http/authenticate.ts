import type { Principal } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import type { KeyContexts } from '../contexts/index.js';
import { isAway } from '../database/index.js';
import type { Clock } from '../domain/index.js';
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
export async function authenticate(
  keeper: Doorkeeper,
  knock: Knock,
  environment: Environment,
  usedBy: string | null,
): Promise<Authenticated> {
  try {
    return await whoAsks(keeper, knock, environment, usedBy);
  } catch (error) {
    if (isAway(error)) throw refuseWhileAway();
    throw error;
  }
}

async function whoAsks(keeper: Doorkeeper, knock: Knock, environment: Environment, usedBy: string | null): Promise<Authenticated> {
  const shown = presented(knock);
  switch (shown.kind) {
    case 'NOTHING':
      return { principal: null, headers: {} };
    case 'TOKEN': {
      const principal = await keeper.sessions.authenticate(shown.token);
      if (!principal)
        throw refuseRequest(401, 'UNAUTHENTICATED', 'This access token is not valid any more: refresh the session, or sign in.', challenge);
      return { principal, headers: {} };
    }
    case 'KEY':
      return admitKey(keeper, shown.credential, environment, knock, usedBy);
  }
}

/** Who asks with an API key, null where it is malformed; refuses one that is no good, and one that is spent. */
export async function admitKey(
  { contexts, clock, rateLimits, uses, meters }: Doorkeeper,
  credential: ParsedCredential | null,
  environment: Environment,
  { socket }: Pick<Knock, 'socket'>,
  usedBy: string | null,
): Promise<Authenticated & { readonly principal: Principal }> {
  const door = { contexts, clock, rateLimits, uses };
  const answer = await authenticateKey(door, { credential, environment, peerAddress: socket.remoteAddress ?? '', usedBy });
  if (usedBy !== null) verifiedAt(meters, 'api', 'refused' in answer ? answer.code : 'spent' in answer ? 'RATE_LIMITED' : 'VALID');
  if ('refused' in answer) throw refuseRequest(401, 'UNAUTHENTICATED', answer.refused, challenge);
  if ('spent' in answer) throw refuseWhileSpent(answer.spent, clock());
  return { principal: answer.principal, headers: answer.rateLimit ? rateLimitHeaders(answer.rateLimit, clock()) : {} };
}
