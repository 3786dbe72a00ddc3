import type { NamespaceFacts, Permission } from '../authority/index.js';
import type { ContextRow } from './ContextStore.js';
import type { Ground } from './Grounds.js';
import { permissionSet } from './permissionSets.js';

/**
 * The ids of a key's user, its issuer, and the issuer of the secret before, whose grace may last. One id more than a context is made
 * of, and its people would be strangers for ever.
 */
export const idsBehind = (row: ContextRow): readonly string[] =>
  [...new Set([row.userId, row.issuedBy, row.previousIssuedBy])].filter((id) => id !== null);

/** Whatever a key rests on: a withdrawal names one of these. */
export const restsOn = (row: ContextRow): readonly string[] => [
  ...new Set([row.id, row.organizationId, ...idsBehind(row), row.parentId].filter((id) => id !== null)),
];

/** A key as it was read, and its grounds, which are those of `restsOn`. */
export class ReadKey {
  readonly tenant: Ground;
  /** Other keys of the tenant share it, and their permissions. */
  readonly home: NamespaceFacts;
  readonly permissions: ReadonlySet<Permission>;

  constructor(
    readonly row: ContextRow,
    readonly grounds: readonly Ground[],
  ) {
    const tenant = this.ground(row.organizationId);
    this.tenant = tenant;
    this.home = tenant.share(row.home.id, () => ({ ...row.home, organizationId: tenant.id, first: false }));
    this.permissions = permissionSet(row.permissions, (name) => tenant.share(`permission ${name}`, () => name));
  }

  /** The ground of that id, which is one of its own. */
  ground(id: string): Ground {
    return this.grounds.find((each) => each.id === id) as Ground;
  }
}
