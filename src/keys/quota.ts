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
  throw conflict(quotaFault(maxApiKeys));
}

const quotaFault = (maxApiKeys: number): string =>
  `This organization has ${maxApiKeys} API keys, as many as it may have: delete those that nobody uses any more.`;

/** How many more keys the tenant may have, up to `most`, and what is said of those beyond. */
export async function roomFor(change: Change, most: number): Promise<{ readonly keys: number; readonly fault: string }> {
  const { rows, principal, now, quotas } = change;
  const { maxApiKeys } = quotas;
  if (maxApiKeys === null) return { keys: most, fault: '' };
  const store = new ApiKeyStore(rows);
  const fits = async (more: number): Promise<boolean> =>
    more <= maxApiKeys && !(await store.holdsAtLeast(maxApiKeys - more + 1, principal.organizationId, now));
  let [enough, tooMany] = [0, most + 1];
  while (tooMany - enough > 1) {
    const between = tooMany === most + 1 ? most : Math.floor((enough + tooMany) / 2);
    if (await fits(between)) enough = between;
    else tooMany = between;
  }
  return { keys: enough, fault: quotaFault(maxApiKeys) };
}
