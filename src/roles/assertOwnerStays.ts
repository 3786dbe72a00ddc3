import type { Change } from '../access/index.js';
import { conflict } from '../domain/index.js';
import { OwnerStore } from './OwnerStore.js';

/**
 * Refuses what would take the last active OWNER from an organization: removing or deactivating that person, or revoking
 * that grant. Exact also among simultaneous acts, because each holds the tenant's row.
 */
export async function assertOwnerStays(change: Change, organizationId: string, without: string): Promise<void> {
  const owners = await new OwnerStore(change.rows).activeOwners(organizationId);
  if (owners.length > 0 && owners.every((id) => id === without)) {
    throw conflict('This is the last active OWNER of the organization: make somebody else OWNER first.');
  }
}
