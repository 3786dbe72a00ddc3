import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { isFor, type NamespaceFacts, seesNamespace } from '../authority/index.js';
import { allowLong } from '../database/index.js';
import { conflict, idOf } from '../domain/index.js';
import { endKeysOf } from '../keys/index.js';
import { endMemberships, endUsersOf } from '../people/index.js';
import { carriedBy, endGrantsOf } from '../roles/index.js';
import { endSharedSecretOf } from '../secrets/index.js';
import { endWebhooksOf } from '../webhooks/index.js';
import { NamespaceStore } from './NamespaceStore.js';

export const deleteNamespaceInput = z.object({ id: idOf('org', 'app', 'wks', 'grp') });

const deleteAction = { ORGANIZATION: 'organization.delete', APPLICATION: 'application.delete', WORKSPACE: 'workspace.delete' } as const;

/** Decides the deletion. A group takes its grants with it: where they carry OWNER or ADMIN, its members are touched. */
async function decideDeletion(change: Change, where: NamespaceFacts) {
  const touches = where.kind === 'USER_GROUP' ? await carriedBy(change, [where.id]) : [];
  const caller = await change.caller(where, ...touches.map(({ namespace }) => namespace));
  const attempt = { caller, where, visible: seesNamespace(caller, where), target: where.id };
  return where.kind === 'USER_GROUP'
    ? change.permit('input.id', { action: 'userGroup.delete', ...attempt, touches })
    : change.permit('input.id', { action: deleteAction[where.kind], ...attempt });
}

/**
 * Deletes a namespace that holds no other, with its keys and grants; a group's memberships, an organization's users.
 * Its name-tag stays where it is referred to.
 */
export const deleteNamespace = (act: Act, input: z.output<typeof deleteNamespaceInput>): Promise<string> =>
  act.change((change) => deletingNamespace(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function deletingNamespace(change: Change, input: z.output<typeof deleteNamespaceInput>): Promise<string> {
  const where = await change.namespace('input.id', input.id);
  const permit = await decideDeletion(change, where);
  const { rows, now } = change;
  await allowLong(rows);
  const store = new NamespaceStore(rows);
  if (where.first)
    throw conflict('The first organization cannot be deleted: its owners are the only ones who create organizations.', 'input.id');
  if (await store.holdsOthers(where)) throw conflict('It still holds other namespaces: delete those first.', 'input.id');

  const before = await store.find(where.id);
  const deletedApiKeys = await endKeysOf(rows, permit, where.id, now);
  await endGrantsOf(rows, permit, where.id);
  if (isFor(permit, 'userGroup.delete')) await endMemberships(rows, permit, where.id);
  // The act that deletes an organization is its last: who did it is written before everybody is gone.
  await change.record(permit, { namespaceId: where.id, changes: { before: { name: before?.name }, deletedApiKeys } });
  if (isFor(permit, 'organization.delete')) {
    await endUsersOf(rows, permit, where.id, now);
    await endWebhooksOf(rows, permit, where.id);
    await endSharedSecretOf(rows, permit, where.id);
  }
  await store.delete(permit, where.id, now);
  return where.id;
}
