import { effective, mayUseIn } from './effective.js';
import type { Caller, NamespaceFacts, NamespaceKind } from './facts.js';
import { held, holdsIn } from './held.js';
import { type Permission, permission, sessionOnly, tenantWide } from './permissions.js';

/** The permission that shows a namespace of that kind. */
export const viewPermission: Record<NamespaceKind, Permission> = {
  ORGANIZATION: permission('organization:view'),
  APPLICATION: permission('application:view'),
  WORKSPACE: permission('workspace:view'),
  USER_GROUP: permission('userGroup:view'),
};

const recover = permission('namespace:recover');

const nothing: ReadonlySet<Permission> = new Set();

/**
 * What the caller may use in exactly that namespace, on this service. A key never uses what is session-only (C22), and
 * one that is restricted to resources nothing: those are known to the tenant's services, not here.
 */
export function usable(caller: Caller, namespace: NamespaceFacts): ReadonlySet<Permission> {
  if (caller.kind === 'USER') return held(caller.person, namespace);
  if (caller.key.restrictions !== null) return nothing;
  return new Set([...effective(caller.key, namespace)].filter((name) => !sessionOnly.has(name)));
}

/** The same as a question, which is answered without making the set: may the caller use that permission there? */
export function usesIn(caller: Caller, namespace: NamespaceFacts): (name: Permission) => boolean {
  if (caller.kind === 'USER') return holdsIn(caller.person, namespace);
  if (caller.key.restrictions !== null) return () => false;
  const mayUse = mayUseIn(caller.key, namespace);
  return (name) => !sessionOnly.has(name) && mayUse(name);
}

/** Whether the caller has the right to something in that namespace: held there, or tenant-wide in the organization. */
export function hasRight(caller: Caller, name: Permission, namespace: NamespaceFacts): boolean {
  if (namespace.organizationId !== caller.tenant.id) return false;
  if (usesIn(caller, namespace)(name)) return true;
  // A key at home in an organization has its home's inventory, never the tenant's; only verification says otherwise.
  return caller.kind === 'USER' && tenantWide.has(name) && holdsIn(caller.person, caller.tenant)(name);
}

/** Whether the caller is a signed-in person who may bring back any namespace of the tenant. */
export const mayRecover = (caller: Caller): boolean => caller.kind === 'USER' && holdsIn(caller.person, caller.tenant)(recover);

/** Whether the caller sees a namespace: holds its `<kind>:view` there, or may recover it. */
export function seesNamespace(caller: Caller, namespace: NamespaceFacts): boolean {
  if (namespace.deleted || namespace.organizationId !== caller.tenant.id) return false;
  return usesIn(caller, namespace)(viewPermission[namespace.kind]) || mayRecover(caller);
}

/** Whether the caller sees a user of the tenant: themselves while signed in, or all with `user:view` in the organization. */
export function seesUser(caller: Caller, user: { readonly id: string; readonly organizationId: string }): boolean {
  if (user.organizationId !== caller.tenant.id) return false;
  return (caller.kind === 'USER' && caller.person.id === user.id) || hasRight(caller, permission('user:view'), caller.tenant);
}

/** What is asked of a key before it is shown or managed. */
export interface KeyOwnership {
  readonly id: string;
  readonly userId: string;
  readonly home: NamespaceFacts;
  readonly environment: string;
}

/** Whether a key is the caller's own: of the signed-in user, or the calling key itself. */
export const ownsKey = (caller: Caller, key: KeyOwnership): boolean =>
  caller.kind === 'USER' ? key.userId === caller.person.id : key.id === caller.key.id;

/** Whether the caller sees a key: their own, or with `apiKey:view` or `apiKey:manage`; a calling key only within its environment (C21). */
export function seesKey(caller: Caller, key: KeyOwnership): boolean {
  if (key.home.organizationId !== caller.tenant.id) return false;
  if (ownsKey(caller, key)) return true;
  if (caller.kind === 'KEY') {
    const { home, environment } = caller.key;
    return key.home.id === home.id && key.environment === environment && usesIn(caller, home)(permission('apiKey:view'));
  }
  return hasRight(caller, permission('apiKey:view'), key.home) || hasRight(caller, permission('apiKey:manage'), key.home);
}

/** Whether the caller sees a grant: with `grant:view` or `grant:manage` in its namespace, or a signed-in person their own. */
export function seesGrant(caller: Caller, namespace: NamespaceFacts, subjectIds: readonly string[]): boolean {
  if (namespace.organizationId !== caller.tenant.id) return false;
  if (caller.kind === 'USER' && subjectIds.includes(caller.person.id)) return true;
  return hasRight(caller, permission('grant:view'), namespace) || hasRight(caller, permission('grant:manage'), namespace);
}

/** Whether the caller sees the custom roles of the tenant. */
export const seesRoles = (caller: Caller): boolean =>
  hasRight(caller, permission('role:view'), caller.tenant) || hasRight(caller, permission('role:manage'), caller.tenant);
