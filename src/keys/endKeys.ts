import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { ApiKeyStore } from './ApiKeyStore.js';

/** Deletes every key at home in a namespace that is being deleted; how many. */
export const endKeysOf = (
  rows: Rows,
  permit: Permit<'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete'>,
  namespaceId: string,
  now: Date,
): Promise<number> => new ApiKeyStore(rows).deleteOfNamespace(permit, namespaceId, now);
