import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';
import type { WebhookEvent } from './WebhookEvent.js';

/** A row of `webhooks`: what an admin has said. */
export interface WebhookRow {
  id: string;
  organizationId: string;
  url: string;
  events: WebhookEvent[];
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
}

const { flag, id, instant, json, primaryId, text } = columns;

export const WebhookRows = new EntitySchema<WebhookRow>({
  name: 'Webhook',
  tableName: 'webhooks',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    url: text('url'),
    events: json('events'),
    active: flag('active'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
  },
});
