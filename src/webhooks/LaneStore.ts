import { TenantRows } from '../access/TenantRow.js';
import type { Rows } from '../database/index.js';
import { WebhookDeliveryRows } from './WebhookDeliveryRow.js';
import { type WebhookLaneRow, WebhookLaneRows } from './WebhookLaneRow.js';
import { WebhookRows } from './WebhookRow.js';

/** The right to send for a webhook, of one replica, until an instant. */
export interface Lease {
  readonly webhookId: string;
  readonly id: string;
  readonly until: Date;
}

/** Rows of webhooks, as the background writes them: how far each has come, and who sends for it. It is nobody's act. */
export class LaneStore {
  constructor(private readonly rows: Rows) {}

  /** Webhooks that are switched on and whose tenant has gone on since they were written last, or that were not scanned since then. */
  async behind(scannedBefore: Date): Promise<string[]> {
    const found = await this.rows
      .createQueryBuilder(WebhookRows, 'w')
      .select('w.id', 'id')
      .innerJoin(TenantRows.options.name, 't', 't.organizationId = w.organizationId')
      .innerJoin(WebhookLaneRows.options.name, 'l', 'l.webhookId = w.id')
      .where('w.active = :active', { active: true })
      .andWhere('(t.auditSequence > l.cursorSequence OR l.scannedAt IS NULL OR l.scannedAt <= :scannedBefore)', { scannedBefore })
      .getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
  }

  /** Webhooks that are switched on, for which something is due and nobody sends now. */
  async due(now: Date): Promise<string[]> {
    const found = await this.rows
      .createQueryBuilder(WebhookDeliveryRows, 'd')
      .select('d.webhookId', 'id')
      .innerJoin(WebhookLaneRows.options.name, 'l', 'l.webhookId = d.webhookId')
      .innerJoin(WebhookRows.options.name, 'w', 'w.id = d.webhookId')
      .where('d.dueAt <= :now AND w.active = :active', { now, active: true })
      .andWhere('(l.leasedUntil IS NULL OR l.leasedUntil <= :now)')
      .groupBy('d.webhookId')
      .getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
  }

  /** Takes a webhook's row for this transaction: of two replicas one goes on, the other comes after it. */
  async hold(webhookId: string): Promise<WebhookLaneRow | null> {
    const { rows } = this;
    if (rows.dataSource.options.type === 'mysql') {
      await rows.query('SELECT webhook_id FROM webhook_lanes WHERE webhook_id = ? FOR UPDATE', [webhookId]);
    }
    return rows.findOneBy(WebhookLaneRows, { webhookId });
  }

  async advance(webhookId: string, to: Pick<WebhookLaneRow, 'cursorSequence' | 'cursorKeyId' | 'places' | 'scannedAt'>): Promise<void> {
    await this.rows.update(WebhookLaneRows, { webhookId }, to);
  }

  /** Whether the lease was free, and is now taken. The row is written, so that a cluster refuses one of two. */
  async lease({ webhookId, id, until }: Lease, now: Date): Promise<boolean> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .update(WebhookLaneRows)
      .set({ leaseId: id, leasedUntil: until })
      .where('webhook_id = :webhookId AND (leased_until IS NULL OR leased_until <= :now)', { webhookId, now })
      .execute();
    return affected === 1;
  }

  /** Gives a lease back; one that has passed on to another stays with it. */
  async release({ webhookId, id }: Lease): Promise<void> {
    await this.rows.update(WebhookLaneRows, { webhookId, leaseId: id }, { leaseId: null, leasedUntil: null });
  }

  async tellDelivered(webhookId: string, at: Date): Promise<void> {
    await this.rows.update(WebhookLaneRows, { webhookId }, { lastDeliveryAt: at });
  }

  async tellFailure(webhookId: string, failure: string): Promise<void> {
    await this.rows.update(WebhookLaneRows, { webhookId }, { lastFailure: failure });
  }

  /** The receiver is gone for good: nothing more is sent there. Whether that URL was still the one. */
  async switchOff(webhookId: string, url: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(WebhookRows, { id: webhookId, url, active: true }, { active: false, updatedAt: now });
    return affected === 1;
  }
}
