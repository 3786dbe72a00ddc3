import { z } from 'zod';
import type { Act } from '../access/index.js';
import type { Permission } from '../authority/index.js';
import { conflict, idOf, notFound } from '../domain/index.js';
import { ownPermission } from './definePermission.js';
import { PermissionStore } from './PermissionStore.js';

export const removePermissionInput = z.object({ organizationId: idOf('org'), name: ownPermission });

/** Takes a registered permission out of the catalogue, for who holds `role:manage`, once no role and no key names it. */
export const removePermission = (act: Act, input: z.output<typeof removePermissionInput>): Promise<Permission> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', input.organizationId, 'ORGANIZATION');
    const permit = change.permit('input.organizationId', {
      action: 'permission.remove',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const store = new PermissionStore(change.rows);
    if (await store.isUsed(where.id, input.name)) {
      throw conflict('A role or an API key still holds this permission: take it out there first.', 'input.name');
    }
    if (!(await store.delete(permit, where.id, input.name))) throw notFound('input.name');
    await change.record(permit, { namespaceId: where.id, changes: { before: { name: input.name } } });
    return input.name;
  });
