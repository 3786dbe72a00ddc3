import { z } from 'zod';
import type { Change } from '../access/index.js';
import { builtInRole, environments, isPermissionName, neverOnKeys, type Permission, seesRoles } from '../authority/index.js';
import { badInput, descriptionText, idOf, nameText, notFound } from '../domain/index.js';
import { settingsInput } from './settings.js';

const MOST_PERMISSIONS = 100;

/** A list of permissions as it is asked for: 1 to 100. An empty list never means all. */
export const permissionList = z
  .array(z.string().refine(isPermissionName, 'is no permission: write it as resource:action'), 'must be a list of permissions')
  .min(1, 'is empty: name at least one permission, or leave the field out')
  .max(MOST_PERMISSIONS, `holds more than ${MOST_PERMISSIONS} permissions: name fewer`)
  .transform((names) => [...new Set(names)]);

/** What everybody who creates a key says about it. */
export const issued = {
  namespaceId: idOf('org', 'app', 'wks', 'grp'),
  environment: z.enum(environments),
  name: nameText,
  description: descriptionText,
  roleId: idOf('rol').nullish(),
  permissions: permissionList.optional(),
  expiresAt: z.date().nullish(),
  ...settingsInput,
};

/** What a key is to be granted: a level's permissions as they are now, or an explicit list; null where neither was said. */
export interface Wanted {
  readonly roleId: string | null;
  readonly permissions: readonly Permission[];
}

/** Reads `roleId` and `permissions` of an input: at most one of the two, known to the tenant, and such as a key may carry. */
export async function wantedPermissions(
  change: Change,
  { roleId, permissions }: { readonly roleId?: string | null | undefined; readonly permissions?: readonly Permission[] | undefined },
): Promise<Wanted | null> {
  if (roleId && permissions) throw badInput('input.permissions', 'Give at most one of input.roleId and input.permissions.');
  if (roleId) return { roleId, permissions: await permissionsAtLevel(change, roleId) };
  if (!permissions) return null;

  const fault = faultOfPermissions(permissions, await change.facts.knownPermissions(), 'input.permissions');
  if (fault) throw badInput('input.permissions', fault);
  return { roleId: null, permissions };
}

/** What is wrong with an explicit list, or null: each must be known to the tenant, and such as a key may carry. */
export function faultOfPermissions(permissions: readonly Permission[], known: ReadonlySet<Permission>, field: string): string | null {
  const unknown = permissions.filter((name) => !known.has(name));
  if (unknown.length > 0) return `${field} names what this tenant does not know: ${unknown.join(', ')}.`;
  const never = permissions.filter((name) => neverOnKeys.has(name));
  return never.length > 0 ? `${field} names what no API key may carry: ${never.join(', ')}.` : null;
}

async function permissionsAtLevel(change: Change, roleId: string): Promise<Permission[]> {
  const builtIn = builtInRole(roleId);
  if (builtIn && !builtIn.assignableToApiKeys) {
    throw badInput('input.roleId', `input.roleId: no API key is ever issued at the level ${builtIn.name}.`);
  }
  const roles = await change.facts.rolePermissions();
  const held = roles.get(roleId);
  if (!held || (!builtIn && !seesRoles(await change.caller()))) throw notFound('input.roleId');
  // A level is copied without what no key may carry (C23); the rest of it is capped like an explicit list.
  const carried = [...held].filter((name) => !neverOnKeys.has(name));
  if (carried.length === 0) throw badInput('input.roleId', 'input.roleId: nothing of this role may be carried by an API key.');
  return carried;
}
