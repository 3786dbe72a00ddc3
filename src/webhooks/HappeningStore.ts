import { In, MoreThan } from 'typeorm';
import { AuditEventRows } from '../audit/AuditEventRow.js';
import type { Rows } from '../database/index.js';
import { type ApiKeyRow, ApiKeyRows } from '../keys/ApiKeyRow.js';
import type { AuditedChange, Touched } from './AuditedChange.js';
import { lifeOf, type ToldKey } from './message.js';

const toldColumns = {
  id: true,
  name: true,
  namespaceId: true,
  organizationId: true,
  environment: true,
  userId: true,
  createdByApiKeyId: true,
  createdAt: true,
  updatedAt: true,
  expiresAt: true,
  revokedAt: true,
  revokedPermanently: true,
  deletedAt: true,
} as const;

/** What happened in a tenant, by its audit chain, and the keys that it was about. Read only. */
export class HappeningStore {
  constructor(private readonly rows: Rows) {}

  /** The next events of a tenant's chain, in its order. */
  async changesAfter(organizationId: string, sequence: number, limit: number): Promise<AuditedChange[]> {
    const found = await this.rows.find(AuditEventRows, {
      select: { id: true, sequence: true, at: true, action: true, targetId: true, changes: true },
      where: { organizationId, sequence: MoreThan(sequence) },
      order: { sequence: 'ASC' },
      take: limit,
    });
    return found.map((event) => ({ ...event, sequence: event.sequence ?? 0 }));
  }

  /** The keys that a change touched, in the order of their ids, from the one after `after`. */
  async keysTouched(organizationId: string, touched: Touched, after: string | null, limit: number): Promise<ToldKey[]> {
    const query = this.rows.createQueryBuilder(ApiKeyRows, 'k').where('k.organizationId = :organizationId', { organizationId });
    if (touched.by === 'KEY') {
      // Listed already: only the slice that is asked for goes to the database.
      const ids = [...new Set(touched.ids)]
        .sort()
        .filter((id) => after === null || id > after)
        .slice(0, limit);
      if (ids.length === 0) return [];
      query.andWhere({ id: In(ids) });
    } else {
      // The change and its event bear the same instant: keys that had ended before are not told of again.
      query.andWhere(
        touched.by === 'USER_REMOVED' ? 'k.userId = :ended AND k.revokedAt = :at' : 'k.namespaceId = :ended AND k.deletedAt = :at',
        { ended: touched.id, at: touched.at },
      );
      if (after !== null) query.andWhere('k.id > :after', { after });
    }
    return this.toldOf(await query.orderBy('k.id', 'ASC').limit(limit).getMany());
  }

  /** Working keys that expire soon (read by the index of statuses), of which this webhook has not been told so. */
  async keysExpiring(organizationId: string, webhookId: string, now: Date, until: Date, limit: number): Promise<ToldKey[]> {
    const found = await this.rows
      .createQueryBuilder(ApiKeyRows, 'k')
      .where('k.organizationId = :organizationId AND k.expiresAt > :now AND k.expiresAt <= :until', { organizationId, now, until })
      .andWhere('k.deletedAt IS NULL AND k.stopped = :stopped', { stopped: false })
      .andWhere(
        "NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = :webhookId AND d.api_key_id = k.id AND d.event = 'API_KEY_EXPIRING')",
        { webhookId },
      )
      .orderBy('k.id', 'ASC')
      .limit(limit)
      .getMany();
    return this.toldOf(found);
  }

  private async toldOf(keys: readonly ApiKeyRow[]): Promise<ToldKey[]> {
    const parents = keys.flatMap(({ createdByApiKeyId }) => createdByApiKeyId ?? []);
    const found = parents.length === 0 ? [] : await this.rows.find(ApiKeyRows, { select: toldColumns, where: { id: In(parents) } });
    const byId = new Map(found.map((row) => [row.id, row]));
    return keys.map((key) => {
      const parent = key.createdByApiKeyId === null ? undefined : byId.get(key.createdByApiKeyId);
      return { ...key, parent: parent ? lifeOf(parent) : null };
    });
  }
}
