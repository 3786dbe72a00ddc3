import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { MemberStore } from './MemberStore.js';
import { UserStore } from './UserStore.js';
import { WithdrawalStore } from './WithdrawalStore.js';

/** Ends every membership of a namespace that is being deleted, where it is a group; how many. */
export const endMemberships = (
  rows: Rows,
  permit: Permit<'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete'>,
  namespaceId: string,
): Promise<number> => new MemberStore(rows).deleteOfNamespace(permit, namespaceId);

/** Removes everybody in an organization that is being deleted, as `removeUser` does: sessions end, keys are revoked for good. */
export async function endUsersOf(rows: Rows, permit: Permit<'organization.delete'>, organizationId: string, now: Date): Promise<void> {
  const withdrawals = new WithdrawalStore(rows);
  await withdrawals.revokeKeysIn(permit, organizationId, { by: null, now });
  await withdrawals.endSessionsIn(permit, organizationId, now);
  await new UserStore(rows).removeAll(permit, organizationId, now);
}
