import type { HeldRole, NamespaceFacts, Person } from './facts.js';
import { type Permission, permission } from './permissions.js';

const createOrganizations = permission('organization:create');

/** Nothing counts of an inactive or removed person, in a deleted namespace, or in another tenant. */
const counts = (person: Person, namespace: NamespaceFacts): boolean =>
  person.state === 'ACTIVE' && !namespace.deleted && person.organizationId === namespace.organizationId;

const rolesIn = (person: Person, namespace: NamespaceFacts): readonly HeldRole[] =>
  counts(person, namespace) ? person.grants.filter(({ namespaceId }) => namespaceId === namespace.id) : [];

/** Creating organizations means something in the installation's first one only. */
const means = (name: Permission, namespace: NamespaceFacts): boolean => namespace.first || name !== createOrganizations;

/**
 * What a person holds in exactly that namespace: the union of the roles granted there, to them and to their groups.
 * Nothing for an inactive or removed person, in a deleted namespace, or in another tenant.
 */
export function held(person: Person, namespace: NamespaceFacts): ReadonlySet<Permission> {
  const union = new Set<Permission>();
  for (const { permissions } of rolesIn(person, namespace)) {
    for (const name of permissions) if (means(name, namespace)) union.add(name);
  }
  return union;
}

/** The same as a question, which is answered without making the set: does this person hold that permission there? */
export function holdsIn(person: Person, namespace: NamespaceFacts): (name: Permission) => boolean {
  const roles = rolesIn(person, namespace);
  return (name) => means(name, namespace) && roles.some(({ permissions }) => permissions.has(name));
}

/** Whether a person holds anything at all there. */
export function holdsAnythingIn(person: Person, namespace: NamespaceFacts): boolean {
  if (!counts(person, namespace)) return false;
  for (const { namespaceId, permissions } of person.grants) {
    if (namespaceId !== namespace.id) continue;
    for (const name of permissions) if (means(name, namespace)) return true;
  }
  return false;
}
