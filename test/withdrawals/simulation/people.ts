import type { ContextRow } from '../../../src/contexts/ContextStore.js';

/** Whatever may be withdrawn, and given back: a key is revoked, a user deactivated, a tenant's namespace closed. */
export const subjects = ['key_a', 'key_b', 'key_c', 'usr_a', 'usr_b', 'usr_c', 'org_a', 'org_b'] as const;
export type Subject = (typeof subjects)[number];

interface SimulatedKey {
  readonly id: string;
  readonly tenant: Subject;
  readonly user: Subject;
  readonly issuer: Subject;
  readonly parent: Subject | null;
  /** It is used under a rate limit, which is asked in the middle of a request. */
  readonly limited: boolean;
  /** Its user holds what the tenant has registered: a second read. */
  readonly registered: boolean;
  readonly expires: boolean;
}

const key = (id: string, of: Partial<SimulatedKey> & Pick<SimulatedKey, 'tenant' | 'user'>): SimulatedKey => ({
  ...{ id, issuer: of.user, parent: null, limited: false, registered: false, expires: false },
  ...of,
});

export const keys: readonly SimulatedKey[] = [
  key('key_a', { tenant: 'org_a', user: 'usr_a' }),
  key('key_b', { tenant: 'org_a', user: 'usr_a', issuer: 'usr_b', registered: true }),
  key('key_c', { tenant: 'org_b', user: 'usr_c', limited: true }),
  key('key_child', { tenant: 'org_a', user: 'usr_a', parent: 'key_a', limited: true }),
  key('key_late', { tenant: 'org_b', user: 'usr_c', expires: true }),
];

/** Whatever must stand for a key to be accepted. */
export const restsOn = ({ id, tenant, user, issuer, parent }: SimulatedKey): readonly Subject[] =>
  [id as Subject, tenant, user, issuer, parent].filter((each) => each !== null && subjects.includes(each)) as Subject[];

export const DIGEST = Buffer.alloc(32, 7);

/** The row of a key as one statement reads it, where `stands` tells of each subject whether it is withdrawn. */
export function rowOf(of: SimulatedKey, stands: (subject: Subject) => boolean, expiresAt: number): ContextRow {
  const home = `wks_of_${of.tenant}`;
  const people = [...new Set([of.user, of.issuer])];
  const role = of.registered ? 'rol_owner' : 'rol_custom';
  return {
    id: of.id,
    organizationId: of.tenant,
    environment: 'PRODUCTION',
    userId: of.user,
    issuedBy: of.issuer,
    parentId: of.parent,
    name: of.id,
    permissions: JSON.stringify(['license:manage']),
    digest: DIGEST,
    expiresAt: of.expires ? expiresAt : null,
    revoked: subjects.includes(of.id as Subject) && !stands(of.id as Subject),
    restrictions: null,
    allowedCidrs: null,
    rateLimit: of.limited ? { limit: 1_000, windowSeconds: 60 } : null,
    metadata: null,
    generation: 1,
    previousDigest: null,
    previousUntil: null,
    previousIssuedBy: null,
    home: { id: home, kind: 'WORKSPACE', applicationId: null, deleted: !stands(of.tenant) },
    parent: of.parent ? { stopped: !stands(of.parent), expiresAt: null } : null,
    people: {
      standings: people.map((id) => ({ id, active: stands(id), removed: false })),
      holdings: people.map((userId) => ({ userId, roleId: role, permissions: of.registered ? null : JSON.stringify(['license:manage']) })),
    },
  };
}
