/** A capability, `resource:action`, matched exactly. Parsed with `isPermissionName`; never built from parts. */
export type Permission = string & { readonly __permission: unique symbol };

const NAME = /^[a-z][a-zA-Z0-9]{0,47}:[a-z][a-zA-Z0-9]{0,47}$/;

/** Whether a text is spelt like a permission. Being known to the tenant is another question. */
export const isPermissionName = (text: string): text is Permission => NAME.test(text);

/**
 * One line for each permission that the service itself knows: its label and what it allows.
 * Types, roles, documentation and tests derive from this catalogue.
 */
// Stryker disable StringLiteral: labels and descriptions are text for people; nothing is decided by them
const catalogue = {
  'owner:manage': ['Manage owners', 'Grant, revoke, deactivate and remove OWNERs (S0.6).'],
  'admin:manage': ['Manage admins', 'The same for ADMINs who are no owners (S0.7).'],
  'organization:manage': ['Manage organization settings', 'Settings and webhooks (S0.8).'],
  'service:manage': ['Manage services', "Asked by the tenant's services (S0.9)."],
  'policy:manage': ['Manage roles and policies', "Asked by the tenant's services (S0.10)."],
  'trustProfile:manage': ['Manage trust profiles', "Asked by the tenant's services (S0.11)."],
  'event:submit': ['Submit events', "Asked by the tenant's services (S0.12)."],
  'configuration:view': ['View configurations', "Asked by the tenant's services (S0.13)."],
  'organization:view': ['See the organization', 'Its record; nothing inside it.'],
  'application:view': ['See the application', 'Its record; nothing inside it.'],
  'workspace:view': ['See the workspace', 'Its record; nothing inside it.'],
  'userGroup:view': ['See the user group', 'Its record; nothing inside it.'],
  'role:view': ['See roles', "The tenant's own roles and what is in them."],
  'organization:edit': ['Edit the organization', 'Its name and description.'],
  'application:edit': ['Edit the application', 'Its name and description.'],
  'workspace:edit': ['Edit the workspace', 'Its name and description.'],
  'userGroup:edit': ['Edit the user group', 'Its name and description.'],
  'role:manage': ['Manage roles', 'Create, edit and delete custom roles.'],
  'user:view': ['See users', 'All users of the tenant; held in the organization.'],
  'grant:view': ['See grants', 'Who holds which role in the namespace.'],
  'apiKey:view': ['See API keys', 'The keys at home in the namespace; in the organization: of the tenant.'],
  'audit:view': ['Read the audit trail', 'Held in the organization.'],
  'log:view': ['Read verification logs', 'Of the keys that may be seen.'],
  'job:view': ['See jobs', 'Held in the organization.'],
  'application:create': ['Create applications', 'Held in the organization.'],
  'workspace:create': ['Create workspaces', 'Held in the application.'],
  'userGroup:create': ['Create user groups', 'Held in the organization or the application.'],
  'organization:delete': ['Delete the organization', 'Once it is empty.'],
  'application:delete': ['Delete the application', 'Once it is empty.'],
  'workspace:delete': ['Delete the workspace', 'With its keys and grants.'],
  'userGroup:delete': ['Delete the user group', 'With its keys and grants.'],
  'userGroup:manageMembers': ['Manage members', 'Add people to the group and take them out.'],
  'user:manage': ['Manage users', 'Create, edit, deactivate and remove users of the tenant.'],
  'grant:manage': ['Manage grants', 'Grant and revoke roles in the namespace.'],
  'apiKey:create': ['Create API keys with a key', 'A key may create keys for its own user with it.'],
  'apiKey:createForUser': ['Create API keys for others', 'Within what both persons hold.'],
  'apiKey:manage': ['Manage API keys', 'Edit, revoke, reactivate and delete the keys of others.'],
  'apiKey:verify': ['Verify API keys', 'Ask what a key may do; carried by the keys of services.'],
  'sharedSecret:reveal': ['Reveal the shared secret', 'Audited at each use.'],
  'sharedSecret:manage': ['Manage the shared secret', 'Create and replace it.'],
  'job:manage': ['Manage jobs', 'See and cancel those of others; starting one needs what it does.'],
  'namespace:recover': ['Recover namespaces', 'Grant a role in any namespace of the tenant, so that nothing is orphaned.'],
  'organization:create': ['Create organizations', 'Held only in the first organization.'],
} as const satisfies Record<string, readonly [label: string, description: string]>;
// Stryker restore StringLiteral

/** A permission that is built into the service. */
export type BuiltInPermission = keyof typeof catalogue;

/** Turns the name of a built-in permission into a `Permission`, checked by the compiler. */
export const permission = (name: BuiltInPermission): Permission => name as string as Permission;

/** A line of the catalogue, as it is shown. */
export interface PermissionEntry {
  readonly name: Permission;
  readonly label: string;
  readonly description: string;
}

/** The catalogue's built-in part, in reading order. */
export const builtInPermissions: readonly PermissionEntry[] = Object.entries(catalogue).map(([name, [label, description]]) => ({
  name: name as Permission,
  label,
  description,
}));

const names = (...list: BuiltInPermission[]): ReadonlySet<Permission> => new Set(list.map(permission));

/** What a key never uses on this service, whatever it carries: only a signed-in person does these (C22). */
export const sessionOnly = names(
  'owner:manage',
  'admin:manage',
  'grant:manage',
  'role:manage',
  'user:manage',
  'apiKey:createForUser',
  'sharedSecret:reveal',
  'userGroup:manageMembers',
  'namespace:recover',
  'organization:create',
);

/** What no key ever carries. Rows of the matrix of S0 may be carried for other services to ask about, but for `owner:manage` (C8). */
export const neverOnKeys: ReadonlySet<Permission> = new Set([...sessionOnly].filter((name) => name !== 'admin:manage'));

/** What no custom role ever holds. */
export const neverInCustomRoles = names('owner:manage', 'namespace:recover', 'organization:create');

/** Held in the organization, these cover the inventory of the whole tenant and nothing inside its namespaces. */
export const tenantWide = names(
  'apiKey:create',
  'apiKey:createForUser',
  'apiKey:manage',
  'apiKey:view',
  'apiKey:verify',
  'audit:view',
  'log:view',
  'sharedSecret:reveal',
  'sharedSecret:manage',
  'user:view',
  'user:manage',
  'role:view',
  'role:manage',
  'job:view',
  'job:manage',
);

const builtInResources: ReadonlySet<string> = new Set(builtInPermissions.map(({ name }) => resourceOf(name)));

/** What a permission is about: the part before the colon. */
function resourceOf(name: Permission): string {
  return name.slice(0, name.indexOf(':'));
}

/** Whether the service itself speaks of that resource: tenants register nothing under it. */
export const isReserved = (name: Permission): boolean => builtInResources.has(resourceOf(name));
