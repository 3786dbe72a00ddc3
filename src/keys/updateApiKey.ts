import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { hasRight, permission } from '../authority/index.js';
import { descriptionText, forbidden, idOf, kept, nameText } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { type ApiKeyEdit, ApiKeyStore } from './ApiKeyStore.js';
import { assertMembersMayCreate } from './mayCreate.js';
import { ownedKey, type OwnedKey } from './ownedKey.js';
import { saidSettings, sameMetadata, settingsAfter, settingsInput, settingsOf, widens } from './settings.js';
import { permissionList, wantedPermissions } from './wanted.js';

export const updateApiKeyInput = z.object({
  id: idOf('key'),
  name: kept(nameText),
  description: descriptionText,
  roleId: kept(idOf('rol')),
  permissions: permissionList.optional(),
  ...settingsInput,
});

/**
 * Changes what may change of a key: its own user, or who holds `apiKey:manage`. What is added must be held by each of
 * the people behind the key and by whoever adds it; narrowing is free. User, namespace, environment and expiry have no way in.
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
    const said = saidSettings(input);
    const settings = await settingsAfter(change, key, said);
    const widened = added.length > 0 || widens(settings, key);
    if (widened) await assertMembersMayCreate(change, caller, home);
    if (widened || !sameMetadata(settings, key)) assertMayWiden(owned);
    const edit: ApiKeyEdit = {
      ...(input.name !== undefined && { name: input.name }),
      ...(input.description !== undefined && { description: input.description }),
      ...(wanted && { roleId: wanted.roleId, permissions: [...wanted.permissions].sort() }),
      ...said,
    };
    await new ApiKeyStore(change.rows).edit(permit, key.id, edit, change.now);
    const { name, description, roleId, permissions } = key;
    const before = { name, description, roleId, permissions, ...settingsOf(key) };
    await change.record(permit, { namespaceId: home.id, changes: { before, after: edit } });
    return { ...key, ...edit, updatedAt: change.now };
  });

async function peopleBehind({ facts }: Change, { key, home, caller }: OwnedKey) {
  const [user, issuer] = await Promise.all([facts.person(key.userId, [home.id]), facts.person(key.issuedBy, [home.id])]);
  return caller.kind === 'USER' ? [user, issuer, caller.person] : [user, issuer];
}

/** What an admin set on a key that they issued for somebody is widened, and its metadata changed, with `apiKey:manage` only. */
function assertMayWiden({ key, home, caller }: OwnedKey): void {
  const manage = permission('apiKey:manage');
  if (key.createdBy !== key.userId && !hasRight(caller, manage, home)) {
    throw forbidden('This API key was issued for you: only who holds apiKey:manage widens it or changes its metadata.', [manage]);
  }
}
