import type { Act, KeyRecord } from '../access/index.js';
import { effective, keyStatus, type KeyStatus, type Permission, seesKey } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { idKind } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';

/** Living keys by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function apiKeysById(rows: Rows, ids: readonly string[]): Promise<(ApiKey | null)[]> {
  const found = await new ApiKeyStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** Whether the caller sees a key. */
export async function mayViewApiKey(act: Act, key: ApiKey): Promise<boolean> {
  const home = await act.facts.namespace(key.namespaceId);
  return home !== null && seesKey(await act.caller(home), { id: key.id, userId: key.userId, home, environment: key.environment });
}

/** A key that the caller sees, or null. */
export async function viewApiKey(act: Act, id: string): Promise<ApiKey | null> {
  if (idKind(id) !== 'key') return null;
  const [key] = await apiKeysById(act.rows, [id]);
  return key && (await mayViewApiKey(act, key)) ? key : null;
}

/** How a key stands at this instant. */
export async function statusOf(act: Act, key: KeyRecord): Promise<KeyStatus> {
  const parent = await act.facts.parentLife(key);
  const life = { stopped: key.revokedAt !== null || key.deletedAt !== null, expiresAt: key.expiresAt?.getTime() ?? null };
  return keyStatus({ ...life, parent }, act.clock().getTime());
}

/** What a key can do in its namespace now; nothing unless it is active. */
export async function effectivePermissionsOf(act: Act, key: KeyRecord): Promise<Permission[]> {
  const facts = await act.facts.keyOf(key, []);
  if (!facts || keyStatus(facts, act.clock().getTime()) !== 'ACTIVE') return [];
  return [...effective(facts, facts.home)].sort();
}
