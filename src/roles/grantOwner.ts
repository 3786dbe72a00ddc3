import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { newId } from '../domain/index.js';
import { GrantStore } from './GrantStore.js';

/** Who becomes the first OWNER of a new organization, by whose act; nobody's, for the first organization of all. */
export interface FirstOwner {
  readonly organizationId: string;
  readonly userId: string;
  readonly grantedBy: string | null;
  readonly now: Date;
}

/** Makes the first OWNER of a new organization. */
export const grantOwner = (
  rows: Rows,
  permit: Permit<'organization.create'>,
  { organizationId, userId, grantedBy, now }: FirstOwner,
): Promise<void> =>
  new GrantStore(rows).insertInitial(permit, [
    {
      id: newId('grt'),
      organizationId,
      namespaceId: organizationId,
      roleId: 'rol_owner',
      subjectId: userId,
      grantedBy,
      createdAt: now,
    },
  ]);
