import type { Act } from '../access/index.js';
import { builtInPermissions, builtInRole, builtInRoles, type Permission, type PermissionEntry, seesRoles } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { PermissionStore } from './PermissionStore.js';
import type { Role } from './Role.js';
import { RoleStore } from './RoleStore.js';

/** A permission as the catalogue of a tenant tells it. */
export interface PermissionDefinition extends Omit<PermissionEntry, 'description'> {
  readonly description: string | null;
  readonly builtIn: boolean;
}

const fixed: ReadonlyMap<string, Role> = new Map(
  builtInRoles.map(({ id, name, description, assignableToApiKeys }) => [
    id,
    { id, organizationId: null, name, description, builtIn: true, assignableToApiKeys, deletedAt: null },
  ]),
);

/** Roles by id, for loaders: built in, and custom ones also after they are deleted; null where there is none. */
export async function rolesById(rows: Rows, ids: readonly string[]): Promise<(Role | null)[]> {
  const custom = ids.filter((id) => !builtInRole(id));
  const found = custom.length === 0 ? new Map<string, Role>() : await new RoleStore(rows).byIds(custom);
  return ids.map((id) => fixed.get(id) ?? found.get(id) ?? null);
}

/** The roles of each tenant, for loaders: the built-in ones, the strongest first, then its own. */
export async function rolesOfOrganizations(rows: Rows, organizationIds: readonly string[]): Promise<Role[][]> {
  const own = await new RoleStore(rows).ofOrganizations(organizationIds);
  return organizationIds.map((id) => [...fixed.values(), ...(own.get(id) ?? [])]);
}

/** The catalogue of each tenant, for loaders: built-in permissions, then those that its services have registered. */
export async function catalogueOfOrganizations(rows: Rows, organizationIds: readonly string[]): Promise<PermissionDefinition[][]> {
  const own = await new PermissionStore(rows).ofOrganizations(organizationIds);
  const builtIn = builtInPermissions.map((entry) => ({ ...entry, builtIn: true }));
  return organizationIds.map((id) => [...builtIn, ...(own.get(id) ?? [])]);
}

/** Whether the caller sees what is in the roles of their tenant; for others a role is its name-tag. */
export const mayViewRoles = async (act: Act): Promise<boolean> => seesRoles(await act.caller());

/** Whether the caller sees a role: one of their own tenant, or built in, that has not been deleted. */
export async function mayViewRole(act: Act, { organizationId, deletedAt }: Role): Promise<boolean> {
  const { organizationId: tenantId } = act.principal;
  return deletedAt === null && (organizationId === null || organizationId === tenantId) && mayViewRoles(act);
}

/** What a role holds in the caller's tenant; OWNER and ADMIN also what is registered there. */
export async function permissionsOfRole(act: Act, id: string): Promise<Permission[]> {
  return [...(await act.facts.permissionsOf(id))].sort();
}
