import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { GrantStore } from './GrantStore.js';

/** Ends every grant in a namespace that is being deleted and, where it is a group, every grant of the group; how many. */
export const endGrantsOf = (
  rows: Rows,
  permit: Permit<'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete'>,
  namespaceId: string,
): Promise<number> => new GrantStore(rows).deleteOfNamespace(permit, namespaceId);

/** Ends every grant of a user who is being removed; how many. */
export const endGrantsOfUser = (rows: Rows, permit: Permit<'user.remove'>, userId: string): Promise<number> =>
  new GrantStore(rows).deleteOfUser(permit, userId);
