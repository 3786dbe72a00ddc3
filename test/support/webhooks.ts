import {
  CreateWebhookDocument,
  RotateSharedSecretDocument,
  UpdateWebhookDocument,
  type UpdateWebhookInput,
  type WebhookEvent,
  WebhooksDocument,
  type WebhooksQuery,
} from '../generated/documents.js';
import type { TestTenant } from './tenant.js';

const everything: readonly WebhookEvent[] = [
  'API_KEY_CREATED',
  'API_KEY_UPDATED',
  'API_KEY_REVOKED',
  'API_KEY_REGENERATED',
  'API_KEY_DELETED',
  'API_KEY_EXPIRING',
];

type Hook = Extract<NonNullable<WebhooksQuery['namespace']>, { readonly webhooks: unknown }>['webhooks'][number];

/** Gives an organization a new shared secret, and tells it. */
export const rotate = async ({ organizationId, owner }: TestTenant): Promise<string> =>
  (await owner.client.ask(RotateSharedSecretDocument, { input: { organizationId } })).rotateSharedSecret.secret;

/** Registers a webhook, of everything unless said otherwise; its id. */
export const createHook = async ({ organizationId, owner }: TestTenant, url: string, events = everything): Promise<string> =>
  (await owner.client.ask(CreateWebhookDocument, { input: { organizationId, url, events: [...events] } })).createWebhook.webhook.id;

/** Changes a webhook. */
export const updateHook = async ({ owner }: TestTenant, id: string, change: Omit<UpdateWebhookInput, 'id'>): Promise<void> =>
  void (await owner.client.ask(UpdateWebhookDocument, { input: { id, ...change } }));

/** The webhooks of an organization as its owner sees them. */
export async function hooksOf({ organizationId, owner }: TestTenant, by = owner.client): Promise<readonly Hook[]> {
  const { namespace } = await by.ask(WebhooksDocument, { organizationId });
  return namespace && 'webhooks' in namespace ? namespace.webhooks : [];
}

/** One of them. */
export const hookOf = async (tenant: TestTenant, id: string): Promise<Hook | undefined> =>
  (await hooksOf(tenant)).find((hook) => hook.id === id);
