import { z } from 'zod';
import type { Act } from '../access/index.js';
import { effective, type KeyFacts, type Permission, type Person } from '../authority/index.js';
import { conflict, idOf } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';
import { ownedKey } from './ownedKey.js';

/** What a key can do once everybody behind it is active again: somebody's deactivation now must not make it look weak. */
function strengthOf(key: KeyFacts): ReadonlySet<Permission> {
  const [user, issuer] = key.people;
  return effective({ ...key, people: [awake(user), awake(issuer)] }, key.home);
}

const awake = (person: Person): Person => (person.state === 'INACTIVE' ? { ...person, state: 'ACTIVE' } : person);

export const reactivateApiKeyInput = z.object({ id: idOf('key') });

/**
 * Undoes a revocation: by who revoked it, or with `apiKey:manage`. Never of a permanently revoked or an expired key
 * (C2, C18). It hands on what the key can do again.
 */
export const reactivateApiKey = (act: Act, input: z.output<typeof reactivateApiKeyInput>): Promise<ApiKey> =>
  act.change(async (change) => {
    const { key, home, caller, own, visible } = await ownedKey(change, input.id);
    const facts = await change.facts.keyOf(key, [home.id]);
    const permit = change.permit('input.id', {
      action: 'apiKey.reactivate',
      caller,
      where: home,
      visible,
      own: own && (key.revokedAt === null || key.revokedBy === key.userId),
      target: key.id,
      handsOn: [{ namespace: home, permissions: facts ? strengthOf(facts) : [] }],
    });
    if (key.revokedPermanently) throw conflict('This API key was revoked for good: create another one.', 'input.id');
    if (key.expiresAt && key.expiresAt <= change.now) {
      throw conflict('This API key has expired, and an expiry never changes: create another one.', 'input.id');
    }
    await new ApiKeyStore(change.rows).reactivate(permit, key.id, change.now);
    await change.record(permit, { namespaceId: home.id, changes: { before: { revokedAt: key.revokedAt?.toISOString() ?? null } } });
    return { ...key, revokedAt: null, revokedBy: null, revokeReason: null, updatedAt: change.now };
  });
