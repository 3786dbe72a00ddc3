import { TenantLedger } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { insertOwner, type User } from '../people/index.js';
import { grantOwner } from '../roles/index.js';
import { type Namespace } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';

/** The person who will own a new organization, their password digested already. */
export interface FirstOwner {
  readonly name: string;
  readonly email: string;
  readonly passwordDigest: string;
  readonly mustChangePassword: boolean;
}

/** Stores a new tenant: its organization, its row, and its first OWNER. */
export async function foundOrganization(
  rows: Rows,
  permit: Permit<'organization.create'>,
  organization: Namespace,
  owner: FirstOwner,
  { isFirst, grantedBy }: { readonly isFirst: boolean; readonly grantedBy: string | null },
): Promise<User> {
  const now = organization.createdAt;
  await new NamespaceStore(rows).insert(permit, organization);
  await TenantLedger.begin(rows, permit, organization.id, isFirst);
  const user = await insertOwner(rows, permit, { organizationId: organization.id, ...owner, now });
  await grantOwner(rows, permit, { organizationId: organization.id, userId: user.id, grantedBy, now });
  return user;
}
