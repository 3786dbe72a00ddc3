import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { ownedWebhook } from './ownedWebhook.js';
import { told } from './Webhook.js';
import { WebhookStore } from './WebhookStore.js';

export const deleteWebhookInput = z.object({ id: idOf('whk') });

/** Takes a webhook away, for who holds `organization:manage`; what waits is not sent any more. */
export const deleteWebhook = (act: Act, { id }: z.output<typeof deleteWebhookInput>): Promise<string> =>
  act.change(async (change) => {
    const { webhook, attempt } = await ownedWebhook(change, id);
    const permit = change.permit('input.id', { action: 'webhook.delete', ...attempt });
    await new WebhookStore(change.rows).delete(permit, id);
    await change.record(permit, { namespaceId: webhook.organizationId, changes: { before: told(webhook) } });
    return id;
  });
