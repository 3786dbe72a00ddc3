import type { Change } from '../access/index.js';
import { conflict } from '../domain/index.js';
import { ApiKeyStore } from './ApiKeyStore.js';

/**
 * Refuses a key beyond what the installation allows each organization (R72). Exact, because the tenant's row is held.
 * What can never work again (deleted, expired, revoked for good) takes no place; what may be reactivated does.
 */
export async function assertQuota({ rows, principal, now, quotas }: Change): Promise<void> {
  const { maxApiKeys } = quotas;
  if (maxApiKeys === null) return;
  if (!(await new ApiKeyStore(rows).holdsAtLeast(maxApiKeys, principal.organizationId, now))) return;
  throw conflict(`This organization has ${maxApiKeys} API keys, as many as it may have: delete those that nobody uses any more.`);
}
