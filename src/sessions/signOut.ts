import type { Act } from '../access/index.js';
import { forbidden } from '../domain/index.js';
import { changeSessions, type SessionTools } from './SessionChange.js';
import { SessionStore } from './SessionStore.js';

/** Ends the caller's session. One that is over already stays over. */
export async function signOut(tools: SessionTools, { principal, requestId }: Act): Promise<void> {
  if (principal.kind === 'KEY') throw forbidden('This is for signed-in people: an API key has no session. Revoke the key to stop it.');
  const { userId, organizationId, sessionId } = principal;
  await changeSessions(tools, organizationId, requestId, async ({ rows, now, record }) => {
    if (await new SessionStore(rows).end(sessionId, now)) await record(userId, { action: 'session.end', targetId: sessionId });
  });
}
