import type { KeyObject } from 'node:crypto';
import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { opened } from './SharedSecret.js';
import { SharedSecretStore } from './SharedSecretStore.js';

/** The secrets of an organization that sign at this instant, the newest first: two of them for a day after a rotation. */
export async function signingSecrets(rows: Rows, key: KeyObject, organizationId: string, now: Date): Promise<readonly Buffer[]> {
  const found = await new SharedSecretStore(rows).find(organizationId);
  if (!found) return [];
  const { sealed, previousSealed, previousUntil } = found;
  const inGrace = previousSealed !== null && previousUntil !== null && now < previousUntil ? [previousSealed] : [];
  return [sealed, ...inGrace].map((each) => opened(each, key, organizationId));
}

/** Whether an organization has a shared secret. */
export const hasSharedSecret = (rows: Rows, organizationId: string): Promise<boolean> => new SharedSecretStore(rows).exists(organizationId);

/** Takes the shared secret away with its organization. */
export const endSharedSecretOf = (rows: Rows, permit: Permit<'organization.delete'>, organizationId: string): Promise<void> =>
  new SharedSecretStore(rows).delete(permit, organizationId);
