import type { Change } from '../access/index.js';
import { hasRight, permission } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import type { Webhook } from './Webhook.js';
import { WebhookStore } from './WebhookStore.js';

/** A webhook that somebody acts on, and the attempt; NOT_FOUND where the tenant has none with this id. */
export async function ownedWebhook(change: Change, id: string) {
  const webhook: Webhook | undefined = (await new WebhookStore(change.rows).byIds([id])).get(id);
  if (webhook?.organizationId !== change.ledger.organizationId) throw notFound('input.id');
  const where = await change.namespace('input.id', webhook.organizationId, 'ORGANIZATION');
  const caller = await change.caller(where);
  const visible = hasRight(caller, permission('organization:manage'), where);
  return { webhook, attempt: { caller, where, visible, target: id } };
}
