import type { Change } from '../access/index.js';
import { type HandedOn, held, type NamespaceFacts, type Permission, type Touched } from '../authority/index.js';

const levels: ReadonlyMap<string, Touched['level']> = new Map([
  ['rol_owner', 'OWNER'],
  ['rol_admin', 'ADMIN'],
]);

/** The level whose bearers need a right of their own to be touched, where a role is one. */
export function touchedBy(roleId: string, namespace: NamespaceFacts): Touched[] {
  const level = levels.get(roleId);
  return level ? [{ level, namespace }] : [];
}

/** Every OWNER and ADMIN that these subjects (users and groups) are granted, in any namespace: what touching them touches. */
export async function carriedBy(change: Change, subjectIds: readonly string[]): Promise<Touched[]> {
  const found = await livingGrants(change, subjectIds);
  return found.flatMap(({ roleId, namespace }) => touchedBy(roleId, namespace));
}

/** What these subjects are granted, namespace by namespace: the power that is handed on to whoever joins or returns to them. */
export async function handedOnBy(change: Change, subjectIds: readonly string[]): Promise<HandedOn[]> {
  const found = await livingGrants(change, subjectIds);
  const byNamespace = Map.groupBy(found, ({ namespace }) => namespace);
  return Promise.all(
    [...byNamespace].map(async ([namespace, grants]) => {
      const roles = await Promise.all(grants.map(({ roleId }) => change.facts.permissionsOf(roleId)));
      return { namespace, permissions: heldThere(namespace, roles) };
    }),
  );
}

/** What a living person of the tenant would hold in a namespace by these roles alone: what granting them hands on. */
export function heldThere(namespace: NamespaceFacts, roles: readonly ReadonlySet<Permission>[]): ReadonlySet<Permission> {
  const grants = roles.map((permissions) => ({ namespaceId: namespace.id, permissions }));
  return held({ id: '', organizationId: namespace.organizationId, state: 'ACTIVE', grants }, namespace);
}

async function livingGrants(change: Change, subjectIds: readonly string[]): Promise<{ roleId: string; namespace: NamespaceFacts }[]> {
  const grants = await change.facts.grantsOf(...subjectIds);
  const found = await Promise.all(
    grants.map(async ({ roleId, namespaceId }) => ({ roleId, namespace: await change.facts.namespace(namespaceId) })),
  );
  return found.flatMap(({ roleId, namespace }) => (namespace && !namespace.deleted ? [{ roleId, namespace }] : []));
}
