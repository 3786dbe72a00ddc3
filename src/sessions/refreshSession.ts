import { z } from 'zod';
import { unauthenticated } from '../domain/index.js';
import { giveTokens, type Granted, grantTokens } from './giveTokens.js';
import { parseRefreshToken, type PresentedToken } from './refreshTokens.js';
import { RefreshTokenStore } from './RefreshTokenStore.js';
import { presentedText } from './Session.js';
import { changeSessions, type SessionChange, type SessionTools } from './SessionChange.js';
import type { SignedIn } from './Sessions.js';
import { SessionStore } from './SessionStore.js';

export const refreshSessionInput = z.object({ refreshToken: presentedText });

const refused = () => unauthenticated('This refresh token is not good, or not any more. Sign in again.');

/** Gives new tokens for a refresh token, which works once. Using a spent one ends the session: one of its two bearers is a thief. */
export async function refreshSession(
  tools: SessionTools,
  { refreshToken }: z.output<typeof refreshSessionInput>,
  requestId: string,
): Promise<SignedIn> {
  const token = parseRefreshToken(refreshToken);
  const organizationId = token && (await tenantOf(tools, token));
  if (!token || !organizationId) throw refused();
  const granted = await changeSessions(tools, organizationId, requestId, (change) => exchange(change, token));
  // After the commit, so that the end of the session stands although the call is refused.
  if (!granted) throw refused();
  return giveTokens(tools, granted);
}

/** Only who bears a token of a session that is not over gets as far as the tenant's row: a flood of others waits for nothing. */
async function tenantOf({ database, clock }: SessionTools, token: PresentedToken): Promise<string | null> {
  const known = await new RefreshTokenStore(database.reader).find(token);
  const user = known && (await new SessionStore(database.reader).userOf(token.sessionId, clock()));
  return user && user.organizationId;
}

async function exchange({ rows, now, record }: SessionChange, token: PresentedToken): Promise<Granted | null> {
  const { sessionId } = token;
  const sessions = new SessionStore(rows);
  const tokens = new RefreshTokenStore(rows);
  const known = await tokens.find(token);
  if (!known) return null;
  if (known.spentAt !== null) {
    const ended = await sessions.end(sessionId, now);
    if (ended) await record(null, { action: 'session.end', targetId: sessionId, reason: 'A refresh token was used a second time.' });
    return null;
  }
  const holder = await sessions.holder(sessionId, now);
  if (!holder || !(await tokens.spend(token, now))) return null;
  const granted = await grantTokens(rows, sessionId, holder, now);
  await record(holder.userId, { action: 'session.refresh', targetId: sessionId });
  return granted;
}
