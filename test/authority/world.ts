import * as fc from 'fast-check';
import type { Permission } from '../../src/authority/index.js';
import { levels, ofLevel, registeredNames, universe } from './designTables.js';
import { type GrantRow, type KeyRow, type NamespaceRow, type RoleRow, tenantOf, type UserRow, type World } from './referenceModel.js';

/** Small worlds for the laws: drawn as plain numbers, which resolve to rows by remainder, so that they shrink well. */

/** What an arbitrary draws. */
export type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** The row at that number, counted round. */
export function pick<Row>(table: readonly Row[], index: number): Row {
  const found = table[index % table.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

/** One of these, each as often as its weight says. */
export const weighted = <T>(...choices: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const rarely = (weight: number): fc.Arbitrary<boolean> => weighted([weight, fc.constant(false)], [1, fc.constant(true)]);

/** That, so many times as often as nothing. */
const maybe = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  weighted<T | null>([weight, arbitrary], [1, fc.constant(null)]);

const of = (...names: string[]): readonly Permission[] => universe.filter((name) => names.includes(name));
const records = universe.filter((name) => /^(organization|application|workspace|userGroup):(view|edit|delete|create)$/.test(name));
const power = of('owner:manage', 'admin:manage', 'grant:manage', 'role:manage', 'user:manage', 'apiKey:manage', 'namespace:recover');

/** Some permissions: none, a few, all of a kind, or what a level holds. */
export const permissions: fc.Arbitrary<readonly Permission[]> = fc.oneof(
  fc.subarray([...universe], { maxLength: 4 }),
  fc.subarray([...records]),
  fc.subarray([...power, ...registeredNames]),
  fc.subarray([...universe]),
  fc.constantFrom(...levels).map(ofLevel),
  fc.constant(universe),
  fc.constant([]),
);

const treeDraw = fc.record({
  applications: fc.array(fc.record({ workspaces: fc.nat(2), groups: fc.nat(2) }), { minLength: 1, maxLength: 2 }),
  groups: fc.nat(2),
});
type Tree = Drawn<typeof treeDraw>;

const row = (id: string, kind: NamespaceRow['kind'], parent: string | null): NamespaceRow => ({ id, kind, parent, deleted: false });
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** All namespaces of a tenant: organization, applications, workspaces, and groups of both sorts. */
const plant = (tree: Tree, tenant: number): NamespaceRow[] => {
  const organization = `org${tenant}`;
  return [
    row(organization, 'ORGANIZATION', null),
    ...times(tree.groups, (each) => row(`${organization}.group${each}`, 'USER_GROUP', organization)),
    ...tree.applications.flatMap(({ workspaces, groups }, index) => {
      const application = `${organization}.app${index}`;
      return [
        row(application, 'APPLICATION', organization),
        ...times(workspaces, (each) => row(`${application}.workspace${each}`, 'WORKSPACE', application)),
        ...times(groups, (each) => row(`${application}.group${each}`, 'USER_GROUP', application)),
      ];
    }),
  ];
};

const userDraw = fc.record({
  tenant: fc.nat(),
  state: weighted<UserRow['state']>([6, fc.constant('ACTIVE')], [1, fc.constantFrom('INACTIVE', 'REMOVED')]),
  groups: fc.array(fc.nat(), { maxLength: 2 }),
  /** A role in their organization, and perhaps in every namespace of it. */
  post: maybe(1, fc.record({ role: fc.nat(), around: fc.boolean() })),
});

/** A grant; `astray` ones, which no act can make, cross the border of a tenant. */
export const grantDraw = fc.record({ subject: fc.nat(), role: fc.nat(), namespace: fc.nat(), astray: rarely(9) });

/** Few things and few addresses, so that a question often names the right one. */
export const thing = fc.record({ type: fc.constantFrom('customer', 'satellite'), id: fc.constantFrom('a', 'b') });
export const addressDraw = (bits: { minLength: number; maxLength: number }) =>
  fc.record({
    family: fc.constantFrom(4 as const, 6 as const),
    bits: fc.string({ unit: fc.constantFrom('0', '1'), ...bits }),
  });

const keyDraw = fc.record({
  home: fc.nat(),
  environment: fc.constantFrom('PRODUCTION' as const, 'STAGING' as const, 'DEVELOPMENT' as const),
  permissions: weighted([3, permissions], [1, fc.constant(universe)], [1, fc.constant(ofLevel('ADMIN'))]),
  user: fc.nat(),
  issuer: maybe(1, fc.nat()),
  parent: maybe(1, fc.nat()),
  stopped: rarely(9),
  /** Relative to now; 0 is the very instant (C17). */
  expiresIn: weighted<number | null>([3, fc.constant(null)], [2, fc.integer({ min: 1, max: 1e9 })], [1, fc.constantFrom(-1, 0, 1)]),
  /** What the people behind the key are granted at its home, and perhaps all over the tenant. */
  backing: maybe(6, fc.record({ role: fc.nat(), around: fc.boolean() })),
  things: weighted<readonly Drawn<typeof thing>[] | null>([4, fc.constant(null)], [1, fc.array(thing, { maxLength: 3 })]),
  networks: weighted<readonly Drawn<ReturnType<typeof addressDraw>>[] | null>(
    [4, fc.constant(null)],
    [1, fc.array(addressDraw({ minLength: 0, maxLength: 2 }), { maxLength: 3 })],
  ),
  astray: rarely(9),
});

const worldDraw = fc.record({
  now: fc.integer({ min: 1_000, max: 1_000_000_000_000 }),
  trees: fc.array(treeDraw, { minLength: 2, maxLength: 3 }),
  deleted: weighted<readonly number[]>([1, fc.constant([])], [1, fc.array(fc.nat(), { maxLength: 2 })]),
  users: fc.array(userDraw, { minLength: 3, maxLength: 7 }),
  roles: fc.array(permissions, { maxLength: 3 }),
  grants: fc.array(grantDraw, { maxLength: 12 }),
  keys: fc.array(keyDraw, { minLength: 1, maxLength: 4 }),
});
type Draw = Drawn<typeof worldDraw>;

const builtIn: readonly RoleRow[] = levels.map((level) => ({ id: level, permissions: ofLevel(level) }));

/** Who may be the subject of a grant in that namespace: users and groups of its tenant; astray: anybody. */
export function grantOf(world: World, draw: { subject: number; role: number; namespace: number; astray: boolean }): GrantRow {
  const namespace = pick(world.namespaces, draw.namespace).id;
  const tenant = tenantOf(world, namespace);
  const groups = world.namespaces.filter(({ kind, id }) => kind === 'USER_GROUP' && (draw.astray || tenantOf(world, id) === tenant));
  const users = world.users.filter((user) => draw.astray || user.tenant === tenant);
  const subjects = [...users, ...groups];
  const subject = pick(subjects.length > 0 ? subjects : world.users, draw.subject).id;
  return { subject, role: pick(world.roles, draw.role).id, namespace };
}

/** The groups of a tenant that users may be in. */
export const groupsOf = (world: Pick<World, 'namespaces'>, tenant: string): readonly string[] =>
  world.namespaces.filter(({ kind, id }) => kind === 'USER_GROUP' && id.startsWith(`${tenant}.`)).map(({ id }) => id);

/** The world that was drawn. */
function build({ now, trees, deleted, users, roles, grants, keys }: Draw): World {
  const planted = trees.flatMap((tree, index) => plant(tree, index));
  const gone = new Set(deleted.map((index) => pick(planted, index).id));
  const namespaces = planted.map((each) => ({ ...each, deleted: gone.has(each.id) }));
  const base: World = {
    now,
    namespaces,
    users: users.map(({ tenant, state, groups }, index): UserRow => {
      const home = `org${tenant % trees.length}`;
      const joinable = groupsOf({ namespaces }, home);
      return { id: `user${index}`, tenant: home, state, groups: joinable.length > 0 ? groups.map((each) => pick(joinable, each)) : [] };
    }),
    roles: [...builtIn, ...roles.map((each, index) => ({ id: `custom${index}`, permissions: each }))],
    grants: [],
    keys: [],
  };
  const everywhere = (tenant: string): readonly string[] => namespaces.map(({ id }) => id).filter((id) => tenantOf(base, id) === tenant);
  const posts = base.users.flatMap(({ id, tenant }, index): readonly GrantRow[] => {
    const { post } = pick(users, index);
    if (!post) return [];
    const role = pick(base.roles, post.role).id;
    return (post.around ? everywhere(tenant) : [tenant]).map((namespace) => ({ subject: id, role, namespace }));
  });
  const backing: GrantRow[] = [];
  const issued = keys.map((draw, index): KeyRow => {
    const { id: user, tenant } = pick(base.users, draw.user);
    const homes = draw.astray ? namespaces.map(({ id }) => id) : everywhere(tenant);
    const fellows = base.users.filter((each) => draw.astray || each.tenant === tenant);
    const home = pick(homes, draw.home);
    const issuer = draw.issuer === null ? user : pick(fellows, draw.issuer).id;
    if (draw.backing) {
      const role = pick(base.roles, draw.backing.role).id;
      const places = draw.backing.around ? homes : [home];
      backing.push(...places.flatMap((namespace) => [user, issuer].map((subject) => ({ subject, role, namespace }))));
    }
    return {
      id: `key${index}`,
      home,
      environment: draw.environment,
      permissions: draw.permissions,
      user,
      issuer,
      parent: draw.parent === null || index === 0 ? null : `key${draw.parent % index}`,
      stopped: draw.stopped,
      expiresAt: draw.expiresIn === null ? null : now + draw.expiresIn,
      things: draw.things,
      networks: draw.networks,
    };
  });
  return { ...base, grants: [...grants.map((draw) => grantOf(base, draw)), ...posts, ...backing], keys: issued };
}

/** Any small world. */
export const worlds: fc.Arbitrary<World> = worldDraw.map(build);

/** A change to the world, as one act of somebody would make it. */
export interface Change {
  readonly act: string;
  readonly draw: unknown;
  readonly apply: (world: World) => World;
}

const replaced = <Row extends { readonly id: string }>(table: readonly Row[], index: number, change: (row: Row) => Row): readonly Row[] =>
  table.length === 0 ? table : table.map((each) => (each === pick(table, index) ? change(each) : each));

const changing = <T>(act: string, drawn: fc.Arbitrary<T>, apply: (world: World, draw: T) => Partial<World>): fc.Arbitrary<Change> =>
  drawn.map((draw) => ({ act, draw, apply: (world) => ({ ...world, ...apply(world, draw) }) }));

const two = fc.tuple(fc.nat(), fc.nat());
const rowAndPermissions = fc.tuple(fc.nat(), permissions);
const rowAndState = fc.tuple(fc.nat(), fc.constantFrom('ACTIVE' as const, 'INACTIVE' as const, 'REMOVED' as const));

/** Everything that may happen to what a key can do. */
export const changes: fc.Arbitrary<Change> = fc.oneof(
  changing('grant', grantDraw, (world, draw) => ({ grants: [...world.grants, grantOf(world, draw)] })),
  changing('revoke grant', fc.nat(), ({ grants }, index) => ({ grants: grants.filter((each) => each !== pick(grants, index)) })),
  changing('edit role', rowAndPermissions, ({ roles }, [index, edited]) => ({
    roles: replaced(roles, index, (role) => ({ ...role, permissions: edited })),
  })),
  changing('join group', two, (world, [index, group]) => ({
    users: replaced(world.users, index, (user) => {
      const joinable = groupsOf(world, user.tenant);
      return joinable.length > 0 ? { ...user, groups: [...user.groups, pick(joinable, group)] } : user;
    }),
  })),
  changing('leave group', fc.nat(), ({ users }, index) => ({
    users: replaced(users, index, (user) => ({ ...user, groups: user.groups.slice(1) })),
  })),
  changing('deactivate, activate or remove', rowAndState, ({ users }, [index, state]) => ({
    users: replaced(users, index, (user) => (user.state === 'REMOVED' ? user : { ...user, state })),
  })),
  changing('edit key', rowAndPermissions, ({ keys }, [index, edited]) => ({
    keys: replaced(keys, index, (key) => ({ ...key, permissions: edited })),
  })),
  changing('regenerate key', two, (world, [index, issuer]) => ({
    keys: replaced(world.keys, index, (key) => ({ ...key, issuer: pick(world.users, issuer).id })),
  })),
  changing('revoke or reactivate key', fc.nat(), ({ keys }, index) => ({
    keys: replaced(keys, index, (key) => ({ ...key, stopped: !key.stopped })),
  })),
  changing('delete namespace', fc.nat(), ({ namespaces }, index) => ({
    namespaces: replaced(namespaces, index, (each) => ({ ...each, deleted: true })),
  })),
);
