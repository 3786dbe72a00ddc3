import type { Act, TenantSettings } from '../access/index.js';
import { type NamespaceFacts, type Permission, seesNamespace, usable } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { idKind } from '../domain/index.js';
import type { Namespace } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';
import { TenantStore } from './TenantStore.js';

/** Namespaces by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function namespacesById(rows: Rows, ids: readonly string[]): Promise<(Namespace | null)[]> {
  const found = await new NamespaceStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** What each of these organizations has decided about its keys, for loaders. */
export async function settingsById(rows: Rows, ids: readonly string[]): Promise<TenantSettings[]> {
  const found = await new TenantStore(rows).settings(ids);
  return ids.map((id) => found.get(id) ?? { membersMayCreateApiKeys: false, maxApiKeyLifetimeDays: null });
}

async function factsFor(act: Act, id: string): Promise<NamespaceFacts | null> {
  return idKind(id) === null ? null : act.facts.namespace(id);
}

/** Whether the caller sees the namespace of that id. */
export async function mayViewNamespace(act: Act, id: string): Promise<boolean> {
  const facts = await factsFor(act, id);
  return facts !== null && seesNamespace(await act.caller(facts), facts);
}

/** What the caller may use in the namespace of that id; nothing where there is none. */
export async function viewerPermissions(act: Act, id: string): Promise<Permission[]> {
  const facts = await factsFor(act, id);
  return facts ? [...usable(await act.caller(facts), facts)].sort() : [];
}
