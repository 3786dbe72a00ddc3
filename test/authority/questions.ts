import * as fc from 'fast-check';
import type { Environment, Permission } from '../../src/authority/index.js';
import { actNames, universe } from './designTables.js';
import { type Asker, type Handed, type Inquiry, row, tenantOf, tenantOfAsker, type Trial, usesHere, type World } from './referenceModel.js';
import { addressDraw, type Drawn, permissions, pick, thing, weighted, worlds } from './world.js';

/** What the laws ask of a world: inquiries about its keys, and attempts of its users and keys. Numbers are rows to pick. */

/** A law, ready to be checked. */
export type Property = fc.IPropertyWithHooks<unknown>;

/** Where: left out, near the key's home, anywhere, nowhere. What: left out, what the key carries, or anything. */
const inquiryDraw = fc.record({
  key: fc.nat(),
  environment: weighted<Environment | null>([9, fc.constant(null)], [1, fc.constantFrom('PRODUCTION', 'STAGING', 'DEVELOPMENT')]),
  namespace: weighted<{ near: number } | { far: number } | null | undefined>(
    [3, fc.constant(undefined)],
    [5, fc.record({ near: fc.nat() })],
    [1, fc.record({ far: fc.nat() })],
    [1, fc.constant(null)],
  ),
  permissions: weighted<{ carried: number[] } | { any: readonly Permission[] } | undefined>(
    [2, fc.constant(undefined)],
    [5, fc.record({ carried: fc.array(fc.nat(), { maxLength: 2 }) })],
    [1, fc.record({ any: permissions })],
  ),
  resource: fc.option(thing, { nil: undefined }),
  address: fc.option(addressDraw({ minLength: 4, maxLength: 4 }), { nil: undefined }),
});
type InquiryDraw = Drawn<typeof inquiryDraw>;

/** The namespaces about a home: itself, what stands above it and what stands in it. */
const about = (world: World, home: string): readonly string[] =>
  world.namespaces.map(({ id }) => id).filter((id) => id.startsWith(home) || home.startsWith(id));

/** A question that is likely enough to be answered with yes. */
function inquiryOf(world: World, draw: InquiryDraw): Inquiry {
  const key = pick(world.keys, draw.key);
  const carried = key.permissions.length > 0 ? key.permissions : universe;
  const place = draw.namespace;
  const there = !place ? place : 'near' in place ? pick(about(world, key.home), place.near) : pick(world.namespaces, place.far).id;
  const names = draw.permissions;
  const asked = !names ? names : 'any' in names ? names.any : names.carried.map((index) => pick(carried, index));
  return {
    key: key.id,
    environment: draw.environment ?? key.environment,
    ...(there === undefined ? {} : { namespace: there }),
    ...(asked === undefined ? {} : { permissions: asked }),
    ...(draw.resource === undefined ? {} : { resource: draw.resource }),
    ...(draw.address === undefined ? {} : { address: draw.address }),
  };
}

/** A world, and questions about its keys. */
export const inquired: fc.Arbitrary<{ world: World; inquiries: readonly Inquiry[] }> = fc
  .tuple(worlds, fc.array(inquiryDraw, { minLength: 1, maxLength: 5 }))
  .map(([world, draws]) => ({ world, inquiries: draws.map((draw) => inquiryOf(world, draw)) }));

/** All users and all keys. */
export const askersOf = (world: World): readonly Asker[] => [
  ...world.users.map(({ id }) => ({ kind: 'USER', id }) as const),
  ...world.keys.map(({ id }) => ({ kind: 'KEY', id }) as const),
];

const handedDraw = fc.record({
  namespace: fc.nat(),
  permissions: fc.oneof(permissions, fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 3 })),
  behindKey: weighted<readonly number[] | null>(
    [3, fc.constant(null)],
    [5, fc.array(fc.nat(), { minLength: 1, maxLength: 2 })],
    [1, fc.constant([])],
  ),
});

/** None more often than some. */
const few = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.oneof(fc.constant([]), fc.array(each, { maxLength: 2 }));

const trialDraw = fc.record({
  asker: fc.nat(),
  action: fc.oneof(fc.constantFrom(...actNames), fc.constantFrom(...actNames.filter((name) => name.startsWith('apiKey.')))),
  where: fc.nat(),
  place: fc.nat({ max: 9 }),
  visible: fc.boolean(),
  own: fc.nat({ max: 3 }),
  touches: few(fc.record({ level: fc.constantFrom('OWNER' as const, 'ADMIN' as const), namespace: fc.nat() })),
  handsOn: few(handedDraw),
});
type HandedDraw = Drawn<typeof handedDraw>;
type TrialDraw = Drawn<typeof trialDraw>;

/** Power handed on, most of the time out of what who asks may use there. */
function handedOf(world: World, asker: Asker, places: readonly string[], draw: HandedDraw): Handed {
  const namespace = pick(places, draw.namespace);
  const [first] = draw.permissions;
  const usable = universe.filter((name) => usesHere(world, asker, namespace, name));
  const names =
    typeof first === 'number'
      ? (draw.permissions as readonly number[]).map((index) => pick(usable.length > 0 ? usable : universe, index))
      : (draw.permissions as readonly Permission[]);
  const own = asker.kind === 'USER' ? asker.id : row(world.keys, asker.id).user;
  // Nobody behind a key that a key makes: emptyPeopleAreBeyond asks about that by itself.
  const people = asker.kind === 'KEY' && draw.behindKey?.length === 0 ? [0] : draw.behindKey;
  const behindKey = people?.map((index) => (index % 2 > 0 ? own : pick(world.users, index).id));
  return { namespace, permissions: names, ...(behindKey ? { behindKey } : {}) };
}

/** The namespaces of a tenant. */
const within = (world: World, tenant: string): readonly string[] =>
  world.namespaces.map(({ id }) => id).filter((id) => tenantOf(world, id) === tenant);

/** Where an asker has power, if anywhere: a key at home, a user where something was granted to them. */
function seats(world: World, { kind, id }: Asker): readonly string[] {
  if (kind === 'KEY') return [row(world.keys, id).home];
  const granted = world.grants.filter(({ subject }) => subject === id).map(({ namespace }) => namespace);
  return granted.length > 0 ? granted : [row(world.users, id).tenant];
}

/** An attempt: one in ten of them anywhere, half where the asker has power, the others somewhere in their tenant. */
function trialOf(world: World, draw: TrialDraw): Trial {
  const asker = pick(askersOf(world), draw.asker);
  const everywhere = world.namespaces.map(({ id }) => id);
  const seat = pick(seats(world, asker), draw.where);
  const places = draw.place === 0 ? everywhere : draw.place < 6 ? [seat] : within(world, tenantOfAsker(world, asker));
  return {
    asker,
    action: draw.action,
    where: pick(places, draw.where),
    visible: draw.visible,
    own: draw.own === 0,
    touches: draw.touches.map(({ level, namespace }) => ({ level, namespace: pick(places, namespace) })),
    handsOn: draw.handsOn.map((handed) => handedOf(world, asker, places, handed)),
  };
}

/** A world, and attempts in it. */
export const attempted: fc.Arbitrary<{ world: World; trials: readonly Trial[] }> = fc
  .tuple(worlds, fc.array(trialDraw, { minLength: 1, maxLength: 8 }))
  .map(([world, draws]) => ({ world, trials: draws.map((draw) => trialOf(world, draw)) }));
