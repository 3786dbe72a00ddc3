import { type Act, type Condition, usableIn } from '../access/index.js';
import { type Caller, hasRight, type NamespaceFacts, permission, seesNamespace } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { type Page, type PageArguments, pageRequest } from '../domain/index.js';
import { MemberStore } from './MemberStore.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

const showsMembers = [permission('user:view'), permission('userGroup:manageMembers')] as const;

/** Whether the caller sees that a user is a member of a group: themselves, or who views users or manages members there. */
function seesMembership(caller: Caller, group: NamespaceFacts, userId: string): boolean {
  if (caller.kind === 'USER' && caller.person.id === userId) return true;
  return showsMembers.some((name) => hasRight(caller, name, group));
}

/** The ids of each user's groups, for loaders. Which of them somebody may see is another question. */
export async function groupIdsOfUsers(rows: Rows, userIds: readonly string[]): Promise<string[][]> {
  const found = await new MemberStore(rows).groupsOf(userIds);
  return userIds.map((id) => (found.get(id) ?? []).map(({ userGroupId }) => userGroupId));
}

/** The page of each group: the members that the caller sees, as `seesMembership` says. */
export async function membersWithin(act: Act, groupIds: readonly string[], args: PageArguments): Promise<ReadonlyMap<string, Page<User>>> {
  const page = pageRequest(args);
  const pages = await new MemberStore(act.rows).listWithin(groupIds, await visibleMembers(act), page);
  const memberIds = [...pages.values()].flatMap(({ items }) => items.map(({ id }) => id));
  const users = await new UserStore(act.rows).byIds([...new Set(memberIds)]);
  return new Map(
    [...pages].map(([groupId, { items, ...rest }]) => [groupId, { ...rest, items: items.flatMap(({ id }) => users.get(id) ?? []) }]),
  );
}

async function visibleMembers(act: Act): Promise<Condition> {
  const caller = await act.caller();
  const usable = await usableIn(act.facts, caller, 'm.user_group_id', showsMembers);
  if (caller.kind === 'KEY') return usable;
  return { sql: `(m.user_id = :self OR ${usable.sql})`, parameters: { ...usable.parameters, self: caller.person.id } };
}

/** Whether the caller sees both a group and that a user is a member of it. */
export async function mayViewMembership(act: Act, groupId: string, userId: string): Promise<boolean> {
  const group = await act.facts.namespace(groupId);
  if (!group) return false;
  const caller = await act.caller(group);
  return seesNamespace(caller, group) && seesMembership(caller, group, userId);
}
