import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';
import type { WebhookEvent } from './WebhookEvent.js';

/** A row of `webhook_deliveries`: a message to one webhook. */
export interface WebhookDeliveryRow {
  webhookId: string;
  place: number;
  messageId: string;
  event: WebhookEvent;
  apiKeyId: string;
  /** The JSON that is signed and sent, byte by byte. */
  body: string;
  attempts: number;
  dueAt: Date | null;
  createdAt: Date;
}

const { id, instant, integer, optional, primaryId, text } = columns;

export const WebhookDeliveryRows = new EntitySchema<WebhookDeliveryRow>({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  columns: {
    webhookId: primaryId('webhook_id'),
    place: { ...integer('place'), primary: true },
    messageId: text('message_id'),
    event: text('event'),
    apiKeyId: id('api_key_id'),
    body: text('body'),
    attempts: integer('attempts'),
    dueAt: optional(instant('due_at')),
    createdAt: instant('created_at'),
  },
});
