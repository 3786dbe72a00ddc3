import type { Change } from '../access/index.js';
import { type Caller, hasRight, type NamespaceFacts, permission } from '../authority/index.js';
import { forbidden } from '../domain/index.js';

const creating = [permission('apiKey:createForUser'), permission('apiKey:manage')] as const;

/**
 * Where an organization keeps the making of keys to its admins (C9), creating one for oneself, and an edit that widens
 * one, need `apiKey:createForUser` or `apiKey:manage`.
 */
export async function assertMembersMayCreate(change: Change, caller: Caller, home: NamespaceFacts): Promise<void> {
  const { membersMayCreateApiKeys } = await change.facts.settings();
  if (membersMayCreateApiKeys || creating.some((name) => hasRight(caller, name, home))) return;
  throw forbidden('In this organization only its admins create API keys or widen them: ask one of them.', [...creating]);
}
