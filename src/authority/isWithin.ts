import type { Caller, NamespaceFacts, Person } from './facts.js';
import { holdsIn } from './held.js';
import { mayRecover, usesIn } from './caller.js';
import type { Permission } from './permissions.js';

/** Power that an act hands on: those permissions, in that namespace. */
export interface HandedOn {
  readonly namespace: NamespaceFacts;
  readonly permissions: Iterable<Permission>;
  /** The people who will stand behind a key; each must hold all of it, and recovery helps none of them. Left out: a grant. */
  readonly behindKey?: readonly Person[];
}

/** What exceeds somebody's authority, as it is told to them. */
export interface Excess {
  readonly namespaceId: string;
  readonly permissions: readonly Permission[];
}

/** What the caller may hand on in a namespace as a grant: what they hold there and, if they may recover it, what they hold in the organization. */
function grantable(caller: Caller, namespace: NamespaceFacts): (name: Permission) => boolean {
  const here = usesIn(caller, namespace);
  if (namespace.organizationId !== caller.tenant.id || !mayRecover(caller)) return here;
  const inTenant = usesIn(caller, caller.tenant);
  return (name) => here(name) || inTenant(name);
}

/**
 * The one test of power handed on: whatever would exceed the caller (or, for a key, any of the people behind it).
 * An empty answer means that all of it is within. Sets are compared, never ranks.
 */
export function isWithin(caller: Caller, handedOn: readonly HandedOn[]): readonly Excess[] {
  const exceeding: Excess[] = [];
  for (const { namespace, permissions, behindKey } of handedOn) {
    const limits = behindKey ? behindKey.map((person) => holdsIn(person, namespace)) : [grantable(caller, namespace)];
    if (behindKey && caller.kind === 'KEY') limits.push(usesIn(caller, namespace));
    // Nobody behind a key is nothing to hold (law 5), not everything.
    const nobody = behindKey?.length === 0;
    const beyond = [...permissions].filter((name) => nobody || !limits.every((within) => within(name)));
    if (beyond.length > 0) exceeding.push({ namespaceId: namespace.id, permissions: beyond });
  }
  return exceeding;
}
