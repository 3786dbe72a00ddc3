import type { Act, Condition } from '../access/index.js';
import { held, type Permission, permission, hasRight, seesNamespace, seesUser } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { idKind, nameText, type Page, type PageArguments, pageRequest, parseInput } from '../domain/index.js';
import { z } from 'zod';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

/** Users by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function usersById(rows: Rows, ids: readonly string[]): Promise<(User | null)[]> {
  const found = await new UserStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** Whether the caller sees the user of that id; nobody sees more than the name-tag of one who has been removed. */
export async function mayViewUser(act: Act, id: string): Promise<boolean> {
  if (idKind(id) !== 'usr') return false;
  const subject = await act.facts.subject(id);
  return subject !== null && subject.state !== 'REMOVED' && seesUser(await act.caller(), subject);
}

/** What a user holds in a namespace now, for who sees both; people see what they hold themselves anywhere. */
export async function permissionsOfUser(act: Act, userId: string, namespaceId: string): Promise<Permission[]> {
  const namespace = idKind(namespaceId) === null ? null : await act.facts.namespace(namespaceId);
  if (!namespace || !(await mayViewUser(act, userId))) return [];
  const caller = await act.caller(namespace);
  const isSelf = caller.kind === 'USER' && caller.person.id === userId;
  if (!isSelf && !seesNamespace(caller, namespace)) return [];
  return [...held(await act.facts.person(userId, [namespace.id]), namespace)].sort();
}

/** What a client may narrow a list of users by. */
export interface UserFilter extends PageArguments {
  readonly search?: string | null | undefined;
}

const listing = z.object({ search: nameText.nullish() });

/** The page of each organization: the users that the caller sees, as `seesUser` says. */
export async function usersWithin(act: Act, parents: readonly string[], filter: UserFilter): Promise<ReadonlyMap<string, Page<User>>> {
  const { search } = parseInput(listing, filter, '');
  const page = pageRequest(filter);
  const tenantId = act.principal.organizationId;
  return new UserStore(act.rows).listWithin({ tenantId, organizationIds: parents, search, visible: await visibleUsers(act) }, page);
}

async function visibleUsers(act: Act): Promise<Condition> {
  const caller = await act.caller();
  if (hasRight(caller, permission('user:view'), caller.tenant)) return { sql: '1 = 1', parameters: {} };
  if (caller.kind === 'USER') return { sql: 'u.id = :self', parameters: { self: caller.person.id } };
  return { sql: '1 = 0', parameters: {} };
}
