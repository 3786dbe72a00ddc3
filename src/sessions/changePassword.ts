import { z } from 'zod';
import type { Act, Principal } from '../access/index.js';
import { badInput, conflict, forbidden, passwordText, unauthenticated } from '../domain/index.js';
import { giveTokens, grantTokens } from './giveTokens.js';
import { PasswordStore, type SignInUser } from './PasswordStore.js';
import { RefreshTokenStore } from './RefreshTokenStore.js';
import { presentedText } from './Session.js';
import { changeSessions, type SessionTools } from './SessionChange.js';
import type { SignedIn } from './Sessions.js';
import { SessionStore } from './SessionStore.js';

export const changePasswordInput = z.object({ currentPassword: presentedText, newPassword: passwordText });

const over = () => unauthenticated('This session is over. Sign in again.');

/** Changes the caller's password and ends all their other sessions; this one goes on with new tokens, its earlier refresh tokens spent. */
export async function changePassword(
  tools: SessionTools,
  { principal, rows, requestId }: Act,
  { currentPassword, newPassword }: z.output<typeof changePasswordInput>,
): Promise<SignedIn> {
  if (principal.kind === 'KEY') throw forbidden('This is for signed-in people: an API key has no password.');
  if (newPassword === currentPassword) throw badInput('input.newPassword', 'input.newPassword is the current one: choose another.');
  const { passwords } = tools;
  const user = await new PasswordStore(rows).find(principal.userId);
  if (!user) throw over();
  const right = await passwords.matches(currentPassword, user.passwordDigest);
  if (!right) throw badInput('input.currentPassword', 'input.currentPassword is not your password.');
  const digest = await passwords.digest(newPassword);
  return giveTokens(tools, await replace(tools, principal, user, digest, requestId));
}

const replace = (
  tools: SessionTools,
  { sessionId }: Extract<Principal, { kind: 'USER' }>,
  user: SignInUser,
  digest: string,
  requestId: string,
) =>
  changeSessions(tools, user.organizationId, requestId, async ({ rows, now, record }) => {
    const sessions = new SessionStore(rows);
    const holder = await sessions.holder(sessionId, now);
    if (!holder) throw over();
    if (!(await new PasswordStore(rows).replace(user, digest, now))) throw conflict('Your password was changed meanwhile. Sign in again.');
    const endedSessions = await sessions.endAllOf(user.id, now, sessionId);
    await new RefreshTokenStore(rows).spendAllOf(sessionId, now);
    const granted = await grantTokens(rows, sessionId, { ...holder, mustChangePassword: false }, now);
    await record(user.id, { action: 'user.changePassword', targetId: user.id, changes: { endedSessions } });
    return granted;
  });
