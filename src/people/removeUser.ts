import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { allowLong } from '../database/index.js';
import { idOf, notFound } from '../domain/index.js';
import { assertOwnerStays, endGrantsOfUser } from '../roles/index.js';
import { endSessionsOf } from '../sessions/index.js';
import { actedOn } from './actedOn.js';
import { MemberStore } from './MemberStore.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';
import { WithdrawalStore } from './WithdrawalStore.js';

export const removeUserInput = z.object({ id: idOf('usr') });

/**
 * Removes a user for good, for who holds `user:manage`: their grants, memberships and sessions end, their own keys are
 * revoked permanently, and keys that they issued for others deny. Their name-tag stays, their address is free again.
 */
export const removeUser = (act: Act, input: z.output<typeof removeUserInput>): Promise<User> =>
  act.change((change) => removing(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function removing(change: Change, { id }: z.output<typeof removeUserInput>): Promise<User> {
  const { user, attempt } = await actedOn(change, id);
  const permit = change.permit('input.id', { action: 'user.remove', ...attempt });
  await assertOwnerStays(change, user.organizationId, user.id);
  const { rows, now } = change;
  await allowLong(rows);
  const by = await change.actorId();
  const ended = {
    grants: await endGrantsOfUser(rows, permit, user.id),
    memberships: await new MemberStore(rows).deleteOfUser(permit, user.id),
    apiKeys: await new WithdrawalStore(rows).revokeKeysOf(permit, user.id, { by, now }),
    sessions: await endSessionsOf(rows, user.id, now),
  };
  if (!(await new UserStore(rows).remove(permit, user.id, now))) throw notFound('input.id');
  const { name, email, active } = user;
  await change.record(permit, { namespaceId: user.organizationId, changes: { before: { name, email, active }, ended } });
  return { ...user, email: null, active: false, removedAt: now };
}
