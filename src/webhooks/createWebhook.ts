import { z } from 'zod';
import type { Act } from '../access/index.js';
import { conflict, idOf, newId } from '../domain/index.js';
import { hasSharedSecret } from '../secrets/index.js';
import { type Targets, targetUrl } from './targetUrl.js';
import { eventList, MOST_WEBHOOKS, told, type Webhook } from './Webhook.js';
import { WebhookStore } from './WebhookStore.js';

export const createWebhookInput = (targets: Targets) =>
  z.object({ organizationId: idOf('org'), url: targetUrl(targets), events: eventList });

/**
 * Registers a URL that is told of events from now on, for who holds `organization:manage`. The organization must have a
 * shared secret: without one the receiver could check no message.
 */
export const createWebhook = (act: Act, input: z.output<ReturnType<typeof createWebhookInput>>): Promise<Webhook> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', input.organizationId, 'ORGANIZATION');
    const id = newId('whk');
    const permit = change.permit('input.organizationId', {
      action: 'webhook.create',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: id,
    });
    const store = new WebhookStore(change.rows);
    if (!(await hasSharedSecret(change.rows, where.id))) {
      throw conflict('Messages are signed with the shared secret: create it first, with rotateSharedSecret.', 'input.organizationId');
    }
    if ((await store.count(where.id)) >= MOST_WEBHOOKS) {
      throw conflict(`An organization has at most ${MOST_WEBHOOKS} webhooks: delete one first.`, 'input.organizationId');
    }
    const { url, events } = input;
    const said = { id, organizationId: where.id, url, events, active: true, createdAt: change.now };
    await store.insert(permit, { ...said, updatedAt: change.now });
    await change.record(permit, { namespaceId: where.id, changes: { after: told(said) } });
    return { ...said, lastDeliveryAt: null, lastFailure: null };
  });
