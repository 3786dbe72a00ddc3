import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `webhook_lanes`: how far a webhook has come. */
export interface WebhookLaneRow {
  webhookId: string;
  cursorSequence: number;
  cursorKeyId: string | null;
  places: number;
  scannedAt: Date | null;
  leaseId: string | null;
  leasedUntil: Date | null;
  lastDeliveryAt: Date | null;
  lastFailure: string | null;
}

const { id, instant, integer, optional, primaryId, text } = columns;

export const WebhookLaneRows = new EntitySchema<WebhookLaneRow>({
  name: 'WebhookLane',
  tableName: 'webhook_lanes',
  columns: {
    webhookId: primaryId('webhook_id'),
    cursorSequence: integer('cursor_sequence'),
    cursorKeyId: optional(id('cursor_key_id')),
    places: integer('places'),
    scannedAt: optional(instant('scanned_at')),
    leaseId: optional(text('lease_id')),
    leasedUntil: optional(instant('leased_until')),
    lastDeliveryAt: optional(instant('last_delivery_at')),
    lastFailure: optional(text('last_failure')),
  },
});
