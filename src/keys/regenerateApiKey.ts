import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import type { Permission } from '../authority/index.js';
import { conflict, idOf } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore, type Regeneration } from './ApiKeyStore.js';
import { hintOf, makeCredential } from './credential.js';
import type { IssuedKey } from './issueKey.js';
import { ownedKey, type OwnedKey } from './ownedKey.js';

const MOST_GRACE_SECONDS = 86_400;

export const regenerateApiKeyInput = z.object({
  id: idOf('key'),
  graceSeconds: z
    .int('must be a whole number of seconds')
    .min(0, 'is less than 0: leave it out to stop the old secret at once')
    .max(MOST_GRACE_SECONDS, `is more than ${MOST_GRACE_SECONDS} seconds (24 hours): let the old secret work for less long`)
    .nullish(),
  expectedGeneration: z.int('must be a whole number').min(1, 'is less than 1, the generation of a new key').nullish(),
});
type Input = z.output<typeof regenerateApiKeyInput>;

/**
 * Gives a key a new secret: same id, name, permissions, configuration and expiry (S2.11, C5). Its own user, or who holds
 * `apiKey:manage` and all that the key was granted. Whoever does it stands behind the key from now on (C12, R77).
 */
export const regenerateApiKey = (act: Act, input: Input): Promise<IssuedKey> =>
  act.change(async (change) => {
    const owned = await ownedKey(change, input.id);
    const { key, home, caller, own, visible } = owned;
    const permit = change.permit('input.id', {
      action: 'apiKey.regenerate',
      caller,
      where: home,
      visible,
      own,
      target: key.id,
      handsOn: handedOver(owned),
    });
    assertReplaceable(change, key, input);
    const { credential, secret, digest } = makeCredential(key.id, key.environment);
    const regeneration: Regeneration = {
      // An imported key had a credential of another form.
      hint: hintOf(key.id, key.environment),
      issuedBy: await change.actorId(),
      generation: key.generation + 1,
      previousSecretExpiresAt: endOfGrace(change, key, input.graceSeconds ?? 0),
    };
    await new ApiKeyStore(change.rows).regenerate(permit, key.id, regeneration, digest, change.now);
    await change.record(permit, { namespaceId: home.id, changes: { before: told(key), after: told(regeneration) } });
    return { apiKey: { ...key, ...regeneration, updatedAt: change.now }, key: credential, secret };
  });

/** What is handed on: nothing to the key's own user, whom the live cap holds; to a successor, all that the key was granted. */
function handedOver({ key, home, caller, own }: OwnedKey) {
  if (own) return [];
  return [{ namespace: home, permissions: key.permissions as Permission[], behindKey: caller.kind === 'USER' ? [caller.person] : [] }];
}

/** A key that has ended for good gets no new secret, and nobody replaces one that they have not seen. */
function assertReplaceable({ now }: Change, key: ApiKey, { expectedGeneration }: Input): void {
  if (key.revokedPermanently) throw conflict('This API key was revoked for good: create another one.', 'input.id');
  if (key.expiresAt && key.expiresAt <= now) {
    throw conflict('This API key has expired, and an expiry never changes: create another one.', 'input.id');
  }
  if (typeof expectedGeneration === 'number' && expectedGeneration !== key.generation) {
    throw conflict(
      `This API key is at generation ${key.generation}: somebody regenerated it before you. Look at it again first.`,
      'input.expectedGeneration',
    );
  }
}

/** Until when the old secret works as well; null: not at all. A key that does not work now has nothing to overlap. */
function endOfGrace({ now }: Change, { revokedAt, expiresAt }: ApiKey, graceSeconds: number): Date | null {
  if (graceSeconds === 0 || revokedAt !== null) return null;
  const end = new Date(now.getTime() + graceSeconds * 1_000);
  return expiresAt && expiresAt < end ? expiresAt : end;
}

const told = ({ issuedBy, generation, previousSecretExpiresAt }: Regeneration) => ({
  issuedBy,
  generation,
  previousSecretExpiresAt: previousSecretExpiresAt?.toISOString() ?? null,
});
