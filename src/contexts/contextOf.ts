import {
  builtInRole,
  type HeldRole,
  isReserved,
  type KeyFacts,
  type NamespaceFacts,
  type Permission,
  type Person,
} from '../authority/index.js';
import { networksOf } from '../domain/index.js';
import type { ContextRow, HoldingRow } from './ContextStore.js';
import type { Ground } from './Grounds.js';
import { KeyContext } from './KeyContext.js';
import { permissionSet } from './permissionSets.js';

/** What the tenant has registered, where a context cannot be made without it. */
export type Registered = () => Promise<readonly string[]>;

/** Whatever a key rests on: a withdrawal names one of these. */
export const restsOn = (row: ContextRow): readonly string[] => [
  ...new Set([row.id, row.organizationId, row.userId, row.issuedBy, row.previousIssuedBy, row.parentId].filter((id) => id !== null)),
];

/** Makes what is remembered of a key from what was read of it. What it shares with others hangs on its grounds, which are those of `restsOn`. */
export async function contextOf(row: ContextRow, grounds: readonly Ground[], registered: Registered): Promise<KeyContext> {
  const ground = (id: string): Ground => grounds.find((each) => each.id === id) as Ground;
  const tenant = ground(row.organizationId);

  const home: NamespaceFacts = tenant.share(row.home.id, () => ({ ...row.home, organizationId: tenant.id, first: false }));
  const permissions = permissionSet(row.permissions, (name) => tenant.share(`permission ${name}`, () => name));
  const own = await registeredOn(row, permissions, tenant, registered);
  const alone = (userId: string): Alone => aloneOf(userId, row, home, tenant, ground(userId), own);
  const oneself = alone(row.userId);
  const facts = (issuedBy: string): KeyFacts => ({
    id: row.id,
    home,
    environment: row.environment,
    permissions,
    people: issuedBy === row.userId ? oneself : [oneself[0], alone(issuedBy)[0]],
    stopped: row.revoked,
    expiresAt: row.expiresAt,
    restrictions: row.restrictions,
    networks: row.allowedCidrs && networksOf(row.allowedCidrs),
    rateLimit: row.rateLimit,
    parent: row.parent,
  });
  const { previousDigest, previousUntil, previousIssuedBy } = row;
  const earlier =
    previousDigest && previousUntil !== null && previousIssuedBy !== null
      ? { digest: previousDigest, until: previousUntil, facts: facts(previousIssuedBy) }
      : null;
  const known = {
    facts: facts(row.issuedBy),
    name: row.name,
    metadata: row.metadata,
    digest: row.digest,
    earlier,
    generation: row.generation,
  };
  return new KeyContext(known, grounds);
}

/**
 * What the tenant has registered, as far as it can matter: on a key that carries such a permission and whose people are
 * granted a role that holds all of them. It is asked for once as long as the tenant's ground stands.
 */
async function registeredOn(row: ContextRow, permissions: ReadonlySet<Permission>, tenant: Ground, registered: Registered) {
  const matters =
    [...permissions].some((name) => !isReserved(name)) && row.holdings.some(({ roleId }) => builtInRole(roleId)?.holdsRegistered === true);
  if (!matters) return null;
  const names = (tenant.recall(REGISTERED) as ReadonlySet<Permission> | undefined) ?? new Set((await registered()) as Permission[]);
  return tenant.share(REGISTERED, () => names);
}

const REGISTERED = 'registered';

/** Somebody who issued a key to themselves, as the two people behind it: one pair for all such keys of theirs. */
type Alone = readonly [user: Person, issuer: Person];

function aloneOf(
  userId: string,
  row: ContextRow,
  home: NamespaceFacts,
  tenant: Ground,
  ground: Ground,
  registered: ReadonlySet<Permission> | null,
): Alone {
  // What the roles hold is the tenant's, who has them the person's: a withdrawal of either ends this.
  return ground.shareWith(tenant, registered ? `${home.id} ${REGISTERED}` : home.id, () => {
    const standing = row.people.find(({ id }) => id === userId);
    const state = !standing || standing.removed ? 'REMOVED' : standing.active ? 'ACTIVE' : 'INACTIVE';
    const grants = row.holdings
      .filter((holding) => holding.userId === userId)
      .map((holding): HeldRole => ({ namespaceId: home.id, permissions: permissionsOf(holding, tenant, registered) }));
    const person: Person = { id: userId, organizationId: tenant.id, state, grants };
    return [person, person];
  });
}

const nothing: ReadonlySet<Permission> = new Set();

function permissionsOf(
  { roleId, permissions }: HoldingRow,
  tenant: Ground,
  registered: ReadonlySet<Permission> | null,
): ReadonlySet<Permission> {
  const builtIn = builtInRole(roleId);
  if (!builtIn) return permissions === null ? nothing : tenant.share(roleId, () => new Set(JSON.parse(permissions) as Permission[]));
  if (!builtIn.holdsRegistered || !registered) return builtIn.permissions;
  return tenant.share(`${roleId} ${REGISTERED}`, () => new Set([...builtIn.permissions, ...registered]));
}
