import { z } from 'zod';
import type { Act } from '../access/index.js';
import { badInput, idOf } from '../domain/index.js';
import { handedOnBy } from '../roles/index.js';
import { endSessionsOf } from '../sessions/index.js';
import { actedOn } from './actedOn.js';
import { digestAhead, rightsChanged } from './digestAhead.js';
import type { Passwords } from './passwords.js';
import type { UserWithPassword } from './User.js';
import { UserStore } from './UserStore.js';

export const resetUserPasswordInput = z.object({ id: idOf('usr') });

/**
 * Gives a person a temporary password, told in this one answer, for who holds `user:manage` and all that the person holds:
 * whoever is told it can sign in as them. Ends their sessions.
 */
export async function resetUserPassword(
  act: Act,
  { id }: z.output<typeof resetUserPasswordInput>,
  passwords: Passwords,
): Promise<UserWithPassword> {
  const temporaryPassword = passwords.temporaryPassword();
  const passwordDigest = await digestAhead(act, passwords, temporaryPassword);
  return act.change(async (change) => {
    const { user, subjectIds, attempt } = await actedOn(change, id);
    const handsOn = await handedOnBy(change, subjectIds);
    const caller = await change.caller(...[...attempt.touches, ...handsOn].map(({ namespace }) => namespace));
    const permit = change.permit('input.id', { action: 'user.resetPassword', ...attempt, caller, handsOn });
    if (user.kind === 'SERVICE') throw badInput('input.id', 'input.id: a service user never signs in and has no password.');
    if (passwordDigest === null) throw rightsChanged();
    await new UserStore(change.rows).setTemporaryPassword(permit, user.id, passwordDigest, change.now);
    const endedSessions = await endSessionsOf(change.rows, user.id, change.now);
    await change.record(permit, { namespaceId: user.organizationId, changes: { endedSessions } });
    return { user, temporaryPassword };
  });
}
