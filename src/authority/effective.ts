import type { KeyFacts, NamespaceFacts } from './facts.js';
import { held } from './held.js';
import type { Permission } from './permissions.js';
import { letsThrough, reach, reachesAnything } from './reach.js';

const nothing: ReadonlySet<Permission> = new Set();

/**
 * The cap: what a key was granted, and its home lets through to there, and each of the people behind it still holds there.
 * Says nothing of whether the key is alive; the gates of verification do.
 */
export function effective(key: KeyFacts, namespace: NamespaceFacts): ReadonlySet<Permission> {
  const through = reach(key.home, namespace);
  if (!reachesAnything(through)) return nothing;
  const [user, issuer] = key.people;
  const byUser = held(user, namespace);
  const byIssuer = issuer === user ? byUser : held(issuer, namespace);
  const capped = new Set<Permission>();
  for (const name of key.permissions) {
    if (letsThrough(through, name) && byUser.has(name) && byIssuer.has(name)) capped.add(name);
  }
  return capped;
}
