import { In, IsNull, LessThan, LessThanOrEqual } from 'typeorm';
import { insertRows, type Rows } from '../database/index.js';
import { type WebhookDeliveryRow, WebhookDeliveryRows } from './WebhookDeliveryRow.js';

/** Rows of messages that wait, or that were sent or given up lately. */
export class DeliveryStore {
  constructor(private readonly rows: Rows) {}

  /** The oldest that are due, in the order in which they were written. */
  due(webhookId: string, now: Date, limit: number): Promise<WebhookDeliveryRow[]> {
    return this.rows.find(WebhookDeliveryRows, { where: { webhookId, dueAt: LessThanOrEqual(now) }, order: { place: 'ASC' }, take: limit });
  }

  /** Adds messages that are not there yet; those that were added. */
  async add(webhookId: string, messages: readonly Omit<WebhookDeliveryRow, 'place'>[], places: number): Promise<number> {
    if (messages.length === 0) return 0;
    const there = await this.rows.find(WebhookDeliveryRows, {
      select: { webhookId: true, place: true, messageId: true },
      where: { webhookId, messageId: In(messages.map(({ messageId }) => messageId)) },
    });
    const known = new Set(there.map(({ messageId }) => messageId));
    const fresh = messages.filter(({ messageId }) => !known.has(messageId));
    const placed = fresh.map((message, index) => ({ ...message, place: places + index + 1 }));
    await insertRows(this.rows, WebhookDeliveryRows, placed);
    return fresh.length;
  }

  /** Writes how a try ended; false where another replica has written it, or the message is gone. */
  async settle({ webhookId, place, attempts }: WebhookDeliveryRow, dueAt: Date | null): Promise<boolean> {
    const { affected } = await this.rows.update(WebhookDeliveryRows, { webhookId, place, attempts }, { attempts: attempts + 1, dueAt });
    return affected === 1;
  }

  async clear(webhookId: string): Promise<void> {
    await this.rows.delete(WebhookDeliveryRows, { webhookId });
  }

  /** Forgets what was settled and is old. */
  async purge(webhookId: string, before: Date): Promise<void> {
    await this.rows.delete(WebhookDeliveryRows, { webhookId, dueAt: IsNull(), createdAt: LessThan(before) });
  }
}
