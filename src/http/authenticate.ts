import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import { type Database, isAway } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Sessions } from '../sessions/index.js';
import { authenticateKey } from '../verification/index.js';
import { challenge, presented } from './credentials.js';
import { refuseRequest, refuseWhileAway } from './errors.js';

/** What authentication asks. */
export interface Doorkeeper {
  readonly database: Database;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/**
 * Who asks, at a door of that environment. Null: nobody presented anything. What is presented and no good refuses the
 * request, and so does a database that cannot be asked: without it there is never a yes.
 */
export async function authenticate(keeper: Doorkeeper, request: IncomingMessage, environment: Environment): Promise<Principal | null> {
  try {
    return await whoAsks(keeper, request, environment);
  } catch (error) {
    if (isAway(error)) throw refuseWhileAway();
    throw error;
  }
}

async function whoAsks(
  { database, sessions, clock }: Doorkeeper,
  request: IncomingMessage,
  environment: Environment,
): Promise<Principal | null> {
  const shown = presented(request);
  switch (shown.kind) {
    case 'NOTHING':
      return null;
    case 'TOKEN': {
      const principal = await sessions.authenticate(shown.token);
      if (!principal)
        throw refuseRequest(401, 'UNAUTHENTICATED', 'This access token is not valid any more: refresh the session, or sign in.', challenge);
      return principal;
    }
    case 'KEY': {
      const answer = await authenticateKey(database.reader, clock, shown.credential, environment);
      if ('refused' in answer) throw refuseRequest(401, 'UNAUTHENTICATED', answer.refused, challenge);
      return answer.principal;
    }
  }
}
