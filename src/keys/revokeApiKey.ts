import { z } from 'zod';
import type { Act } from '../access/index.js';
import { descriptionText, idOf } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore, type Revocation } from './ApiKeyStore.js';
import { ownedKey } from './ownedKey.js';

export const revokeApiKeyInput = z.object({ id: idOf('key'), reason: descriptionText, permanent: z.boolean().nullish() });

/**
 * Stops a key at once; its history stays (S2.8). Its own user, the key itself, or who holds `apiKey:manage`. Repeating it
 * is fine; what was permanent stays so, and what an admin revoked is not taken over by the key's user (R80).
 */
export const revokeApiKey = (act: Act, input: z.output<typeof revokeApiKeyInput>): Promise<ApiKey> =>
  act.change(async (change) => {
    const { key, home, caller, own, visible } = await ownedKey(change, input.id);
    const permit = change.permit('input.id', { action: 'apiKey.revoke', caller, where: home, visible, own, target: key.id });
    const revokedPermanently = key.revokedPermanently || input.permanent === true;
    const standing = key.revokedAt !== null && key.revokedBy !== null && own;
    const revocation: Revocation = standing
      ? { revokedAt: key.revokedAt, revokedBy: key.revokedBy, revokeReason: key.revokeReason, revokedPermanently }
      : {
          revokedAt: key.revokedAt ?? change.now,
          revokedBy: await change.actorId(),
          revokeReason: input.reason ?? null,
          revokedPermanently,
        };
    await new ApiKeyStore(change.rows).revoke(permit, key.id, revocation, change.now);
    await change.record(permit, {
      namespaceId: home.id,
      reason: input.reason ?? null,
      changes: { after: { permanent: revokedPermanently } },
    });
    return { ...key, ...revocation, updatedAt: change.now };
  });
