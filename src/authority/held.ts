import type { NamespaceFacts, Person } from './facts.js';
import { type Permission, permission } from './permissions.js';

const nothing: ReadonlySet<Permission> = new Set();
const createOrganizations = permission('organization:create');

/**
 * What a person holds in exactly that namespace: the union of the roles granted there, to them and to their groups.
 * Nothing for an inactive or removed person, in a deleted namespace, or in another tenant.
 */
export function held(person: Person, namespace: NamespaceFacts): ReadonlySet<Permission> {
  if (person.state !== 'ACTIVE' || namespace.deleted || person.organizationId !== namespace.organizationId) return nothing;
  const union = new Set<Permission>();
  for (const grant of person.grants) {
    if (grant.namespaceId !== namespace.id) continue;
    for (const each of grant.permissions) union.add(each);
  }
  if (!namespace.first) union.delete(createOrganizations);
  return union;
}
