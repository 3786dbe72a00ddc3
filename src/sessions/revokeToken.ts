import { parseRefreshToken } from './refreshTokens.js';
import { RefreshTokenStore } from './RefreshTokenStore.js';
import { changeSessions, type SessionTools } from './SessionChange.js';
import { SessionStore } from './SessionStore.js';

/**
 * Ends the session of a token: bearing it is the proof (RFC 7009). A spent refresh token is proof as well: whoever has it
 * had the session. What is no token of ours, has expired, or is of a session that is over, is left as it is.
 */
export async function revokeToken(tools: SessionTools, token: string, requestId: string): Promise<void> {
  const { clock, database } = tools;
  const sessionId = await sessionOf(tools, token);
  const user = sessionId === null ? null : await new SessionStore(database.reader).userOf(sessionId, clock());
  if (sessionId === null || !user) return;
  await changeSessions(tools, user.organizationId, requestId, async ({ rows, now, record }) => {
    if (!(await new SessionStore(rows).end(sessionId, now))) return;
    await record(user.userId, { action: 'session.end', targetId: sessionId, reason: 'A bearer of its token revoked it.' });
  });
}

async function sessionOf({ accessTokens, database }: SessionTools, token: string): Promise<string | null> {
  const refreshToken = parseRefreshToken(token);
  if (!refreshToken) return (await accessTokens.read(token))?.sessionId ?? null;
  return (await new RefreshTokenStore(database.reader).find(refreshToken))?.sessionId ?? null;
}
