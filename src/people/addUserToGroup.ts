import type { Act } from '../access/index.js';
import { conflict, notFound } from '../domain/index.js';
import { handedOnBy } from '../roles/index.js';
import { membership, type MembershipInput } from './membership.js';
import { MemberStore } from './MemberStore.js';

/**
 * Adds a user of the tenant to a group, for who holds `userGroup:manageMembers` there and all that the group is granted
 * anywhere: the new member holds it at once (R74). Answers the group's id.
 */
export const addUserToGroup = (act: Act, input: MembershipInput): Promise<string> =>
  act.change(async (change) => {
    const { userExists, attempt } = await membership(change, input);
    const group = attempt.where;
    const handsOn = await handedOnBy(change, [group.id]);
    const caller = await change.caller(group, ...[...attempt.touches, ...handsOn].map(({ namespace }) => namespace));
    const permit = change.permit('input.userGroupId', { action: 'userGroup.addMember', ...attempt, caller, handsOn });
    if (!userExists) throw notFound('input.userId');
    const store = new MemberStore(change.rows);
    const { userId } = input;
    if (await store.isMember(group.id, userId)) throw conflict('This user is a member of the group already.', 'input.userId');
    await store.insert(permit, { userGroupId: group.id, userId, addedAt: change.now });
    await change.record(permit, { namespaceId: group.id, concerned: userId, changes: { after: { memberId: userId } } });
    return group.id;
  });
