import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf, newId } from '../domain/index.js';
import { assertKnown } from './assertKnown.js';
import { nameTaken } from './findRole.js';
import { type CustomRole, describedRole, rolePermissions } from './Role.js';
import { RoleStore } from './RoleStore.js';

export const createRoleInput = z.object({ organizationId: idOf('org'), ...describedRole, permissions: rolePermissions });

/** Creates a role of the tenant's own, for who holds `role:manage` and, in the organization, all that it will hold. */
export const createRole = (act: Act, input: z.output<typeof createRoleInput>): Promise<CustomRole> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', input.organizationId, 'ORGANIZATION');
    const known = await change.facts.knownPermissions();
    const id = newId('rol');
    const permit = change.permit('input.organizationId', {
      action: 'role.create',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: id,
      handsOn: [{ namespace: where, permissions: input.permissions.filter((name) => known.has(name)) }],
    });
    assertKnown(input.permissions, known);
    const store = new RoleStore(change.rows);
    if (await store.isTaken(where.id, input.name)) throw nameTaken();
    const role: CustomRole = {
      id,
      organizationId: where.id,
      name: input.name,
      description: input.description ?? null,
      permissions: input.permissions,
      builtIn: false,
      assignableToApiKeys: true,
      createdAt: change.now,
      deletedAt: null,
    };
    await store.insert(permit, role);
    await change.record(permit, {
      namespaceId: where.id,
      changes: { after: { name: role.name, description: role.description, permissions: role.permissions } },
    });
    return role;
  });
