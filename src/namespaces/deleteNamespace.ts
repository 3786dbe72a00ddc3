import { z } from 'zod';
import type { Act } from '../access/index.js';
import { isFor } from '../authority/index.js';
import { conflict, idOf } from '../domain/index.js';
import { ApiKeyStore } from '../keys/index.js';
import { endMemberships, endUsersOf } from '../people/index.js';
import { endGrantsOf } from '../roles/index.js';
import { NamespaceStore } from './NamespaceStore.js';

export const deleteNamespaceInput = z.object({ id: idOf('org', 'app', 'wks', 'grp') });

const deleteAction = {
  ORGANIZATION: 'organization.delete',
  APPLICATION: 'application.delete',
  WORKSPACE: 'workspace.delete',
  USER_GROUP: 'userGroup.delete',
} as const;

/**
 * Deletes a namespace that holds no other, with its keys and grants; a group's memberships, an organization's users.
 * Its name-tag stays where it is referred to.
 */
export const deleteNamespace = (act: Act, input: z.output<typeof deleteNamespaceInput>): Promise<string> =>
  act.change(async (change) => {
    const where = await change.namespace('input.id', input.id);
    const permit = change.permit('input.id', {
      action: deleteAction[where.kind],
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const { rows, now } = change;
    const store = new NamespaceStore(rows);
    if (where.first)
      throw conflict('The first organization cannot be deleted: its owners are the only ones who create organizations.', 'input.id');
    if (await store.holdsOthers(where)) throw conflict('It still holds other namespaces: delete those first.', 'input.id');

    const before = await store.find(where.id);
    const deletedApiKeys = await new ApiKeyStore(rows).deleteOfNamespace(permit, where.id, now);
    await endGrantsOf(rows, permit, where.id);
    if (isFor(permit, 'userGroup.delete')) await endMemberships(rows, permit, where.id);
    // The act that deletes an organization is its last: who did it is written before everybody is gone.
    await change.record(permit, { namespaceId: where.id, changes: { before: { name: before?.name }, deletedApiKeys } });
    if (isFor(permit, 'organization.delete')) await endUsersOf(rows, permit, where.id, now);
    await store.delete(permit, where.id, now);
    return where.id;
  });
