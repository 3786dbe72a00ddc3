import type { Permission } from '../../src/authority/index.js';
import { universe } from '../authority/designTables.js';
import { type Asker, hasTheRight, holds, type Outcome, row, seesKey, seesRoles, seesUser } from '../authority/referenceModel.js';
import { pick } from '../authority/world.js';
import { andThen, anyPlace, callerOf, type Draw, type Plan, type PlanOf, signedIn } from './liveActs.js';
import type { LiveTenant } from './liveTenant.js';
import {
  calling,
  inCommon,
  isDeleted,
  type LiveKey,
  type LiveWorld,
  mayMakeKeys,
  neverCarried,
  opensDoor,
  person,
  roleAt,
  strengthOf,
  tried,
  withKey,
} from './liveWorld.js';

/** What of a key's permissions is said when one is made or edited, and whether it is refused before anything is decided. */
interface Said {
  readonly input: Readonly<Record<string, unknown>>;
  /** Null: what its people have in common. */
  readonly permissions: readonly Permission[] | null;
  readonly refused?: 'BAD_USER_INPUT' | 'NOT_FOUND';
}

/** At a level, in words that may fit, in words as they come, or with neither. */
function saidOf(world: LiveWorld, asker: Asker, draw: Draw, fitting: readonly Permission[]): Said {
  const level = (): Said => {
    const role = pick(world.roles, draw.what);
    const input = { roleId: role.id };
    const carried = role.permissions.filter((name) => !neverCarried.includes(name));
    if (role.id === roleAt('OWNER')) return { input, permissions: [], refused: 'BAD_USER_INPUT' };
    const builtIn = world.roles.indexOf(role) < world.roles.length - 2;
    if (!builtIn && !seesRoles(world, asker)) return { input, permissions: [], refused: 'NOT_FOUND' };
    return carried.length === 0 ? { input, permissions: [], refused: 'BAD_USER_INPUT' } : { input, permissions: carried };
  };
  const explicit = (permissions: readonly Permission[]): Said => {
    const bad = permissions.length === 0 || permissions.some((name) => neverCarried.includes(name));
    return { input: { permissions }, permissions, ...(bad && { refused: 'BAD_USER_INPUT' }) };
  };
  const within = fitting.filter((name) => draw.list.includes(name));
  switch (draw.how % 5) {
    case 0:
      return { input: {}, permissions: null };
    case 1:
      return level();
    case 2:
      return explicit(draw.list);
    default:
      return explicit(within.length > 0 ? within : fitting.slice(0, 1 + (draw.how % 7)));
  }
}

const environmentOf = ({ how }: Draw): LiveKey['environment'] =>
  how % 11 === 0 ? 'STAGING' : how % 13 === 0 ? 'DEVELOPMENT' : 'PRODUCTION';
/** Some keys die after a few ticks of the clock. */
const expiryOf = ({ now }: LiveWorld, { what }: Draw): number | null => (what % 3 === 0 ? now + 1_000 * (1 + (what % 9)) : null);

interface Making {
  readonly field: 'createApiKey' | 'createApiKeyForUser';
  readonly by: string;
  readonly home: string;
  readonly user: string;
  readonly issuer: string;
  readonly createdBy: string;
  readonly parent: LiveKey | null;
  readonly said: Said;
  readonly permissions: readonly Permission[];
  readonly outcome: readonly Outcome[];
  readonly also: readonly (readonly [stands: boolean, code: string])[];
  readonly more?: Readonly<Record<string, unknown>>;
}

const made = (world: LiveWorld, draw: Draw, { said, outcome, also, parent, ...making }: Making): Plan => {
  const { home, user, issuer, createdBy, permissions } = making;
  const [environment, expiresAt] = [parent && draw.whom % 8 > 0 ? parent.environment : environmentOf(draw), expiryOf(world, draw)];
  const wider: readonly (readonly [boolean, string])[] = parent
    ? [
        [parent.parent !== null, 'FORBIDDEN'],
        [environment !== parent.environment, 'BAD_USER_INPUT'],
        [parent.expiresAt !== null && (expiresAt === null || expiresAt > parent.expiresAt), 'BAD_USER_INPUT'],
      ]
    : [];
  const expiry = expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() };
  return {
    by: making.by,
    field: making.field,
    input: { namespaceId: home, environment, name: 'Key', ...said.input, ...expiry, ...making.more },
    selection: 'apiKey { id permissions } key',
    expected: said.refused ? [said.refused] : andThen(outcome, ...also, ...wider, [permissions.length === 0, 'EXCEEDS_AUTHORITY']),
    apply: ({ apiKey, key }) => {
      const { id } = apiKey as LiveKey;
      const life = { stopped: false, expiresAt, revokedBy: null, permanent: false, deleted: false, generation: 1, previous: null };
      const narrowed = { things: null, networks: null };
      const of = { home, environment, user, issuer, createdBy, permissions };
      return { ...world, keys: [...world.keys, { id, credential: String(key), parent: parent?.id ?? null, ...of, ...life, ...narrowed }] };
    },
  };
};

const createApiKey: PlanOf = (world, tenant, draw) => {
  const [by, home] = [callerOf(tenant, draw), anyPlace(world, draw)];
  const common = inCommon(world, [by], home);
  const said = saidOf(world, person(by), draw, common);
  const permissions = said.permissions ?? common;
  const own = universe.some((name) => holds(world, by, home, name));
  const handsOn = [{ namespace: home, permissions, behindKey: [by] }];
  const outcome = tried(world, person(by), { action: 'apiKey.create', where: home, own, handsOn });
  const plan = made(world, draw, {
    ...{ field: 'createApiKey', by, home, user: by, issuer: by, createdBy: by, parent: null, said, permissions, outcome },
    also: [[!mayMakeKeys(world, person(by), home), 'FORBIDDEN']],
  });
  return signedIn(world, by, plan);
};

const createApiKeyForUser: PlanOf = (world, tenant, draw) => {
  const [by, home, user] = [callerOf(tenant, draw), anyPlace(world, draw), pick(tenant.people, draw.whom)];
  const holdsSomething = universe.some((name) => holds(world, user, home, name));
  const known = row(world.users, user).state !== 'REMOVED' && (seesUser(world, person(by), user) || holdsSomething);
  const behindKey = known ? [user, by] : [by];
  const common = inCommon(world, behindKey, home);
  const said = saidOf(world, person(by), draw, common);
  const permissions = said.permissions ?? common;
  const handsOn = [{ namespace: home, permissions, behindKey }];
  const outcome = tried(world, person(by), { action: 'apiKey.createForUser', where: home, handsOn });
  const plan = made(world, draw, {
    ...{ field: 'createApiKeyForUser', by, home, user, issuer: by, createdBy: by, parent: null, said, permissions, outcome },
    also: [[!known, 'NOT_FOUND']],
    more: { userId: user },
  });
  return signedIn(world, by, plan);
};

/** A step that a key takes at its own door: refused as a whole where the key is not alive any more. */
const byKey = (world: LiveWorld, key: LiveKey, plan: Plan): Plan =>
  opensDoor(world, key) ? plan : { ...plan, expected: ['UNAUTHENTICATED'] };

const createByKey: PlanOf = (world, _tenant, draw) => {
  // Mostly a key that may: one that is alive and carries apiKey:create.
  const able = world.keys.filter((key) => key.permissions.some((name) => name === 'apiKey:create') && opensDoor(world, key));
  const parent = draw.by % 4 === 0 || able.length === 0 ? pick(world.keys, draw.whom) : pick(able, draw.by);
  const home = draw.where % 6 === 0 ? anyPlace(world, draw) : parent.home;
  const { id, user, issuer } = parent;
  const common = inCommon(world, [user, issuer], home, calling(id));
  const said = saidOf(world, calling(id), draw, common);
  const permissions = said.permissions ?? common;
  const handsOn = [{ namespace: home, permissions, behindKey: [user, issuer] }];
  const outcome = tried(world, calling(id), { action: 'apiKey.create', where: home, handsOn });
  const plan = made(world, draw, {
    ...{ field: 'createApiKey', by: id, home, user, issuer, createdBy: user, parent, said, permissions, outcome },
    also: [[!mayMakeKeys(world, calling(id), home), 'FORBIDDEN']],
  });
  return byKey(world, parent, plan);
};

/** Any key but those of the gateways, which the comparison asks with. */
const anyKey = ({ keys }: LiveWorld, { what }: Draw): LiveKey => pick(keys.slice(2), what);

type Payload = Readonly<Record<string, unknown>>;

/** An act on a key that is there, by a signed-in person. */
const onKey = (
  field: string,
  plan: (
    world: LiveWorld,
    key: LiveKey,
    by: string,
    draw: Draw,
  ) => Pick<Plan, 'expected'> &
    Partial<Plan> & { readonly then: Partial<LiveKey> | ((payload: Payload) => Partial<LiveKey>); readonly early?: string | undefined },
): PlanOf => {
  return (world: LiveWorld, tenant: LiveTenant, draw: Draw) => {
    // Half of the time the key's own user: others mostly may not.
    const key = anyKey(world, draw);
    const by = draw.by % 2 === 0 && key.user !== tenant.keeper ? key.user : callerOf(tenant, draw);
    const { then, early, expected, input = {}, selection = 'apiKey { id }' } = plan(world, key, by, draw);
    return signedIn(world, by, {
      ...{ by, field, selection, input: { id: key.id, ...input } },
      expected: early ? [early] : key.deleted || isDeleted(world, key.home) ? ['NOT_FOUND'] : expected,
      apply: (payload) => withKey(world, key.id, typeof then === 'function' ? then(payload) : then),
    });
  };
};

const visible = (world: LiveWorld, by: string, key: LiveKey): boolean => seesKey(world, person(by), key.id);

const updateApiKey = onKey('updateApiKey', (world, key, by, draw) => {
  const behindKey = [key.user, key.issuer, by];
  const said = saidOf(world, person(by), draw, inCommon(world, behindKey, key.home));
  const permissions = said.permissions ?? key.permissions;
  const added = permissions.filter((name) => !key.permissions.includes(name));
  const handsOn = [{ namespace: key.home, permissions: added, behindKey }];
  const seen = { where: key.home, visible: visible(world, by, key), own: key.user === by };
  const outcome = tried(world, person(by), { action: 'apiKey.update', ...seen, handsOn });
  const manages = hasTheRight(world, person(by), 'apiKey:manage' as Permission, key.home);
  const widens = added.length > 0 && key.createdBy !== key.user && !manages;
  return {
    input: said.input,
    early: said.refused,
    expected: andThen(outcome, [widens || (added.length > 0 && !mayMakeKeys(world, person(by), key.home)), 'FORBIDDEN']),
    then: { permissions },
  };
});

/** Who stopped it: whoever did so first, where its own user does so again. */
const stoppedBy = (key: LiveKey, by: string, own: boolean): string => (key.revokedBy !== null && own ? key.revokedBy : by);

const revokeApiKey = onKey('revokeApiKey', (world, key, by, { how }) => {
  const own = key.user === by;
  const permanent = how % 7 === 0;
  return {
    input: { permanent },
    expected: tried(world, person(by), { action: 'apiKey.revoke', where: key.home, visible: visible(world, by, key), own }),
    then: { stopped: true, revokedBy: stoppedBy(key, by, own), permanent: key.permanent || permanent, previous: null },
  };
});

const reactivateApiKey = onKey('reactivateApiKey', (world, key, by) => {
  const own = key.user === by && (key.revokedBy === null || key.revokedBy === key.user);
  const handsOn = [{ namespace: key.home, permissions: strengthOf(world, key) }];
  const outcome = tried(world, person(by), {
    action: 'apiKey.reactivate',
    where: key.home,
    visible: visible(world, by, key),
    own,
    handsOn,
  });
  const over = key.expiresAt !== null && key.expiresAt <= world.now;
  return { expected: andThen(outcome, [key.permanent || over, 'CONFLICT']), then: { stopped: false, revokedBy: null } };
});

/** Whoever regenerates a key becomes its issuer; the old secret works on through its grace, and no earlier one does. */
const regenerateApiKey = onKey('regenerateApiKey', (world, key, by, { how }) => {
  const own = key.user === by;
  const handsOn = own ? [] : [{ namespace: key.home, permissions: key.permissions, behindKey: [by] }];
  const seen = { where: key.home, visible: visible(world, by, key), own };
  const outcome = tried(world, person(by), { action: 'apiKey.regenerate', ...seen, handsOn });
  const [graceSeconds, expectedGeneration] = [how % 5, how % 3 === 0 ? 1 : null];
  const unexpected = expectedGeneration !== null && expectedGeneration !== key.generation;
  const over = key.expiresAt !== null && key.expiresAt <= world.now;
  const until = Math.min(world.now + graceSeconds * 1_000, key.expiresAt ?? Infinity);
  const previous = graceSeconds === 0 || key.stopped ? null : { credential: key.credential, issuer: key.issuer, until };
  return {
    input: { graceSeconds, expectedGeneration },
    selection: 'apiKey { id } key',
    expected: andThen(outcome, [key.permanent || over || unexpected, 'CONFLICT']),
    then: ({ key: credential }) => ({ issuer: by, credential: String(credential), generation: key.generation + 1, previous }),
  };
});

const deleteApiKey = onKey('deleteApiKey', (world, key, by) => ({
  selection: 'deletedApiKeyId',
  expected: tried(world, person(by), { action: 'apiKey.delete', where: key.home, visible: visible(world, by, key), own: key.user === by }),
  then: { stopped: true, deleted: true },
}));

/** A key revokes itself, and no other (R78). */
const revokeByKey: PlanOf = (world, _tenant, draw) => {
  const alive = world.keys.slice(2).filter((each) => opensDoor(world, each));
  const caller = draw.by % 4 === 0 || alive.length === 0 ? anyKey(world, { ...draw, what: draw.by }) : pick(alive, draw.by);
  const key = draw.how % 3 === 0 ? anyKey(world, draw) : caller;
  const own = key.id === caller.id;
  const seen = { where: key.home, visible: seesKey(world, calling(caller.id), key.id), own };
  const outcome = key.deleted ? (['NOT_FOUND'] as const) : tried(world, calling(caller.id), { action: 'apiKey.revoke', ...seen });
  return byKey(world, caller, {
    ...{ by: caller.id, field: 'revokeApiKey', input: { id: key.id }, selection: 'apiKey { id }', expected: outcome },
    apply: () => withKey(world, key.id, { stopped: true, revokedBy: stoppedBy(key, caller.user, own), previous: null }),
  });
};

/** What people and keys do to keys. */
export const keyActs: Readonly<Record<string, PlanOf>> = {
  ...{ createApiKey, createApiKeyForUser, createByKey },
  ...{ updateApiKey, revokeApiKey, reactivateApiKey, regenerateApiKey, deleteApiKey, revokeByKey },
};
