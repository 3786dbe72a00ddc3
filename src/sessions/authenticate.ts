import type { Principal } from '../access/index.js';
import type { SessionTools } from './SessionChange.js';
import { SessionStore } from './SessionStore.js';

/**
 * Who presents an access token; null unless it is ours and its session and its user are alive now. What is no token
 * never throws; a database that is away does.
 */
export async function authenticate({ database, clock, accessTokens }: SessionTools, accessToken: string): Promise<Principal | null> {
  const claimed = await accessTokens.read(accessToken);
  if (!claimed) return null;
  const holder = await new SessionStore(database.reader).holder(claimed.sessionId, clock());
  if (holder?.userId !== claimed.userId || holder.organizationId !== claimed.organizationId) return null;
  return { kind: 'USER', ...holder, sessionId: claimed.sessionId };
}
