import type { Change } from '../access/index.js';
import { builtInRole, type Caller, seesRoles } from '../authority/index.js';
import { conflict, forbidden, notFound, type Refusal } from '../domain/index.js';
import type { CustomRole } from './Role.js';
import { RoleStore } from './RoleStore.js';

/** A custom role of the tenant, to be edited or deleted. Built-in roles are the same for everybody and stay as they are. */
export async function findRole(change: Change, caller: Caller, field: string, id: string): Promise<CustomRole> {
  if (builtInRole(id) && seesRoles(caller)) {
    throw forbidden('Built-in roles are fixed: create a role of your own with the permissions that you want.');
  }
  const role = await new RoleStore(change.rows).find(caller.tenant.id, id);
  if (!role) throw notFound(field);
  return role;
}

/** Two roles of a tenant would have the same name. */
export const nameTaken = (): Refusal =>
  conflict('A role of this name exists already, or the name is that of a built-in role: choose another.', 'input.name');
