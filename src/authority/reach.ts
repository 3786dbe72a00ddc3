import type { NamespaceFacts } from './facts.js';
import { type Permission, permission } from './permissions.js';

/** What a key at home in one namespace lets through to another. */
export type Reach = 'everything' | ReadonlySet<Permission>;

const nothing: Reach = new Set();
const organizationRecord: Reach = new Set([permission('organization:view')]);
const applicationRecord: Reach = new Set([permission('application:view')]);
const workspaceRecord: Reach = new Set((['workspace:view', 'workspace:edit', 'workspace:delete'] as const).map(permission));
const groupRecord: Reach = new Set((['userGroup:view', 'userGroup:edit', 'userGroup:delete'] as const).map(permission));

/**
 * Everything at home; elsewhere only the records of S3.17 to S3.24: one read-only ancestor of each kind, and under an
 * application's key the records of its workspaces and groups. Never siblings, never what is inside.
 */
export function reach(home: NamespaceFacts, target: NamespaceFacts): Reach {
  if (home.deleted || target.deleted || home.organizationId !== target.organizationId) return nothing;
  if (home.id === target.id) return 'everything';
  if (home.kind === 'ORGANIZATION') return nothing;
  switch (target.kind) {
    case 'ORGANIZATION':
      return organizationRecord;
    case 'APPLICATION':
      return target.id === home.applicationId ? applicationRecord : nothing;
    case 'WORKSPACE':
      return home.kind === 'APPLICATION' && target.applicationId === home.id ? workspaceRecord : nothing;
    case 'USER_GROUP':
      return home.kind === 'APPLICATION' && target.applicationId === home.id ? groupRecord : nothing;
  }
}

/** Whether a reach lets anything through at all. */
export const reachesAnything = (through: Reach): boolean => through === 'everything' || through.size > 0;

/** Whether a reach lets that permission through. */
export const letsThrough = (through: Reach, name: Permission): boolean => through === 'everything' || through.has(name);

/** Every namespace that a key at home there could reach at all; for conditions of queries, which still ask who holds what. */
export function reachable(home: NamespaceFacts): { readonly ids: readonly string[]; readonly childrenOf: string | null } {
  if (home.kind === 'ORGANIZATION') return { ids: [home.id], childrenOf: null };
  const ancestors = home.applicationId === null ? [home.organizationId] : [home.applicationId, home.organizationId];
  return { ids: [home.id, ...ancestors], childrenOf: home.kind === 'APPLICATION' ? home.id : null };
}
