import type { KeyFacts, NamespaceFacts } from './facts.js';
import { holdsIn } from './held.js';
import type { Permission } from './permissions.js';
import { letsThrough, reach } from './reach.js';

/**
 * The cap, as a question: may the key use that permission there? It was granted it, its home lets it through to there, and
 * each of the people behind it still holds it there. Says nothing of whether the key is alive; the gates of verification do.
 */
export function mayUseIn(key: KeyFacts, namespace: NamespaceFacts): (name: Permission) => boolean {
  const through = reach(key.home, namespace);
  const [user, issuer] = key.people;
  const byUser = holdsIn(user, namespace);
  const byIssuer = issuer === user ? byUser : holdsIn(issuer, namespace);
  return (name) => key.permissions.has(name) && letsThrough(through, name) && byUser(name) && byIssuer(name);
}

/** All that the key may use there. */
export const effective = (key: KeyFacts, namespace: NamespaceFacts): ReadonlySet<Permission> =>
  new Set([...key.permissions].filter(mayUseIn(key, namespace)));
