import { z } from 'zod';
import type { Act } from '../access/index.js';
import { isPermissionName, isReserved } from '../authority/index.js';
import { conflict, descriptionText, idOf, nameText } from '../domain/index.js';
import { PermissionStore, type RegisteredPermission } from './PermissionStore.js';

/** The name of a permission of a tenant's own: under no resource that the service itself speaks of. */
export const ownPermission = z
  .string()
  .refine(isPermissionName, 'is no permission: write it as resource:action')
  .refine(
    (name) => !isPermissionName(name) || !isReserved(name),
    'is under a resource of the service itself: choose a resource of your own',
  );

export const definePermissionInput = z.object({
  organizationId: idOf('org'),
  name: ownPermission,
  label: nameText,
  description: descriptionText,
});

/** Registers a permission of the tenant's own services, for who holds `role:manage`. OWNER and ADMIN hold it at once. */
export const definePermission = (act: Act, input: z.output<typeof definePermissionInput>): Promise<RegisteredPermission> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', input.organizationId, 'ORGANIZATION');
    const permit = change.permit('input.organizationId', {
      action: 'permission.define',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const { name, label } = input;
    const store = new PermissionStore(change.rows);
    if (await store.isRegistered(where.id, name)) throw conflict('This permission is registered already.', 'input.name');
    const said = { name, label, description: input.description ?? null };
    await store.insert(permit, where.id, said, change.now);
    await change.record(permit, { namespaceId: where.id, changes: { after: said } });
    return { ...said, builtIn: false };
  });
