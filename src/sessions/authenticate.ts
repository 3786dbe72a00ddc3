import type { Principal } from '../access/index.js';
import type { SessionTools } from './SessionChange.js';
import type { LiveToken } from './Sessions.js';
import { SessionStore } from './SessionStore.js';

/**
 * What an access token is; null unless it is ours and its session and its user are alive now. What is no token
 * never throws; a database that is away does.
 */
export async function inspect({ database, clock, accessTokens }: SessionTools, accessToken: string): Promise<LiveToken | null> {
  const claimed = await accessTokens.read(accessToken);
  if (!claimed) return null;
  const { userId, organizationId, sessionId, ...token } = claimed;
  const holder = await new SessionStore(database.reader).holder(sessionId, clock());
  if (holder?.userId !== userId || holder.organizationId !== organizationId) return null;
  return { ...token, principal: { kind: 'USER', ...holder, sessionId } };
}

/** Who presents an access token; null under the same conditions. */
export async function authenticate(tools: SessionTools, accessToken: string): Promise<Principal | null> {
  return (await inspect(tools, accessToken))?.principal ?? null;
}
