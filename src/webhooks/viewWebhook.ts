import type { Act } from '../access/index.js';
import { hasRight, permission, type Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import type { Webhook } from './Webhook.js';
import { WebhookStore } from './WebhookStore.js';

/** Webhooks by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function webhooksById(rows: Rows, ids: readonly string[]): Promise<(Webhook | null)[]> {
  const found = await new WebhookStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** The webhooks of each of these organizations, for loaders. */
export async function webhooksOfOrganizations(rows: Rows, ids: readonly string[]): Promise<Webhook[][]> {
  const found = await new WebhookStore(rows).ofOrganizations(ids);
  return ids.map((id) => found.get(id) ?? []);
}

/** Whether the caller sees the webhooks of an organization: who may manage it, and nobody else. */
export async function mayViewWebhooks(act: Act, organizationId: string): Promise<boolean> {
  const organization = await act.facts.namespace(organizationId);
  return organization !== null && hasRight(await act.caller(organization), permission('organization:manage'), organization);
}

/** Takes the webhooks of an organization away with it. */
export const endWebhooksOf = (rows: Rows, permit: Permit<'organization.delete'>, organizationId: string): Promise<void> =>
  new WebhookStore(rows).deleteOfOrganization(permit, organizationId);
