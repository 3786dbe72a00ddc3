import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { hasRight, type Permission, permission } from '../authority/index.js';
import { descriptionText, forbidden, idOf, kept, nameText } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { type ApiKeyEdit, ApiKeyStore } from './ApiKeyStore.js';
import { assertMembersMayCreate } from './mayCreate.js';
import { ownedKey, type OwnedKey } from './ownedKey.js';
import { permissionList, wantedPermissions } from './wanted.js';

export const updateApiKeyInput = z.object({
  id: idOf('key'),
  name: kept(nameText),
  description: descriptionText,
  roleId: kept(idOf('rol')),
  permissions: permissionList.optional(),
});

/**
 * Changes what may change of a key: its own user, or who holds `apiKey:manage`. What is added must be held by each of
 * the people behind the key and by whoever adds it. User, namespace, environment and expiry have no way in.
 */
export const updateApiKey = (act: Act, input: z.output<typeof updateApiKeyInput>): Promise<ApiKey> =>
  act.change(async (change) => {
    const wanted = await wantedPermissions(change, input);
    const owned = await ownedKey(change, input.id);
    const { key, home, caller, own, visible } = owned;
    const added = (wanted?.permissions ?? []).filter((name) => !key.permissions.includes(name));
    const permit = change.permit('input.id', {
      action: 'apiKey.update',
      caller,
      where: home,
      visible,
      own,
      target: key.id,
      handsOn: [{ namespace: home, permissions: added, behindKey: await peopleBehind(change, owned) }],
    });
    if (added.length > 0) await assertMembersMayCreate(change, caller, home);
    assertMayWiden(owned, added);
    const edit: ApiKeyEdit = {
      ...(input.name !== undefined && { name: input.name }),
      ...(input.description !== undefined && { description: input.description }),
      ...(wanted && { roleId: wanted.roleId, permissions: [...wanted.permissions].sort() }),
    };
    await new ApiKeyStore(change.rows).edit(permit, key.id, edit, change.now);
    const before = { name: key.name, description: key.description, roleId: key.roleId, permissions: key.permissions };
    await change.record(permit, { namespaceId: home.id, changes: { before, after: edit } });
    return { ...key, ...edit, updatedAt: change.now };
  });

async function peopleBehind({ facts }: Change, { key, home, caller }: OwnedKey) {
  const [user, issuer] = await Promise.all([facts.person(key.userId, [home.id]), facts.person(key.issuedBy, [home.id])]);
  return caller.kind === 'USER' ? [user, issuer, caller.person] : [user, issuer];
}

/** What an admin set on a key that they issued for somebody is widened with `apiKey:manage` only. */
function assertMayWiden({ key, home, caller }: OwnedKey, added: readonly Permission[]): void {
  const manage = permission('apiKey:manage');
  if (added.length > 0 && key.createdBy !== key.userId && !hasRight(caller, manage, home)) {
    throw forbidden('This API key was issued for you: only who holds apiKey:manage adds permissions to it.', [manage]);
  }
}
