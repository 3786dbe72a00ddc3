import { In } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { TenantRows } from '../access/TenantRow.js';
import type { Webhook } from './Webhook.js';
import { WebhookDeliveryRows } from './WebhookDeliveryRow.js';
import { WebhookLaneRows } from './WebhookLaneRow.js';
import { type WebhookRow, WebhookRows } from './WebhookRow.js';

/** Rows of webhooks, as admins change and see them. */
export class WebhookStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, Webhook>> {
    return this.seen(await this.rows.findBy(WebhookRows, { id: In([...ids]) }));
  }

  /** The webhooks of each organization, in the order of their making. */
  async ofOrganizations(organizationIds: readonly string[]): Promise<Map<string, Webhook[]>> {
    const found = await this.rows.find(WebhookRows, { where: { organizationId: In([...organizationIds]) }, order: { id: 'ASC' } });
    const webhooks = await this.seen(found);
    return Map.groupBy(webhooks.values(), ({ organizationId }) => organizationId);
  }

  count(organizationId: string): Promise<number> {
    return this.rows.countBy(WebhookRows, { organizationId });
  }

  async insert(permit: Permit<'webhook.create'>, webhook: WebhookRow): Promise<void> {
    permitted(permit, this.rows, webhook.id);
    await this.rows.insert(WebhookRows, webhook);
    await this.rows.insert(WebhookLaneRows, {
      webhookId: webhook.id,
      cursorSequence: await this.endOfChain(webhook.organizationId),
      cursorKeyId: null,
      places: 0,
      scannedAt: null,
      leaseId: null,
      leasedUntil: null,
      lastDeliveryAt: null,
      lastFailure: null,
    });
  }

  async edit(permit: Permit<'webhook.update'>, id: string, edit: Partial<Omit<WebhookRow, 'id' | 'organizationId'>>): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(WebhookRows, { id }, edit);
  }

  /** Another receiver: what was told of the one before says nothing of it. */
  async forgetOutcomes(permit: Permit<'webhook.update'>, id: string): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(WebhookLaneRows, { webhookId: id }, { lastDeliveryAt: null, lastFailure: null });
  }

  /** What still waits is not sent any more. */
  async clear(permit: Permit<'webhook.update'>, id: string): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.delete(WebhookDeliveryRows, { webhookId: id });
  }

  /** What happened while it was switched off is passed over. */
  async catchUp(permit: Permit<'webhook.update'>, { id, organizationId }: Webhook): Promise<void> {
    permitted(permit, this.rows, id);
    const cursorSequence = await this.endOfChain(organizationId);
    await this.rows.update(WebhookLaneRows, { webhookId: id }, { cursorSequence, cursorKeyId: null, scannedAt: null });
  }

  async delete(permit: Permit<'webhook.delete'>, id: string): Promise<void> {
    permitted(permit, this.rows, id);
    await this.remove([id]);
  }

  async deleteOfOrganization(permit: Permit<'organization.delete'>, organizationId: string): Promise<void> {
    permitted(permit, this.rows, organizationId);
    const found = await this.rows.find(WebhookRows, { select: { id: true }, where: { organizationId } });
    await this.remove(found.map(({ id }) => id));
  }

  private async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.rows.delete(WebhookLaneRows, { webhookId: In([...ids]) });
    await this.rows.delete(WebhookDeliveryRows, { webhookId: In([...ids]) });
    await this.rows.delete(WebhookRows, { id: In([...ids]) });
  }

  private async endOfChain(organizationId: string): Promise<number> {
    return (await this.rows.findOneByOrFail(TenantRows, { organizationId })).auditSequence;
  }

  private async seen(found: readonly WebhookRow[]): Promise<Map<string, Webhook>> {
    const lanes = await this.rows.findBy(WebhookLaneRows, { webhookId: In(found.map(({ id }) => id)) });
    const byWebhook = new Map(lanes.map((lane) => [lane.webhookId, lane]));
    return new Map(
      found.map(({ updatedAt: _updatedAt, ...row }) => {
        const { lastDeliveryAt = null, lastFailure = null } = byWebhook.get(row.id) ?? {};
        return [row.id, { ...row, lastDeliveryAt, lastFailure }];
      }),
    );
  }
}
