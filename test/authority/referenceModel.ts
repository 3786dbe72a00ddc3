import type { Action, Environment, GateCode, NamespaceKind, Permission } from '../../src/authority/index.js';
import { act, sessionOnlyNames, tenantWideNames, universe } from './designTables.js';

/**
 * The calculus once more, from the text of DESIGN section 1 alone and in another manner: tables of rows, and yes-or-no
 * questions answered by looking through all of them. Slow and plain on purpose; the laws compare the real one with it.
 */

export interface NamespaceRow {
  readonly id: string;
  readonly kind: NamespaceKind;
  /** Where it stands; null for an organization. */
  readonly parent: string | null;
  readonly deleted: boolean;
}
export interface UserRow {
  readonly id: string;
  readonly tenant: string;
  readonly state: 'ACTIVE' | 'INACTIVE' | 'REMOVED';
  readonly groups: readonly string[];
}
export interface RoleRow {
  readonly id: string;
  readonly permissions: readonly Permission[];
}
export interface GrantRow {
  /** A user or a user group. */
  readonly subject: string;
  readonly role: string;
  readonly namespace: string;
}
/** An address of a very small internet: its family and its four bits. */
export interface AddressRow {
  readonly family: 4 | 6;
  readonly bits: string;
}
export interface ResourceRow {
  readonly type: string;
  readonly id: string;
}
export interface KeyRow {
  readonly id: string;
  readonly home: string;
  readonly environment: Environment;
  readonly permissions: readonly Permission[];
  readonly user: string;
  readonly issuer: string;
  /** The key that created it. */
  readonly parent: string | null;
  readonly stopped: boolean;
  readonly expiresAt: number | null;
  /** The things that it is good for, each by itself; null: any. */
  readonly things: readonly ResourceRow[] | null;
  /** The beginnings of the addresses that it works from; null: any. */
  readonly networks: readonly AddressRow[] | null;
}
/** Everything there is. The first organization of the list is the installation's first. */
export interface World {
  readonly now: number;
  readonly namespaces: readonly NamespaceRow[];
  readonly users: readonly UserRow[];
  readonly roles: readonly RoleRow[];
  readonly grants: readonly GrantRow[];
  readonly keys: readonly KeyRow[];
}
/** Who asks, by id. */
export interface Asker {
  readonly kind: 'USER' | 'KEY';
  readonly id: string;
}
/** Power handed on, by ids. */
export interface Handed {
  readonly namespace: string;
  readonly permissions: readonly Permission[];
  readonly behindKey?: readonly string[];
}
/** An attempt, by ids. */
export interface Trial {
  readonly asker: Asker;
  readonly action: Action;
  readonly where: string;
  readonly visible: boolean;
  readonly own: boolean;
  readonly touches: readonly { readonly level: 'OWNER' | 'ADMIN'; readonly namespace: string }[];
  readonly handsOn: readonly Handed[];
}
/** What is asked about a key, by ids; `permissions` and `namespace` may be left out. */
export interface Inquiry {
  readonly key: string;
  readonly environment: Environment;
  readonly namespace?: string | null;
  readonly permissions?: readonly Permission[];
  readonly resource?: ResourceRow;
  readonly address?: AddressRow;
}
export type Outcome = 'PERMITTED' | 'NOT_FOUND' | 'FORBIDDEN' | 'EXCEEDS_AUTHORITY';

/** The row of that id. */
export function row<Row extends { readonly id: string }>(table: readonly Row[], id: string): Row {
  const found = table.find((each) => each.id === id);
  if (!found) throw new Error(`no row ${id}`);
  return found;
}

/** The organization that all else of its tenant stands in. */
export function tenantOf(world: World, namespace: string): string {
  const { parent } = row(world.namespaces, namespace);
  return parent === null ? namespace : tenantOf(world, parent);
}

/** The tenant of who asks. */
export const tenantOfAsker = (world: World, { kind, id }: Asker): string =>
  kind === 'USER' ? row(world.users, id).tenant : tenantOf(world, row(world.keys, id).home);

/** held: does this user hold this permission in exactly this namespace? */
export function holds(world: World, user: string, namespace: string, name: string): boolean {
  const { state, tenant, groups } = row(world.users, user);
  const alive = state === 'ACTIVE' && !row(world.namespaces, namespace).deleted && tenant === tenantOf(world, namespace);
  const meaningful = name !== 'organization:create' || world.namespaces[0]?.id === namespace;
  return (
    alive &&
    meaningful &&
    world.grants.some(
      (grant) =>
        grant.namespace === namespace &&
        [user, ...groups].includes(grant.subject) &&
        row(world.roles, grant.role).permissions.some((each) => each === name),
    )
  );
}

const exceptions: Readonly<Record<string, readonly string[]>> = {
  'WORKSPACE to its parent APPLICATION': ['application:view'],
  'WORKSPACE to its grandparent ORGANIZATION': ['organization:view'],
  'APPLICATION to its parent ORGANIZATION': ['organization:view'],
  'APPLICATION to its child WORKSPACE': ['workspace:view', 'workspace:edit', 'workspace:delete'],
  'APPLICATION to its child USER_GROUP': ['userGroup:view', 'userGroup:edit', 'userGroup:delete'],
  'USER_GROUP to its parent APPLICATION': ['application:view'],
  'USER_GROUP to its grandparent ORGANIZATION': ['organization:view'],
  'USER_GROUP to its parent ORGANIZATION': ['organization:view'],
};

/** reach: does a key at home in one namespace let this permission through to another? */
export function reaches(world: World, home: string, target: string, name: string): boolean {
  const from = row(world.namespaces, home);
  const to = row(world.namespaces, target);
  if (from.deleted || to.deleted) return false;
  if (home === target) return true;
  const grandparent = from.parent === null ? null : row(world.namespaces, from.parent).parent;
  const steps = [from.parent === target && 'parent', grandparent === target && 'grandparent', to.parent === home && 'child'];
  return steps.some((step) => step && exceptions[`${from.kind} to its ${step} ${to.kind}`]?.includes(name));
}

/** effective: may this key use this permission in this namespace? */
export function mayUse(world: World, key: string, namespace: string, name: Permission): boolean {
  const { home, permissions, user, issuer } = row(world.keys, key);
  return (
    permissions.includes(name) &&
    reaches(world, home, namespace, name) &&
    holds(world, user, namespace, name) &&
    holds(world, issuer, namespace, name)
  );
}

/** What who asks may use in exactly that namespace of this service: a key nothing that is session-only, a restricted one nothing at all. */
export const usesHere = (world: World, { kind, id }: Asker, namespace: string, name: Permission): boolean =>
  kind === 'USER'
    ? holds(world, id, namespace, name)
    : row(world.keys, id).things === null && !sessionOnlyNames.includes(name) && mayUse(world, id, namespace, name);

/** The right to something: held there or, by a signed-in user, tenant-wide in the organization. */
export function hasTheRight(world: World, asker: Asker, name: Permission, where: string): boolean {
  const tenant = tenantOfAsker(world, asker);
  if (tenantOf(world, where) !== tenant) return false;
  if (usesHere(world, asker, where, name)) return true;
  return asker.kind === 'USER' && tenantWideNames.includes(name) && holds(world, asker.id, tenant, name);
}

/** May who asks bring back any namespace of the tenant? Only a signed-in user ever does. */
export const recovers = (world: World, asker: Asker): boolean =>
  asker.kind === 'USER' && holds(world, asker.id, row(world.users, asker.id).tenant, 'namespace:recover');

const views = { ORGANIZATION: 'organization', APPLICATION: 'application', WORKSPACE: 'workspace', USER_GROUP: 'userGroup' } as const;

/** Does who asks see that namespace? */
export function sees(world: World, asker: Asker, namespace: string): boolean {
  const { kind, deleted } = row(world.namespaces, namespace);
  if (deleted || tenantOf(world, namespace) !== tenantOfAsker(world, asker)) return false;
  return usesHere(world, asker, namespace, `${views[kind]}:view` as Permission) || recovers(world, asker);
}

/** Does who asks see that key? Their own; what `apiKey:view` or `:manage` covers; a key only its home's, of its environment. */
export function seesKey(world: World, asker: Asker, id: string): boolean {
  const { home, environment, user } = row(world.keys, id);
  if (tenantOf(world, home) !== tenantOfAsker(world, asker)) return false;
  const [view, manage] = ['apiKey:view', 'apiKey:manage'].map((name) => hasTheRight(world, asker, name as Permission, home));
  if (asker.kind === 'USER') return user === asker.id || view === true || manage === true;
  const self = row(world.keys, asker.id);
  return id === asker.id || (home === self.home && environment === self.environment && view === true);
}

/** Does who asks see that user of their tenant? Themselves while signed in; all with `user:view` in the organization. */
export function seesUser(world: World, asker: Asker, id: string): boolean {
  const tenant = tenantOfAsker(world, asker);
  return row(world.users, id).tenant === tenant && (asker.id === id || hasTheRight(world, asker, 'user:view' as Permission, tenant));
}

const rightToOne = (world: World, asker: Asker, place: string, ...names: string[]): boolean =>
  names.some((name) => hasTheRight(world, asker, name as Permission, place));

/** Does who asks see that grant? Their own while signed in; with `grant:view` or `:manage` there. */
export const seesGrant = (world: World, asker: Asker, { subject, namespace }: GrantRow): boolean =>
  tenantOf(world, namespace) === tenantOfAsker(world, asker) &&
  (subject === asker.id || rightToOne(world, asker, namespace, 'grant:view', 'grant:manage'));

/** Does who asks see the tenant's own roles? */
export const seesRoles = (world: World, asker: Asker): boolean =>
  rightToOne(world, asker, tenantOfAsker(world, asker), 'role:view', 'role:manage');

/**
 * The code of the first shut gate. A key that nobody stopped, whose parent has expired, is told EXPIRED: INACTIVE is
 * somebody's act.
 */
export function verdicts(world: World, inquiry: Inquiry): readonly (GateCode | null)[] {
  const key = row(world.keys, inquiry.key);
  const parent = key.parent === null ? null : row(world.keys, key.parent);
  const over = (each: KeyRow): boolean => each.expiresAt !== null && !(world.now < each.expiresAt);
  if (key.stopped || parent?.stopped) return ['INACTIVE'];
  if (over(key) || (parent && over(parent))) return ['EXPIRED'];
  if (key.environment !== inquiry.environment) return ['ENVIRONMENT_MISMATCH'];

  const there = inquiry.namespace === undefined ? key.home : inquiry.namespace;
  if (there === null || !universe.some((name) => reaches(world, key.home, there, name))) return ['NAMESPACE_MISMATCH'];
  for (const person of [key.user, key.issuer]) {
    if (!universe.some((name) => holds(world, person, key.home, name))) return ['HOLDER_LOST_ACCESS'];
  }
  const asked = inquiry.permissions;
  const answered = asked ? asked.length > 0 && asked.every((name) => mayUse(world, key.id, there, name)) : undefined;
  const any = universe.some((name) => mayUse(world, key.id, there, name));
  if (!(answered ?? any)) return ['INSUFFICIENT_PERMISSIONS'];
  const { resource, address } = inquiry;
  if (key.things && !key.things.some(({ type, id }) => type === resource?.type && id === resource.id)) return ['RESOURCE_NOT_ALLOWED'];
  const inside = key.networks?.some(({ family, bits }) => family === address?.family && address.bits.startsWith(bits));
  return [inside === false ? 'IP_NOT_ALLOWED' : null];
}

/** What of the power handed on is beyond who hands it on. */
export function beyond(world: World, asker: Asker, { namespace, permissions, behindKey }: Handed): readonly Permission[] {
  return permissions.filter((name) => {
    const uses = usesHere(world, asker, namespace, name);
    if (behindKey) {
      const all = behindKey.length > 0 && behindKey.every((person) => holds(world, person, namespace, name));
      return !(all && (asker.kind === 'USER' || uses));
    }
    const tenant = tenantOfAsker(world, asker);
    const recovered = recovers(world, asker) && tenantOf(world, namespace) === tenant && usesHere(world, asker, tenant, name);
    return !uses && !recovered;
  });
}

/** How an attempt may end. More than one outcome only where the text does not say. */
export function outcomes(world: World, trial: Trial): readonly Outcome[] {
  const { asker, where, visible } = trial;
  const tenant = tenantOfAsker(world, asker);
  if (row(world.namespaces, where).deleted || tenantOf(world, where) !== tenant) return ['NOT_FOUND'];

  const { needs, own, recoverable, neverUnderKey } = act(trial.action);
  const refused: Outcome = visible ? 'FORBIDDEN' : 'NOT_FOUND';
  const awake = asker.kind === 'KEY' || row(world.users, asker.id).state === 'ACTIVE';
  const byOwnership = awake && trial.own && (own === 'ANY' || (own === 'SESSION' && asker.kind === 'USER'));
  const byRight = hasTheRight(world, asker, needs as Permission, where);
  if (neverUnderKey && asker.kind === 'KEY') return [refused];
  // A key may revoke itself, and no other.
  if (trial.action === 'apiKey.revoke' && asker.kind === 'KEY' && !byOwnership) return [refused];
  if (!byOwnership && !byRight && !(recoverable && recovers(world, asker))) return [refused];

  const untouchable = trial.touches.some(({ level, namespace }) => {
    const needed: Permission = (level === 'OWNER' ? 'owner:manage' : 'admin:manage') as Permission;
    return !hasTheRight(world, asker, needed, namespace) && !hasTheRight(world, asker, needed, tenant);
  });
  // Whoever has the right to the act may do it to what they do not see; how they are refused is not said.
  if (untouchable && !byOwnership) return visible ? ['FORBIDDEN'] : ['FORBIDDEN', 'NOT_FOUND'];
  if (trial.handsOn.some((handed) => beyond(world, asker, handed).length > 0)) return ['EXCEEDS_AUTHORITY'];
  return ['PERMITTED'];
}

/** Whether an act is for signed-in people, whatever a key carries. A key revokes itself, but by no right to revoke. */
export const isForPeople = (action: Action): boolean => act(action).neverUnderKey === true || action === 'apiKey.revoke';
