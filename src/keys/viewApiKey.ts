import { type Act, type Condition, type KeyRecord, usableIn } from '../access/index.js';
import { type Caller, effective, keyStatus, type KeyStatus, type Permission, permission, seesKey, usable } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { idKind, type Page, type PageArguments, pageRequest } from '../domain/index.js';
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

/** What `seesKey` says, as a query over the rows of keys named `k`. */
async function visibleKeys(act: Act, caller: Caller): Promise<Condition> {
  if (caller.kind === 'KEY') {
    const { id, home, environment } = caller.key;
    if (!usable(caller, home).has(permission('apiKey:view'))) return { sql: 'k.id = :self', parameters: { self: id } };
    return {
      sql: '(k.id = :self OR (k.namespace_id = :selfHome AND k.environment = :selfEnvironment))',
      parameters: { self: id, selfHome: home.id, selfEnvironment: environment },
    };
  }
  const others = await usableIn(act.facts, caller, 'k.namespace_id', [permission('apiKey:view'), permission('apiKey:manage')]);
  return { sql: `(k.user_id = :self OR ${others.sql})`, parameters: { self: caller.person.id, ...others.parameters } };
}

/** The keys that the caller sees: their own, and those of where they may view or manage keys. */
export async function listApiKeys(act: Act, filter: PageArguments): Promise<Page<ApiKey>> {
  const page = pageRequest(filter);
  const caller = await act.caller();
  return new ApiKeyStore(act.rows).list(caller.tenant.id, await visibleKeys(act, caller), page);
}

/** The same, for each of many namespaces or users. */
export const apiKeysWithin =
  (by: 'namespaceId' | 'userId') =>
  async (act: Act, parents: readonly string[], filter: PageArguments): Promise<ReadonlyMap<string, Page<ApiKey>>> => {
    const page = pageRequest(filter);
    const caller = await act.caller();
    return new ApiKeyStore(act.rows).listWithin(caller.tenant.id, await visibleKeys(act, caller), by, parents, page);
  };

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
