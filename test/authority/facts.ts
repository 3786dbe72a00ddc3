import type {
  Action,
  Address,
  Attempt,
  Caller,
  HandedOn,
  KeyFacts,
  KeyQuestion,
  NamespaceFacts,
  Network,
  Permission,
  Person,
} from '../../src/authority/index.js';
import {
  type AddressRow,
  type Asker,
  type Handed,
  type Inquiry,
  row,
  tenantOf,
  tenantOfAsker,
  type Trial,
  type World,
} from './referenceModel.js';

/** The translation of a world's rows into the facts that the real calculus is asked about, as a store would make it. */

/** A namespace's facts. */
export function namespaceFacts(world: World, id: string): NamespaceFacts {
  const { kind, parent, deleted } = row(world.namespaces, id);
  const inApplication = parent !== null && row(world.namespaces, parent).kind === 'APPLICATION';
  const first = world.namespaces[0]?.id === id;
  return { id, kind, organizationId: tenantOf(world, id), applicationId: inApplication ? parent : null, deleted, first };
}

/** A user with all grants, their own and those of their groups. */
export function personFacts(world: World, id: string): Person {
  const { tenant, state, groups } = row(world.users, id);
  const subjects = new Set([id, ...groups]);
  const grants = world.grants
    .filter(({ subject }) => subjects.has(subject))
    .map(({ namespace, role }) => ({ namespaceId: namespace, permissions: permissionsOf(world, role) }));
  return { id, organizationId: tenant, state, grants };
}

const sets = new WeakMap<readonly Permission[], ReadonlySet<Permission>>();

/** A role's permissions; the set of a list is made once, since the laws ask for it very often. */
function permissionsOf(world: World, role: string): ReadonlySet<Permission> {
  const list = row(world.roles, role).permissions;
  const set = sets.get(list) ?? new Set(list);
  sets.set(list, set);
  return set;
}

/** An address by its four bits, as if they were all that an address has. */
const addressFacts = ({ family, bits }: AddressRow): Address => ({ family, value: BigInt(`0b${bits}`) });

/** All addresses that begin so. */
const networkFacts = ({ family, bits }: AddressRow): Network => ({
  family,
  first: BigInt(`0b${bits.padEnd(4, '0')}`),
  last: BigInt(`0b${bits.padEnd(4, '1')}`),
});

/** A key with its home, the people behind it and its parent's life. */
export function keyFacts(world: World, id: string): KeyFacts {
  const { home, environment, permissions, stopped, expiresAt, user, issuer, parent, things, networks } = row(world.keys, id);
  const person = personFacts(world, user);
  return {
    id,
    home: namespaceFacts(world, home),
    environment,
    permissions: new Set(permissions),
    people: [person, issuer === user ? person : personFacts(world, issuer)],
    parent: parent === null ? null : { stopped: row(world.keys, parent).stopped, expiresAt: row(world.keys, parent).expiresAt },
    stopped,
    expiresAt,
    restrictions: things && things.map((thing) => ({ type: thing.type, ids: [thing.id] })),
    networks: networks && networks.map(networkFacts),
    rateLimit: null,
  };
}

/** Who asks, in their tenant. */
export function callerFacts(world: World, asker: Asker): Caller {
  const tenant = namespaceFacts(world, tenantOfAsker(world, asker));
  return asker.kind === 'USER'
    ? { kind: 'USER', tenant, person: personFacts(world, asker.id) }
    : { kind: 'KEY', tenant, key: keyFacts(world, asker.id) };
}

/** A question about a key. */
export function questionFacts(world: World, { environment, namespace, permissions, resource, address }: Inquiry): KeyQuestion {
  return {
    environment,
    now: world.now,
    ...(namespace === undefined ? {} : { namespace: namespace === null ? null : namespaceFacts(world, namespace) }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(resource === undefined ? {} : { resource }),
    ...(address === undefined ? {} : { address: addressFacts(address) }),
  };
}

/** Power handed on. */
export const handedFacts = (world: World, { namespace, permissions, behindKey }: Handed): HandedOn => ({
  namespace: namespaceFacts(world, namespace),
  permissions,
  ...(behindKey === undefined ? {} : { behindKey: behindKey.map((id) => personFacts(world, id)) }),
});

/** An attempt. */
export function attemptFacts(world: World, trial: Trial): Attempt<Action> {
  const demands = {
    touches: trial.touches.map(({ level, namespace }) => ({ level, namespace: namespaceFacts(world, namespace) })),
    handsOn: trial.handsOn.map((handed) => handedFacts(world, handed)),
  };
  return {
    action: trial.action,
    caller: callerFacts(world, trial.asker),
    where: namespaceFacts(world, trial.where),
    visible: trial.visible,
    own: trial.own,
    target: `target of ${trial.action}`,
    transaction: world,
    ...demands,
  };
}
