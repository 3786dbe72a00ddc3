import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { ApiKeyStore } from './ApiKeyStore.js';
import { ownedKey } from './ownedKey.js';

export const deleteApiKeyInput = z.object({ id: idOf('key') });

/** Ends a key for good and takes it out of every list; its audit, usage and logs stay (C3). */
export const deleteApiKey = (act: Act, input: z.output<typeof deleteApiKeyInput>): Promise<string> =>
  act.change(async (change) => {
    const { key, home, caller, own, visible } = await ownedKey(change, input.id);
    const permit = change.permit('input.id', { action: 'apiKey.delete', caller, where: home, visible, own, target: key.id });
    await new ApiKeyStore(change.rows).delete(permit, key.id, change.now);
    await change.record(permit, { namespaceId: home.id, changes: { before: { name: key.name } } });
    return key.id;
  });
