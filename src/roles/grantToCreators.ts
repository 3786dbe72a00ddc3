import type { Change } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { newId } from '../domain/index.js';
import { GrantStore } from './GrantStore.js';

/** Whoever creates a namespace gets ADMIN there: the signed-in person, or each of the people behind the calling key. */
export async function grantToCreators(
  change: Change,
  permit: Permit<'application.create' | 'workspace.create' | 'userGroup.create'>,
  namespace: { readonly id: string; readonly organizationId: string },
): Promise<void> {
  const caller = await change.caller();
  const creators = caller.kind === 'USER' ? [caller.person] : caller.key.people;
  const grants = [...new Set(creators.map(({ id }) => id))].map((subjectId) => ({
    id: newId('grt'),
    organizationId: namespace.organizationId,
    namespaceId: namespace.id,
    roleId: 'rol_admin',
    subjectId,
    grantedBy: subjectId,
    createdAt: change.now,
  }));
  await new GrantStore(change.rows).insertInitial(permit, grants);
}
