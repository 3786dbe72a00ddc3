import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { type HandedOn, type Permission, seesRoles } from '../authority/index.js';
import { descriptionText, idOf, kept, nameText } from '../domain/index.js';
import { assertKnown } from './assertKnown.js';
import { findRole, nameTaken } from './findRole.js';
import { type CustomRole, rolePermissions } from './Role.js';
import { type RoleEdit, RoleStore } from './RoleStore.js';

export const updateRoleInput = z.object({
  id: idOf('rol'),
  name: kept(nameText),
  description: descriptionText,
  permissions: kept(rolePermissions),
});

/**
 * Changes a custom role, for who holds `role:manage`. What is added to it must be held in the organization and wherever
 * the role is granted (R75): whoever has it gets the addition at once. Keys that were issued at it stay as they are.
 */
export const updateRole = (act: Act, input: z.output<typeof updateRoleInput>): Promise<CustomRole> =>
  act.change((change) => updatingRole(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function updatingRole(change: Change, input: z.output<typeof updateRoleInput>): Promise<CustomRole> {
  const where = await change.facts.tenant();
  const role = await findRole(change, await change.caller(), 'input.id', input.id);
  const known = await change.facts.knownPermissions();
  const added = (input.permissions ?? []).filter((name) => known.has(name) && !role.permissions.includes(name));
  const handsOn = await handedOn(change, role, added);
  const caller = await change.caller(...handsOn.map(({ namespace }) => namespace));
  const permit = change.permit('input.id', {
    action: 'role.update',
    caller,
    where,
    visible: seesRoles(caller),
    target: role.id,
    handsOn,
  });
  assertKnown(input.permissions ?? [], known);
  const store = new RoleStore(change.rows);
  if (input.name !== undefined && (await store.isTaken(where.id, input.name, role.id))) throw nameTaken();
  const said: RoleEdit = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.description !== undefined && { description: input.description }),
    ...(input.permissions !== undefined && { permissions: input.permissions }),
  };
  await store.edit(permit, role.id, said, change.now);
  await change.record(permit, {
    namespaceId: where.id,
    changes: { before: { name: role.name, description: role.description, permissions: role.permissions }, after: said },
  });
  return { ...role, ...said };
}

/** An addition to a role is handed on in the organization, and to all who have the role anywhere. */
async function handedOn(change: Change, role: CustomRole, added: readonly Permission[]): Promise<HandedOn[]> {
  if (added.length === 0) return [];
  const granted = await new RoleStore(change.rows).grantedIn(role.organizationId, role.id);
  const places = await Promise.all([...new Set([role.organizationId, ...granted])].map((id) => change.facts.namespace(id)));
  return places.flatMap((namespace) => (namespace && !namespace.deleted ? [{ namespace, permissions: added }] : []));
}
