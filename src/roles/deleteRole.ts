import { z } from 'zod';
import type { Act } from '../access/index.js';
import { seesRoles } from '../authority/index.js';
import { conflict, idOf, notFound } from '../domain/index.js';
import { findRole } from './findRole.js';
import { GrantStore } from './GrantStore.js';
import { RoleStore } from './RoleStore.js';

export const deleteRoleInput = z.object({ id: idOf('rol') });

/** Deletes a custom role that nobody is granted; keys that were issued at it keep their permissions. Answers its id. */
export const deleteRole = (act: Act, { id }: z.output<typeof deleteRoleInput>): Promise<string> =>
  act.change(async (change) => {
    const where = await change.facts.tenant();
    const caller = await change.caller();
    const role = await findRole(change, caller, 'input.id', id);
    const permit = change.permit('input.id', { action: 'role.delete', caller, where, visible: seesRoles(caller), target: role.id });
    if (await new GrantStore(change.rows).isGranted(where.id, role.id)) {
      throw conflict('This role is granted: revoke its grants first.', 'input.id');
    }
    if (!(await new RoleStore(change.rows).delete(permit, role.id, change.now))) throw notFound('input.id');
    await change.record(permit, {
      namespaceId: where.id,
      changes: { before: { name: role.name, description: role.description, permissions: role.permissions } },
    });
    return role.id;
  });
