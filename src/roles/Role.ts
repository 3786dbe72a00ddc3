import { z } from 'zod';
import { isPermissionName, neverInCustomRoles, type Permission } from '../authority/index.js';
import { descriptionText, nameText } from '../domain/index.js';

/** A named set of permissions: built in, or a tenant's own. What it holds in a tenant, the facts of that tenant tell. */
export interface Role {
  readonly id: string;
  /** The tenant of a custom role; null for one that is built in. */
  readonly organizationId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly builtIn: boolean;
  /** S0.4: no key is ever issued at OWNER level. */
  readonly assignableToApiKeys: boolean;
  /** A deleted role keeps its name-tag: keys that were issued at it still tell it. */
  readonly deletedAt: Date | null;
}

/** A tenant's own role with what is in it, as it is edited. */
export interface CustomRole extends Role {
  readonly organizationId: string;
  readonly permissions: readonly Permission[];
  readonly createdAt: Date;
}

const MOST_PERMISSIONS = 100;

const grantable = z
  .string('must be a permission')
  .refine(isPermissionName, 'is no permission: write resource:action')
  .refine((name) => !neverInCustomRoles.has(name), 'is in no custom role: leave it out');

/** What a custom role may hold: 1 to 100 permissions, each once; whether the tenant knows them is asked where they are stored. */
export const rolePermissions = z
  .array(grantable, 'must be a list of permissions')
  .min(1, 'is empty: a role holds at least one permission')
  .max(MOST_PERMISSIONS, `holds more than ${MOST_PERMISSIONS} permissions: make two roles of it`)
  .transform((names) => [...new Set(names)].sort());

/** What is said of a custom role. */
export const describedRole = { name: nameText, description: descriptionText };
