import { type BuiltInPermission, builtInPermissions, neverInCustomRoles, type Permission, permission } from './permissions.js';

/** The fixed ids of the built-in roles. */
export type BuiltInRoleId =
  | 'rol_owner'
  | 'rol_admin'
  | 'rol_service_author'
  | 'rol_policy_author'
  | 'rol_event_writer'
  | 'rol_read_only'
  | 'rol_editor'
  | 'rol_viewer';

/** A built-in role: the rows of the matrix of S0 (S0.6 to S0.13), and what the service adds to them. */
export interface BuiltInRole {
  readonly id: BuiltInRoleId;
  readonly name: string;
  readonly description: string;
  readonly permissions: ReadonlySet<Permission>;
  /** OWNER and ADMIN also hold every permission that the tenant has registered. */
  readonly holdsRegistered: boolean;
  /** S0.4: no key is ever issued at OWNER level. */
  readonly assignableToApiKeys: boolean;
}

const viewing: readonly BuiltInPermission[] = ['organization:view', 'application:view', 'workspace:view', 'userGroup:view', 'role:view'];
const reading: readonly BuiltInPermission[] = ['event:submit', 'configuration:view', ...viewing];

const role = (
  id: BuiltInRoleId,
  description: string,
  permissions: Iterable<Permission>,
  more: { holdsRegistered?: true; assignableToApiKeys?: false } = {},
): BuiltInRole => ({
  id,
  name: id.slice('rol_'.length).toUpperCase(),
  description,
  permissions: new Set(permissions),
  holdsRegistered: more.holdsRegistered ?? false,
  assignableToApiKeys: more.assignableToApiKeys ?? true,
});

const all = builtInPermissions.map(({ name }) => name);
const these = (...lists: (readonly BuiltInPermission[])[]): Permission[] => lists.flat().map(permission);

/** The built-in roles, the strongest first. Sets, never ranks: SERVICE_AUTHOR and POLICY_AUTHOR are incomparable. */
export const builtInRoles: readonly BuiltInRole[] = [
  role('rol_owner', 'Everything in its namespace; in an organization also its owners.', all, {
    holdsRegistered: true,
    assignableToApiKeys: false,
  }),
  role(
    'rol_admin',
    'Everything but what concerns owners.',
    all.filter((name) => !neverInCustomRoles.has(name)),
    {
      holdsRegistered: true,
    },
  ),
  role('rol_service_author', 'Manages services and trust profiles.', these(reading, ['service:manage', 'trustProfile:manage'])),
  role(
    'rol_policy_author',
    'Manages roles, policies and trust profiles.',
    these(reading, ['policy:manage', 'trustProfile:manage', 'role:manage']),
  ),
  role('rol_event_writer', 'Submits events and views configurations.', these(reading)),
  role('rol_read_only', 'Views configurations and, as the matrix has it, submits events (C6).', these(reading)),
  role(
    'rol_editor',
    'Edits records of namespaces.',
    these(viewing, ['organization:edit', 'application:edit', 'workspace:edit', 'userGroup:edit']),
  ),
  role(
    'rol_viewer',
    'Reads, and nothing else.',
    these(viewing, ['user:view', 'grant:view', 'apiKey:view', 'audit:view', 'log:view', 'job:view']),
  ),
];

const byId = new Map<string, BuiltInRole>(builtInRoles.map((each) => [each.id, each]));

/** The built-in role of that id, if there is one. */
export const builtInRole = (id: string): BuiltInRole | undefined => byId.get(id);

/** Names a custom role may not take, compared in upper case. */
export const reservedRoleNames: ReadonlySet<string> = new Set(builtInRoles.map(({ name }) => name));
