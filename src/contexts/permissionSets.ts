import { LRUCache } from 'lru-cache';
import type { Permission } from '../authority/index.js';

/** Characters of lists that are kept, together. */
const MOST_KEPT = 1_000_000;

/** Many keys are made by one program and carry the same permissions: those that are written alike share one set. */
const sets = new LRUCache<string, ReadonlySet<Permission>>({ maxSize: MOST_KEPT, sizeCalculation: (_set, written) => written.length });

/** The set of permissions that is written so. Names of a new one are handed through `share`: other sets hold them as well. */
export function permissionSet(written: string, share: (name: Permission) => Permission): ReadonlySet<Permission> {
  let set = sets.get(written);
  if (!set) {
    set = new Set((JSON.parse(written) as Permission[]).map(share));
    sets.set(written, set);
  }
  return set;
}
