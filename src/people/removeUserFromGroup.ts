import type { Act, Change } from '../access/index.js';
import { notFound } from '../domain/index.js';
import { membership, type MembershipInput } from './membership.js';
import { MemberStore } from './MemberStore.js';

/** Takes a user out of a group, for who holds `userGroup:manageMembers` there. Answers the group's id. */
export const removeUserFromGroup = (act: Act, input: MembershipInput): Promise<string> =>
  act.change((change) => leavingGroup(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function leavingGroup(change: Change, input: MembershipInput): Promise<string> {
  const { attempt } = await membership(change, input);
  const group = attempt.where;
  const permit = change.permit('input.userGroupId', { action: 'userGroup.removeMember', ...attempt });
  const { userId } = input;
  if (!(await new MemberStore(change.rows).delete(permit, group.id, userId))) throw notFound('input.userId');
  await change.record(permit, { namespaceId: group.id, concerned: userId, changes: { before: { memberId: userId } } });
  return group.id;
}
