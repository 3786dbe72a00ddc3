import { In, MoreThan } from 'typeorm';
import { keysetPage, type Rows } from '../database/index.js';
import { mapPage, type Page, type PageRequest } from '../domain/index.js';
import { type AuditEvent, toAuditEvent } from './AuditEvent.js';
import { type AuditEventRow, AuditEventRows } from './AuditEventRow.js';

/** What narrows the trail of a tenant; all that is set must hold. */
export interface AuditFilter {
  readonly action?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly outcome?: 'ALLOWED' | 'DENIED' | null | undefined;
  /** At or after. */
  readonly from?: Date | null | undefined;
  /** Before. */
  readonly to?: Date | null | undefined;
}

/** Rows of audit events: added, never changed. Only the chain and the log of denials add them. */
export class AuditStore {
  constructor(private readonly rows: Rows) {}

  async insert(...events: AuditEventRow[]): Promise<void> {
    await this.rows.insert(AuditEventRows, events);
  }

  async byIds(ids: readonly string[]): Promise<Map<string, AuditEvent>> {
    const found = await this.rows.findBy(AuditEventRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toAuditEvent(row)]));
  }

  /** The trail of a tenant, the newest first. */
  async list(organizationId: string, { from, to, ...filter }: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>> {
    const query = this.rows.createQueryBuilder(AuditEventRows, 'a').where('a.organizationId = :organizationId', { organizationId });
    for (const [column, value] of Object.entries(filter)) {
      if (value !== null && value !== undefined) query.andWhere(`a.${column} = :${column}`, { [column]: value });
    }
    if (from) query.andWhere('a.at >= :from', { from });
    if (to) query.andWhere('a.at < :to', { to });
    return mapPage(await keysetPage(query, page, 'DESC'), toAuditEvent);
  }

  /** The next events of a tenant's chain, in its order. */
  async chain(organizationId: string, afterSequence: number, limit: number): Promise<AuditEventRow[]> {
    return this.rows.find(AuditEventRows, {
      where: { organizationId, sequence: MoreThan(afterSequence) },
      order: { sequence: 'ASC' },
      take: limit,
    });
  }
}
