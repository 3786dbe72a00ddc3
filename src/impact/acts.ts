import { z } from 'zod';
import type { Change } from '../access/index.js';
import { badInput, idOf } from '../domain/index.js';
import { deletingNamespace } from '../namespaces/index.js';
import { leavingGroup, removing, settingActive } from '../people/index.js';
import { revokingGrant, rolePermissions, updatingRole } from '../roles/index.js';
import { ImpactStore, type Reached } from './ImpactStore.js';

export const accessImpactInput = z.object({
  removeUserId: idOf('usr').nullish(),
  deactivateUserId: idOf('usr').nullish(),
  revokeGrantId: idOf('grt').nullish(),
  removeFromGroup: z.object({ userGroupId: idOf('grp'), userId: idOf('usr') }).nullish(),
  deleteNamespaceId: idOf('org', 'app', 'wks', 'grp').nullish(),
  updateRole: z
    .object({
      roleId: idOf('rol'),
      permissions: rolePermissions,
    })
    .nullish(),
});

/** An act that is thought of: which keys it could reach, and the act itself. */
export interface ThoughtOf {
  /** What is called so here, by what the act itself calls it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly reached: (change: Change) => Promise<Reached>;
  readonly act: (change: Change) => Promise<unknown>;
}

const ofUser = (id: string) => (): Promise<Reached> => Promise.resolve({ homes: [], people: [id] });

/** What a group gives its members: their keys at home where it is granted something. */
async function throughGroup(change: Change, userGroupId: string): Promise<Reached> {
  const store = new ImpactStore(change.rows);
  return { homes: await store.namespacesOf(change.principal.organizationId, { subjectId: userGroupId }), people: [] };
}

/** Reads which act is thought of: exactly one. */
export function thoughtOf(input: z.output<typeof accessImpactInput>): ThoughtOf {
  const { removeUserId, deactivateUserId, revokeGrantId, removeFromGroup, deleteNamespaceId, updateRole } = input;
  const acts: (ThoughtOf | null | undefined | '')[] = [
    removeUserId && {
      fields: { 'input.id': 'input.removeUserId' },
      reached: ofUser(removeUserId),
      act: (change) => removing(change, { id: removeUserId }),
    },
    deactivateUserId && {
      fields: { 'input.id': 'input.deactivateUserId' },
      reached: ofUser(deactivateUserId),
      act: (change) => settingActive(change, { id: deactivateUserId, active: false }),
    },
    revokeGrantId && {
      fields: { 'input.id': 'input.revokeGrantId' },
      reached: async (change) => ({
        homes: await new ImpactStore(change.rows).namespaceOfGrant(change.principal.organizationId, revokeGrantId),
        people: [],
      }),
      act: (change) => revokingGrant(change, { id: revokeGrantId }),
    },
    removeFromGroup && {
      fields: { 'input.userGroupId': 'input.removeFromGroup.userGroupId', 'input.userId': 'input.removeFromGroup.userId' },
      reached: (change) => throughGroup(change, removeFromGroup.userGroupId),
      act: (change) => leavingGroup(change, removeFromGroup),
    },
    deleteNamespaceId && {
      fields: { 'input.id': 'input.deleteNamespaceId' },
      reached: async (change) => {
        const { homes } = await throughGroup(change, deleteNamespaceId);
        return { homes: [...homes, deleteNamespaceId], people: [] };
      },
      act: (change) => deletingNamespace(change, { id: deleteNamespaceId }),
    },
    updateRole && {
      fields: { 'input.id': 'input.updateRole.roleId', 'input.permissions': 'input.updateRole.permissions' },
      reached: async (change) => ({
        homes: await new ImpactStore(change.rows).namespacesOf(change.principal.organizationId, { roleId: updateRole.roleId }),
        people: [],
      }),
      act: (change) => updatingRole(change, { id: updateRole.roleId, permissions: updateRole.permissions }),
    },
  ];
  const [one, ...others] = acts.filter((each) => !!each);
  if (!one || others.length > 0)
    throw badInput('input', 'Give exactly one act in input: what is to be removed, deactivated, revoked, deleted or changed.');
  return one;
}
