import type { Rows } from '../database/index.js';
import { newRefreshToken } from './refreshTokens.js';
import { RefreshTokenStore } from './RefreshTokenStore.js';
import type { SessionTools } from './SessionChange.js';
import type { SessionHolder } from './SessionStore.js';
import type { SignedIn } from './Sessions.js';

/** What a change has written, for the tokens that are made once it is durable. */
export interface Granted extends SessionHolder {
  readonly sessionId: string;
  readonly refreshToken: string;
}

/** Stores a new refresh token of a session, in the transaction of the change. */
export async function grantTokens(rows: Rows, sessionId: string, holder: SessionHolder, now: Date): Promise<Granted> {
  const token = newRefreshToken(sessionId);
  await new RefreshTokenStore(rows).insert(token, now);
  return { ...holder, sessionId, refreshToken: token.refreshToken };
}

/** Answers with the tokens of a session, after its change was committed. */
export async function giveTokens({ accessTokens }: SessionTools, granted: Granted): Promise<SignedIn> {
  const { userId, mustChangePassword, refreshToken } = granted;
  const { accessToken, expiresAt } = await accessTokens.issue(granted);
  return { accessToken, expiresAt, refreshToken, userId, mustChangePassword };
}
