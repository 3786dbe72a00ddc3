import type { Permission } from '../../src/authority/index.js';
import { type Outcome, row, sees, seesGrant, seesRoles, seesUser } from '../authority/referenceModel.js';
import { pick } from '../authority/world.js';
import type { LiveTenant } from './liveTenant.js';
import {
  carriedBy,
  givenBy,
  handedOnBy,
  isActive,
  isDeleted,
  type LiveGrant,
  type LiveWorld,
  neverInRoles,
  person,
  roleAt,
  subjectsOf,
  tried,
} from './liveWorld.js';

/** What one step draws: plain numbers, which choose by remainder among what there is when the step is taken. */
export interface Draw {
  readonly act: string;
  readonly by: number;
  readonly whom: number;
  readonly where: number;
  readonly what: number;
  readonly how: number;
  readonly list: readonly Permission[];
}

/** What a step sends, what must come back by the reference model, and what the world is then. */
export interface Plan {
  readonly by: string;
  readonly field: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly selection: string;
  /** `PERMITTED`, or the codes with which it may be refused. */
  readonly expected: readonly string[];
  readonly apply: (payload: Readonly<Record<string, unknown>>) => LiveWorld;
}

/** A step in the world where it is taken; null where there is nothing to do it to. */
export type PlanOf = (world: LiveWorld, tenant: LiveTenant, draw: Draw) => Plan | null;

/** Once it is permitted, what else may stand in its way: the first that does. */
export const andThen = (
  outcome: readonly Outcome[],
  ...others: readonly (readonly [stands: boolean, code: string])[]
): readonly string[] => {
  if (outcome[0] !== 'PERMITTED') return outcome;
  const [, code = 'PERMITTED'] = others.find(([stands]) => stands) ?? [];
  return [code];
};

/** The owner twice as often as anybody else: others may do less. */
export const callerOf = (tenant: LiveTenant, { by }: Draw): string => pick([tenant.keeper, tenant.keeper, ...tenant.people], by);
/** Any namespace of the tenant, also one that is gone. */
export const anyPlace = ({ namespaces }: LiveWorld, { where }: Draw): string => pick(namespaces.slice(1), where).id;
const groups = ({ namespaces }: LiveWorld): readonly string[] => namespaces.filter(({ kind }) => kind === 'USER_GROUP').map(({ id }) => id);

/** What nobody does who is not an active user: their session is refused. */
export const signedIn = (world: LiveWorld, by: string, plan: Plan): Plan =>
  isActive(world, by) ? plan : { ...plan, expected: ['UNAUTHENTICATED'] };

const grantRole: PlanOf = (world, tenant, draw) => {
  const by = callerOf(tenant, draw);
  const namespace = anyPlace(world, draw);
  const subject = pick([...tenant.people, ...groups(world)], draw.whom);
  const role = pick(world.roles, draw.what).id;
  const toGroup = subject.startsWith('grp_');
  const level = (['OWNER', 'ADMIN'] as const).filter((each) => role === roleAt(each));
  const gone = toGroup ? isDeleted(world, subject) : row(world.users, subject).state === 'REMOVED';
  const owner = role === roleAt('OWNER');
  const outcome = tried(world, person(by), {
    action: 'grant.create',
    where: namespace,
    touches: level.map((each) => ({ level: each, namespace })),
    handsOn: [{ namespace, permissions: givenBy(world, role, namespace) }],
  });
  return {
    by,
    field: 'grantRole',
    input: { namespaceId: namespace, roleId: role, ...(toGroup ? { userGroupId: subject } : { userId: subject }) },
    selection: 'grant { id }',
    expected: andThen(
      outcome,
      [gone, 'NOT_FOUND'],
      [owner && (namespace !== tenant.organizationId || toGroup || !isActive(world, subject)), 'BAD_USER_INPUT'],
      [world.grants.some((each) => each.subject === subject && each.role === role && each.namespace === namespace), 'CONFLICT'],
    ),
    apply: ({ grant }) => ({ ...world, grants: [...world.grants, { id: (grant as LiveGrant).id, subject, role, namespace }] }),
  };
};

const revokeGrant: PlanOf = (world, tenant, draw) => {
  const grants = world.grants.filter(({ subject }) => subject !== tenant.keeper);
  if (grants.length === 0) return null;
  const by = callerOf(tenant, draw);
  const grant = pick(grants, draw.what);
  const { namespace, role } = grant;
  return {
    by,
    field: 'revokeGrant',
    input: { id: grant.id },
    selection: 'revokedGrantId',
    expected: tried(world, person(by), {
      action: 'grant.revoke',
      where: namespace,
      visible: seesGrant(world, person(by), grant),
      touches: (['OWNER', 'ADMIN'] as const).filter((level) => role === roleAt(level)).map((level) => ({ level, namespace })),
    }),
    apply: () => ({ ...world, grants: world.grants.filter((each) => each !== grant) }),
  };
};

const updateRole: PlanOf = (world, tenant, draw) => {
  const by = callerOf(tenant, draw);
  const role = pick(world.roles.slice(-2), draw.what);
  const { organizationId } = tenant;
  const asked = draw.list.filter((name) => !neverInRoles.includes(name));
  // Many edits take away or give back a part of what the role holds; else few would be permitted to anybody.
  const permissions =
    draw.how % 2 === 0 && draw.how % role.permissions.length > 0 ? role.permissions.slice(0, draw.how % role.permissions.length) : asked;
  const added = permissions.filter((name) => !role.permissions.includes(name));
  const places = new Set([organizationId, ...world.grants.filter((each) => each.role === role.id).map(({ namespace }) => namespace)]);
  const outcome = tried(world, person(by), {
    action: 'role.update',
    where: organizationId,
    visible: seesRoles(world, person(by)),
    handsOn: added.length === 0 ? [] : [...places].map((namespace) => ({ namespace, permissions: added })),
  });
  return {
    by,
    field: 'updateRole',
    input: { id: role.id, permissions },
    selection: 'role { id }',
    expected: permissions.length === 0 ? ['BAD_USER_INPUT'] : outcome,
    apply: () => ({ ...world, roles: world.roles.map((each) => (each === role ? { ...each, permissions } : each)) }),
  };
};

const membership = (world: LiveWorld, tenant: LiveTenant, draw: Draw, ending: boolean) => {
  const by = callerOf(tenant, draw);
  const there = world.users.flatMap(({ id, groups: of }) => of.map((each) => [each, id] as const));
  // What is to end is mostly one that there is.
  const [group, user] =
    ending && there.length > 0 && draw.how % 4 > 0
      ? pick(there, draw.what)
      : [pick(groups(world), draw.where), pick(tenant.people, draw.whom)];
  const { state } = row(world.users, user);
  const touches = carriedBy(world, [...new Set([group, ...(state === 'REMOVED' ? [] : subjectsOf(world, user))])]);
  const isMember = row(world.users, user).groups.includes(group);
  const changed = (change: (of: readonly string[]) => readonly string[]): LiveWorld => ({
    ...world,
    users: world.users.map((each) => (each.id === user ? { ...each, groups: change(each.groups) } : each)),
  });
  const sent = { by, input: { userGroupId: group, userId: user }, selection: 'userGroup { id }' };
  return { by, group, state, touches, isMember, changed, sent };
};

const addUserToGroup: PlanOf = (world, tenant, draw) => {
  const { by, group, state, touches, isMember, changed, sent } = membership(world, tenant, draw, false);
  const handsOn = handedOnBy(world, [group]);
  const outcome = tried(world, person(by), { action: 'userGroup.addMember', where: group, touches, handsOn });
  return {
    ...sent,
    field: 'addUserToGroup',
    expected: andThen(outcome, [state === 'REMOVED', 'NOT_FOUND'], [isMember, 'CONFLICT']),
    apply: () => changed((of) => [...of, group]),
  };
};

const removeUserFromGroup: PlanOf = (world, tenant, draw) => {
  const { by, group, touches, isMember, changed, sent } = membership(world, tenant, draw, true);
  const outcome = tried(world, person(by), { action: 'userGroup.removeMember', where: group, touches });
  return {
    ...sent,
    field: 'removeUserFromGroup',
    expected: andThen(outcome, [!isMember, 'NOT_FOUND']),
    apply: () => changed((of) => of.filter((each) => each !== group)),
  };
};

const actedOn = (world: LiveWorld, tenant: LiveTenant, draw: Draw) => {
  const [by, user] = [callerOf(tenant, draw), pick(tenant.people, draw.whom)];
  const subjects = subjectsOf(world, user);
  const trial = { where: tenant.organizationId, visible: seesUser(world, person(by), user), touches: carriedBy(world, subjects) };
  return { by, user, subjects, trial, gone: row(world.users, user).state === 'REMOVED' };
};

const setUserActive: PlanOf = (world, tenant, draw) => {
  const { by, user, subjects, trial, gone } = actedOn(world, tenant, draw);
  // Mostly the other state, sometimes the same again.
  const active = (row(world.users, user).state === 'INACTIVE') !== (draw.how % 8 === 0);
  const outcome = active
    ? tried(world, person(by), { action: 'user.activate', ...trial, handsOn: handedOnBy(world, subjects) })
    : tried(world, person(by), { action: 'user.deactivate', ...trial });
  return {
    by,
    field: 'setUserActive',
    input: { id: user, active },
    selection: 'user { id active }',
    expected: gone ? ['NOT_FOUND'] : outcome,
    apply: () => ({
      ...world,
      users: world.users.map((each) => (each.id === user ? { ...each, state: active ? 'ACTIVE' : 'INACTIVE' } : each)),
    }),
  };
};

const removeUser: PlanOf = (world, tenant, draw) => {
  const { by, user, trial, gone } = actedOn(world, tenant, draw);
  return {
    by,
    field: 'removeUser',
    input: { id: user },
    selection: 'removedUserId',
    expected: gone ? ['NOT_FOUND'] : tried(world, person(by), { action: 'user.remove', ...trial }),
    apply: () => ({
      ...world,
      users: world.users.map((each) => (each.id === user ? { ...each, state: 'REMOVED', groups: [] } : each)),
      grants: world.grants.filter(({ subject }) => subject !== user),
      keys: world.keys.map((key) =>
        key.user === user ? { ...key, stopped: true, revokedBy: key.revokedBy ?? by, permanent: true, previous: null } : key,
      ),
    }),
  };
};

/** Of what holds no other namespace: a workspace or a group. */
const deleteNamespace: PlanOf = (world, tenant, draw) => {
  const by = callerOf(tenant, draw);
  const places = world.namespaces.filter(({ kind }) => kind === 'WORKSPACE' || kind === 'USER_GROUP');
  const { id, kind } = pick(places, draw.where);
  const isGroup = kind === 'USER_GROUP';
  return {
    by,
    field: 'deleteNamespace',
    input: { id },
    selection: 'deletedNamespaceId',
    expected: tried(world, person(by), {
      action: isGroup ? 'userGroup.delete' : 'workspace.delete',
      where: id,
      visible: sees(world, person(by), id),
      touches: isGroup ? carriedBy(world, [id]) : [],
    }),
    apply: () => ({
      ...world,
      namespaces: world.namespaces.map((each) => (each.id === id ? { ...each, deleted: true } : each)),
      users: world.users.map((each) => ({ ...each, groups: each.groups.filter((group) => group !== id) })),
      grants: world.grants.filter(({ subject, namespace }) => subject !== id && namespace !== id),
      keys: world.keys.map((key) => (key.home === id ? { ...key, stopped: true, deleted: true } : key)),
    }),
  };
};

/** Whether members make keys for themselves: mostly they may, or few keys would come to be. */
const updateOrganization: PlanOf = (world, tenant, draw) => {
  const by = callerOf(tenant, draw);
  const membersMayCreateApiKeys = draw.how % 3 > 0;
  return {
    by,
    field: 'updateOrganization',
    input: { id: tenant.organizationId, membersMayCreateApiKeys },
    selection: 'organization { id }',
    expected: tried(world, person(by), { action: 'organization.configure', where: tenant.organizationId }),
    apply: () => ({ ...world, membersMayCreateApiKeys }),
  };
};

const acts: Readonly<Record<string, PlanOf>> = {
  grantRole,
  revokeGrant,
  updateRole,
  addUserToGroup,
  removeUserFromGroup,
  setUserActive,
  removeUser,
  deleteNamespace,
  updateOrganization,
};

/** What signed-in people do to people, roles and namespaces. */
export const peopleActs: Readonly<Record<string, PlanOf>> = Object.fromEntries(
  Object.entries(acts).map(([name, planOf]) => [
    name,
    (world: LiveWorld, tenant: LiveTenant, draw: Draw) => {
      const plan = planOf(world, tenant, draw);
      return plan && signedIn(world, plan.by, plan);
    },
  ]),
);
