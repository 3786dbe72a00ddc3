import type { Action, Permission } from '../../src/authority/index.js';
import { levels, matrixRows, ofLevel, sessionOnlyNames, universe } from '../authority/designTables.js';
import {
  type Asker,
  type GrantRow,
  type Handed,
  hasTheRight,
  holds,
  type KeyRow,
  mayUse,
  type Outcome,
  outcomes,
  row,
  sees,
  type Trial,
  usesHere,
  verdicts,
  type World,
} from '../authority/referenceModel.js';

/** The reference model's world as a running service has it: the ids are the service's own, and a key has a history. */

export interface LiveKey extends KeyRow {
  readonly credential: string;
  readonly createdBy: string;
  /** Who stopped it; null while nobody did. */
  readonly revokedBy: string | null;
  readonly permanent: boolean;
  readonly deleted: boolean;
  readonly generation: number;
  /** The credential before the current one, who obtained it, and until when it works as well; null: it stopped at once, or there was none. */
  readonly previous: { readonly credential: string; readonly issuer: string; readonly until: number } | null;
}
export interface LiveGrant extends GrantRow {
  readonly id: string;
}
export interface LiveWorld extends World {
  /** The setting of the tenant (C9). */
  readonly membersMayCreateApiKeys: boolean;
  readonly grants: readonly LiveGrant[];
  readonly keys: readonly LiveKey[];
}

export const builtInRoles = levels.map((level) => ({ id: `rol_${level.toLowerCase()}`, permissions: ofLevel(level) }));

/** "Left out of a key's default list and refused in an explicit one, except … the matrix rows of S0 other than `owner:manage`." */
export const neverCarried = sessionOnlyNames.filter((name) => name === 'owner:manage' || !matrixRows.includes(name));
/** "`owner:manage`, `namespace:recover`, `organization:create` are in no custom role and on no key." */
export const neverInRoles: readonly string[] = ['owner:manage', 'namespace:recover', 'organization:create'];

export const person = (id: string): Asker => ({ kind: 'USER', id });
export const calling = (id: string): Asker => ({ kind: 'KEY', id });

/** What somebody asks to do, without what is the same for most. */
export type Tried = Partial<Trial> & { readonly action: Action; readonly where: string };

/** How an act may end by the text of the design. */
export const tried = (world: World, asker: Asker, trial: Tried): readonly Outcome[] =>
  outcomes(world, { asker, visible: sees(world, asker, trial.where), own: false, touches: [], handsOn: [], ...trial });

/** A user's own id and those of their groups. */
export const subjectsOf = (world: World, id: string): readonly string[] => [id, ...row(world.users, id).groups];

/** Every OWNER and ADMIN that these subjects are granted. */
export const carriedBy = (world: World, subjects: readonly string[]): Trial['touches'] =>
  world.grants.flatMap(({ subject, role, namespace }) =>
    subjects.includes(subject)
      ? (['OWNER', 'ADMIN'] as const).filter((level) => role === roleAt(level)).map((level) => ({ level, namespace }))
      : [],
  );

export const roleAt = (level: string): string => `rol_${level.toLowerCase()}`;

/** All that these subjects are granted, namespace by namespace. */
export const handedOnBy = (world: World, subjects: readonly string[]): readonly Handed[] =>
  world.grants
    .filter(({ subject }) => subjects.includes(subject))
    .map(({ role, namespace }) => ({ namespace, permissions: givenBy(world, role, namespace) }));

/** What a role gives in a namespace: creating organizations is for the installation's first one only. */
export const givenBy = (world: World, role: string, namespace: string): readonly Permission[] =>
  row(world.roles, role).permissions.filter((name) => name !== 'organization:create' || world.namespaces[0]?.id === namespace);

export const isActive = (world: World, user: string): boolean => row(world.users, user).state === 'ACTIVE';
export const isDeleted = (world: World, namespace: string): boolean => row(world.namespaces, namespace).deleted;

/** Where the tenant keeps it to its admins, whether somebody may make keys for themselves and widen them (C9, section 2). */
export const mayMakeKeys = (world: LiveWorld, asker: Asker, home: string): boolean =>
  world.membersMayCreateApiKeys ||
  ['apiKey:createForUser', 'apiKey:manage'].some((name) => hasTheRight(world, asker, name as Permission, home));

/** What all of these people hold in a namespace and a key may carry; under a key, no more than that one may use. */
export const inCommon = (world: World, people: readonly string[], home: string, under?: Asker): readonly Permission[] =>
  universe.filter(
    (name) =>
      !neverCarried.includes(name) &&
      people.every((each) => holds(world, each, home, name)) &&
      (!under || usesHere(world, under, home, name)),
  );

/** What a key can do at home now, whether it is alive or not. */
export const effectiveAtHome = (world: World, { id, home }: KeyRow): readonly Permission[] =>
  universe.filter((name) => mayUse(world, id, home, name));

/** The same once everybody behind it is awake: what reactivating it hands on. */
export function strengthOf(world: World, key: KeyRow): readonly Permission[] {
  const users = world.users.map((each) =>
    [key.user, key.issuer].includes(each.id) && each.state === 'INACTIVE' ? { ...each, state: 'ACTIVE' as const } : each,
  );
  return effectiveAtHome({ ...world, users }, key);
}

/** How a verification of a key ends: its permissions asked for, or none, at home or elsewhere. */
export function verdict(world: LiveWorld, key: LiveKey, question: Omit<Parameters<typeof verdicts>[1], 'key'>): string {
  return key.deleted ? 'NOT_FOUND' : (verdicts(world, { key: key.id, ...question })[0] ?? 'VALID');
}

/** Whether the secret before the current one still works as that one does. */
export const inGrace = ({ now }: LiveWorld, { previous }: LiveKey): boolean => previous !== null && now < previous.until;

/** Its status as a list tells it. */
export function statusOf(world: LiveWorld, key: LiveKey): string {
  const code = verdict(world, key, { environment: key.environment });
  return code === 'INACTIVE' || code === 'EXPIRED' ? code : 'ACTIVE';
}

/** Whether a key opens the door of its environment. */
export const opensDoor = (world: LiveWorld, key: LiveKey): boolean =>
  !['NOT_FOUND', 'INACTIVE', 'EXPIRED', 'HOLDER_LOST_ACCESS'].includes(verdict(world, key, { environment: key.environment }));

/** The world with one key changed. */
export const withKey = (world: LiveWorld, id: string, change: Partial<LiveKey>): LiveWorld => ({
  ...world,
  keys: world.keys.map((each) => {
    if (each.id === id) return { ...each, ...change };
    // What stops a key ends the graces of those that it made.
    return change.stopped === true && each.parent === id ? { ...each, previous: null } : each;
  }),
});
