import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf, kept } from '../domain/index.js';
import { ownedWebhook } from './ownedWebhook.js';
import { type Targets, targetUrl } from './targetUrl.js';
import { eventList, told, type Webhook } from './Webhook.js';
import { WebhookStore } from './WebhookStore.js';

export const updateWebhookInput = (targets: Targets) =>
  z.object({
    id: idOf('whk'),
    url: kept(targetUrl(targets)),
    events: kept(eventList),
    active: kept(z.boolean('must be true or false')),
  });

/**
 * Changes where a webhook leads, what it is told of, or switches it off and on, for who holds `organization:manage`. Once
 * it is off, what waits is dropped; once it is on again, it is told of what happens from then on.
 */
export const updateWebhook = (act: Act, { id, ...said }: z.output<ReturnType<typeof updateWebhookInput>>): Promise<Webhook> =>
  act.change(async (change) => {
    const { webhook, attempt } = await ownedWebhook(change, id);
    const permit = change.permit('input.id', { action: 'webhook.update', ...attempt });
    const { url = webhook.url, events = webhook.events, active = webhook.active } = said;
    const store = new WebhookStore(change.rows);
    await store.edit(permit, id, { url, events: [...events], active, updatedAt: change.now });
    const moved = url !== webhook.url;
    if (moved) await store.forgetOutcomes(permit, id);
    if (!active && webhook.active) await store.clear(permit, id);
    if (active && !webhook.active) await store.catchUp(permit, webhook);
    const after = { ...webhook, url, events, active, ...(moved && { lastDeliveryAt: null, lastFailure: null }) };
    await change.record(permit, {
      namespaceId: webhook.organizationId,
      changes: { before: told(webhook), after: { ...told(after), ...(moved && { urlChanged: true }) } },
    });
    return after;
  });
