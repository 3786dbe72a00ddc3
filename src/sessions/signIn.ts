import { z } from 'zod';
import { emailText, idOf, unauthenticated } from '../domain/index.js';
import { giveTokens, grantTokens } from './giveTokens.js';
import { PasswordStore, type SignInUser } from './PasswordStore.js';
import { newSession, presentedText } from './Session.js';
import { changeSessions, type SessionTools } from './SessionChange.js';
import type { SignedIn } from './Sessions.js';
import { SessionStore } from './SessionStore.js';

export const signInInput = z.object({ email: emailText, password: presentedText, organizationId: idOf('org').nullish() });

/** The same words for every reason, so that nothing is told about who exists where (R86). */
const refused = () =>
  unauthenticated(
    'The e-mail address or the password is not right. Where the address exists in several organizations, input.organizationId is needed as well.',
  );

/** Signs a person in with address and password. One comparison of passwords, whatever there is to compare with. */
export async function signIn(tools: SessionTools, input: z.output<typeof signInInput>, requestId: string): Promise<SignedIn> {
  const { database, passwords } = tools;
  const [user, another] = await new PasswordStore(database.reader).byEmail(input.email, input.organizationId ?? null);
  const candidate = another ? undefined : user;
  const right = await passwords.matches(input.password, candidate?.passwordDigest ?? null);
  if (!candidate || !right) throw refused();
  return giveTokens(tools, await openSession(tools, candidate, requestId));
}

const openSession = (tools: SessionTools, { id, organizationId, passwordDigest }: SignInUser, requestId: string) =>
  changeSessions(tools, organizationId, requestId, async ({ rows, now, record }) => {
    const user = await new PasswordStore(rows).find(id);
    // The comparison took its time: who was deactivated or given another password meanwhile is not let in.
    if (!user || user.passwordDigest !== passwordDigest) throw refused();
    const session = newSession(id, now);
    await new SessionStore(rows).insert(session);
    const { mustChangePassword } = user;
    const granted = await grantTokens(rows, session.id, { userId: id, organizationId, mustChangePassword }, now);
    await record(id, { action: 'session.create', targetId: session.id });
    return granted;
  });
