import { builtInRole, type HeldRole, isReserved, type Permission, type Person } from '../authority/index.js';
import type { HoldingRow, PeopleRows } from './ContextStore.js';
import type { Ground } from './Grounds.js';
import { idsBehind, type ReadKey } from './ReadKey.js';

/** Somebody as both of the people behind a key: one pair for all keys that they issued to themselves. */
type Twice = readonly [user: Person, issuer: Person];

/** Those behind a key, by their id, with what they hold in its home. */
export type PeopleBehind = (userId: string) => Twice;

const REGISTERED = 'registered';

/** What somebody holds in a key's home is remembered by: on a key that carries what the tenant has registered, with all of that. */
const nameOf = ({ home, permissions }: ReadKey): string => ([...permissions].every(isReserved) ? home.id : `${home.id} ${REGISTERED}`);

/** The people behind a key as they are remembered; null where one of them is not, with what they hold in its home. */
export function rememberedPeople(key: ReadKey): PeopleBehind | null {
  const name = nameOf(key);
  const people = new Map(idsBehind(key.row).map((id) => [id, key.ground(id).recallWith(key.tenant, name) as Twice | undefined]));
  return [...people.values()].includes(undefined) ? null : (userId) => people.get(userId) as Twice;
}

/** The people behind a key as they were read; `registered` tells what the tenant has registered. Each is remembered once asked for. */
export async function peopleBehind(
  key: ReadKey,
  { standings, holdings }: PeopleRows,
  registered: () => Promise<readonly string[]>,
): Promise<PeopleBehind> {
  const { home, tenant } = key;
  const name = nameOf(key);
  // As far as it can matter: where they are granted a role that holds all of it. It is asked for once as long as the tenant's ground stands.
  const matters = name !== home.id && holdings.some(({ roleId }) => builtInRole(roleId)?.holdsRegistered === true);
  const own = matters ? await registeredIn(tenant, registered) : null;
  // What the roles hold is the tenant's, who has them the person's: a withdrawal of either ends this.
  return (userId) =>
    key.ground(userId).shareWith(tenant, name, () => {
      const standing = standings.find(({ id }) => id === userId);
      const state = !standing || standing.removed ? 'REMOVED' : standing.active ? 'ACTIVE' : 'INACTIVE';
      const grants = holdings
        .filter((holding) => holding.userId === userId)
        .map((holding): HeldRole => ({ namespaceId: home.id, permissions: permissionsOf(holding, tenant, own) }));
      const person: Person = { id: userId, organizationId: tenant.id, state, grants };
      return [person, person];
    });
}

async function registeredIn(tenant: Ground, registered: () => Promise<readonly string[]>): Promise<ReadonlySet<Permission>> {
  const names = (tenant.recall(REGISTERED) as ReadonlySet<Permission> | undefined) ?? new Set((await registered()) as Permission[]);
  return tenant.share(REGISTERED, () => names);
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
