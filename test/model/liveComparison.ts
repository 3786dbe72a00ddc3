import type { Permission } from '../../src/authority/index.js';
import { universe } from '../authority/designTables.js';
import { mayUse, row, seesKey } from '../authority/referenceModel.js';
import { pick } from '../authority/world.js';
import type { Answer } from '../support/client.js';
import type { Draw } from './liveActs.js';
import type { LiveTenant } from './liveTenant.js';
import {
  calling,
  effectiveAtHome,
  inGrace,
  isActive,
  type LiveKey,
  type LiveWorld,
  opensDoor,
  person,
  statusOf,
  verdict,
  withKey,
} from './liveWorld.js';

/** What the service says of every key, beside what the reference model says. */

interface ListedKey {
  readonly id: string;
  readonly status: string;
  readonly permissions: readonly string[];
  readonly effectivePermissions: readonly string[];
}
interface Verified {
  readonly valid: boolean;
  readonly code: string;
  readonly effectivePermissions: readonly string[];
  readonly missingPermissions: readonly string[];
}

const listing = '{ apiKeys(first: 100) { nodes { id status permissions effectivePermissions } } }';
const listingIds = '{ apiKeys(first: 100) { nodes { id } } }';
const verifying =
  'mutation ($inputs: [VerifyApiKeyInput!]!) { verifyApiKeys(inputs: $inputs) { valid code effectivePermissions missingPermissions } }';

const sorted = (names: readonly string[]): string[] => [...names].sort();
const byId = (left: { readonly id: string }, right: { readonly id: string }): number => (left.id < right.id ? -1 : 1);

/** A key as a list must show it. */
const listed = (world: LiveWorld, key: LiveKey): ListedKey => {
  const status = statusOf(world, key);
  return {
    id: key.id,
    status,
    permissions: sorted(key.permissions),
    effectivePermissions: status === 'ACTIVE' ? sorted(effectiveAtHome(world, key)) : [],
  };
};

const listOf = ({ code, data }: Answer<{ apiKeys: { nodes: readonly ListedKey[] } }>): unknown =>
  code === 'OK' ? [...(data?.apiKeys.nodes ?? [])].sort(byId) : code;

/** A step that did not come out as the model says. */
const differs = (what: string, found: unknown, expected: unknown): void => {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}:\n  the service: ${left}\n  the model:   ${right}`);
};

/**
 * Compares the lists of keys of the owner and of each person, and a verification of every key, with the model. The owner
 * and one of the people, in turn, are shown all of each key; the others only which there are.
 */
export async function compare({ keeper, people, clients, gateways }: LiveTenant, world: LiveWorld, turn: number): Promise<void> {
  const living = world.keys.filter(({ deleted }) => !deleted);
  // Also what was replaced: it works until its grace has ended, and never again.
  const replaced = world.keys.filter(({ previous }) => previous !== null);
  const inputs = [...world.keys.map(({ credential }) => credential), ...replaced.map(({ previous }) => previous?.credential)].map(
    (key) => ({ key }),
  );
  const askers = [keeper, ...people];
  const inFull = new Set([keeper, pick(people, turn)]);
  const [verified, ...lists] = await Promise.all([
    gateways.PRODUCTION.ask<{ verifyApiKeys: readonly Verified[] }>(verifying, { inputs }),
    ...askers.map((id) => clients.get(id)?.send<{ apiKeys: { nodes: readonly ListedKey[] } }>(inFull.has(id) ? listing : listingIds)),
  ]);
  const all = living.map((key) => listed(world, key)).sort(byId);
  askers.forEach((id, index) => {
    const answer = lists[index];
    const keys = all.filter((key) => seesKey(world, person(id), key.id));
    const seen = isActive(world, id) ? keys.map((key) => (inFull.has(id) ? key : { id: key.id })) : 'UNAUTHENTICATED';
    differs(`the keys that ${id === keeper ? 'the owner' : id} sees`, answer && listOf(answer), seen);
  });
  verified.verifyApiKeys.forEach((found, index) => {
    const isReplaced = index >= world.keys.length;
    const key = isReplaced ? pick(replaced, index - world.keys.length) : pick(world.keys, index);
    const works = !isReplaced || inGrace(world, key);
    // A secret is worth what its own issuer holds, also once another person has obtained the next one (C12).
    const issuer = isReplaced ? key.previous?.issuer : undefined;
    const behind = issuer === undefined ? world : withKey(world, key.id, { issuer });
    const code = works ? verdict(behind, key, { environment: 'PRODUCTION' }) : 'NOT_FOUND';
    const valid = code === 'VALID';
    const expected = { valid, code, effectivePermissions: valid ? sorted(effectiveAtHome(behind, key)) : [], missingPermissions: [] };
    differs(`the verification of ${key.id}${isReplaced ? ' by its old secret' : ''}`, found, expected);
  });
}

/** Asks about every key there, for these permissions, as a service of one environment; and one key lists what it sees. */
export async function verify({ gateways, service }: LiveTenant, world: LiveWorld, draw: Draw): Promise<void> {
  const environment = draw.how % 4 === 0 ? 'STAGING' : 'PRODUCTION';
  const namespace = draw.by % 3 === 0 ? undefined : pick(world.namespaces, draw.where).id;
  const first = pick(world.keys, draw.what);
  const within = first.permissions.slice(0, 1 + (draw.how % 2));
  const asked: readonly Permission[] = draw.list.length === 0 || draw.by % 2 === 0 ? within : draw.list.slice(0, 3);
  const question = { ...(namespace === undefined ? {} : { namespaceId: namespace }), permissions: asked };
  const inputs = world.keys.map(({ credential }) => ({ key: credential, ...question }));
  const { verifyApiKeys } = await gateways[environment].ask<{ verifyApiKeys: readonly Verified[] }>(verifying, { inputs });
  verifyApiKeys.forEach((found, index) => {
    const key = pick(world.keys, index);
    const there = namespace ?? key.home;
    const code = verdict(world, key, { environment, ...(namespace === undefined ? {} : { namespace }), permissions: asked });
    const may = (name: Permission): boolean => mayUse(world, key.id, there, name);
    const expected: Verified = {
      valid: code === 'VALID',
      code,
      effectivePermissions: code === 'VALID' ? sorted(universe.filter(may)) : [],
      missingPermissions: code === 'INSUFFICIENT_PERMISSIONS' ? asked.filter((name) => !may(name)) : [],
    };
    const asksFor = `${asked.join(', ')} in ${namespace ?? 'its home'} as a service of ${environment}`;
    differs(`the verification of ${key.id} for ${asksFor}`, found, expected);
  });

  const looking = pick(world.keys.slice(2), draw.what);
  const client = service.anonymous.as(looking.credential, doors[looking.environment]);
  const sees = ({ id, deleted }: LiveKey): boolean => !deleted && seesKey(world, calling(looking.id), id);
  const list = opensDoor(world, looking) ? world.keys.filter(sees).map((key) => listed(world, key)) : null;
  differs(`the keys that the key ${looking.id} sees`, listOf(await client.send(listing)), list?.sort(byId) ?? 'UNAUTHENTICATED');
}

export const doors = { PRODUCTION: '/graphql', STAGING: '/staging/graphql', DEVELOPMENT: '/development/graphql' } as const;

/** Who sends a step: a person with their session, or a key at the door of its environment. */
export function senderOf({ clients, service }: LiveTenant, world: LiveWorld, by: string) {
  const session = clients.get(by);
  if (session) return session;
  const { credential, environment } = row<LiveKey>(world.keys, by);
  return service.anonymous.as(credential, doors[environment]);
}
