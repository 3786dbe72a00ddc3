import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import type { NamespaceFacts } from '../authority/index.js';
import { badInput, conflict, idOf, newId, notFound } from '../domain/index.js';
import { heldThere, touchedBy } from './carried.js';
import type { Grant } from './Grant.js';
import { GrantStore } from './GrantStore.js';
import { OwnerStore } from './OwnerStore.js';

export const grantRoleInput = z.object({
  namespaceId: idOf('org', 'app', 'wks', 'grp'),
  roleId: idOf('rol'),
  userId: idOf('usr').nullish(),
  userGroupId: idOf('grp').nullish(),
});

/** Who gets the role, and what the client sent that names them. */
interface Grantee {
  readonly id: string;
  readonly field: string;
}

/** Grants a role in a namespace, for who holds `grant:manage` there and all that the role holds; or who may recover the namespace. */
export const grantRole = (act: Act, input: z.output<typeof grantRoleInput>): Promise<Grant> =>
  act.change(async (change) => {
    const grantee = granteeOf(input);
    const namespace = await change.namespace('input.namespaceId', input.namespaceId);
    const role = (await change.facts.rolePermissions()).get(input.roleId);
    const id = newId('grt');
    const permit = change.permit('input.namespaceId', {
      action: 'grant.create',
      caller: await change.caller(namespace),
      where: namespace,
      visible: await change.sees(namespace),
      target: id,
      touches: touchedBy(input.roleId, namespace),
      handsOn: role ? [{ namespace, permissions: heldThere(namespace, [role]) }] : [],
    });
    // Who may not grant here is not told which roles and people there are.
    if (!role) throw notFound('input.roleId');
    if (!(await isGrantable(change, grantee.id))) throw notFound(grantee.field);
    if (input.roleId === 'rol_owner') await assertMayOwn(change, namespace, grantee);

    const grant: Grant = {
      id,
      organizationId: namespace.organizationId,
      namespaceId: namespace.id,
      roleId: input.roleId,
      subjectId: grantee.id,
      grantedBy: await change.actorId(),
      createdAt: change.now,
    };
    const store = new GrantStore(change.rows);
    if (await store.exists(grant)) throw conflict('This role is granted there already.', 'input.roleId');
    await store.insert(permit, grant);
    await change.record(permit, {
      namespaceId: namespace.id,
      concerned: grant.subjectId,
      changes: { after: { roleId: grant.roleId, subjectId: grant.subjectId } },
    });
    return grant;
  });

function granteeOf({ userId, userGroupId }: z.output<typeof grantRoleInput>): Grantee {
  if (userId && !userGroupId) return { id: userId, field: 'input.userId' };
  if (userGroupId && !userId) return { id: userGroupId, field: 'input.userGroupId' };
  throw badInput('input.userId', 'Give exactly one of input.userId and input.userGroupId.');
}

/** Whether there is such a user or group in the tenant, living. */
async function isGrantable(change: Change, id: string): Promise<boolean> {
  if (id.startsWith('usr_')) {
    const user = await change.facts.subject(id);
    return user !== null && user.state !== 'REMOVED';
  }
  const group = await change.facts.namespace(id);
  return group !== null && !group.deleted;
}

/** OWNER is granted only in an organization, directly, to an active person: somebody must be there to answer for it. */
async function assertMayOwn(change: Change, namespace: NamespaceFacts, grantee: Grantee): Promise<void> {
  if (namespace.kind !== 'ORGANIZATION') {
    throw badInput('input.namespaceId', 'OWNER is granted only in an organization: grant ADMIN here.');
  }
  if (!(await new OwnerStore(change.rows).isActiveHuman(grantee.id))) {
    throw badInput(grantee.field, 'OWNER is granted only to an active person, directly: no group, no service user.');
  }
}
