import type { Permission } from '../authority/index.js';
import { badInput } from '../domain/index.js';

/**
 * Refuses names that the tenant does not know, so that a typo never becomes a permission. Asked after the decision: who
 * may not manage roles learns nothing of what is registered.
 */
export function assertKnown(names: readonly Permission[], known: ReadonlySet<Permission>): void {
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw badInput(
    'input.permissions',
    `input.permissions: ${unknown.join(', ')} is not known here. Take names from the organization's catalogue of permissions.`,
  );
}
