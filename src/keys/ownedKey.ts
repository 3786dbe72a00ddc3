import type { Change } from '../access/index.js';
import { type Caller, type NamespaceFacts, ownsKey, seesKey } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';

/** A key that somebody acts on, with what every decision about it asks. */
export interface OwnedKey {
  readonly key: ApiKey;
  readonly home: NamespaceFacts;
  readonly caller: Caller;
  readonly visible: boolean;
  /** The signed-in person's own key, or the calling key itself. */
  readonly own: boolean;
}

/** Reads a living key of the tenant in a change; NOT_FOUND on `input.id` if there is none. */
export async function ownedKey(change: Change, id: string): Promise<OwnedKey> {
  const key = (await new ApiKeyStore(change.rows).byIds([id])).get(id);
  if (!key) throw notFound('input.id');
  const home = await change.namespace('input.id', key.namespaceId);
  const caller = await change.caller(home);
  const owned = { id, userId: key.userId, home, environment: key.environment };
  return { key, home, caller, visible: seesKey(caller, owned), own: ownsKey(caller, owned) };
}
