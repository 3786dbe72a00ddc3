import { In, type SelectQueryBuilder } from 'typeorm';
import type { Condition } from '../access/index.js';
import { keysetPage, type Rows } from '../database/index.js';
import { firstIdAt, type Page, type PageRequest } from '../domain/index.js';
import type { UseCode } from './KeyUse.js';
import type { VerificationLog } from './VerificationLog.js';
import { type VerificationLogRow, VerificationLogRows } from './VerificationLogRow.js';

/** What narrows the logs of a tenant; all that is set must hold. */
export interface LogFilter {
  readonly apiKeyId?: string | null | undefined;
  readonly code?: UseCode | null | undefined;
  /** At or after. */
  readonly from?: Date | null | undefined;
  /** Before. */
  readonly to?: Date | null | undefined;
}

/** Keys whose newest lines are read in one statement: SQLite takes 500 parts of a union. */
const MOST_PARTS = 200;

/** Reads the lines of keys' logs, the newest first. Ids sort by the time of the use, and so do all pages. */
export class VerificationLogStore {
  constructor(private readonly rows: Rows) {}

  /** One line, if `visible` holds for it. */
  async byId(tenantId: string, visible: Condition, id: string): Promise<VerificationLog | null> {
    return this.visible(tenantId, visible).andWhere('v.id = :id', { id }).getOne();
  }

  async list(tenantId: string, visible: Condition, filter: LogFilter, page: PageRequest): Promise<Page<VerificationLog>> {
    const { apiKeyId, code, from, to } = filter;
    const query = this.visible(tenantId, visible);
    if (apiKeyId) query.andWhere('v.apiKeyId = :apiKeyId', { apiKeyId });
    if (code) query.andWhere('v.code = :code', { code });
    if (from) query.andWhere('v.id >= :from', { from: firstIdAt('log', from) });
    if (to) query.andWhere('v.id < :to', { to: firstIdAt('log', to) });
    return keysetPage(query, page, 'DESC');
  }

  /** The page of each key: of each as many lines as are shown, and never all of a long log. */
  async newestOf(
    tenantId: string,
    visible: Condition,
    apiKeyIds: readonly string[],
    { limit, after }: PageRequest,
  ): Promise<ReadonlyMap<string, Page<VerificationLog>>> {
    const ids: string[] = [];
    for (let from = 0; from < apiKeyIds.length; from += MOST_PARTS) {
      const parts = apiKeyIds.slice(from, from + MOST_PARTS).map((apiKeyId) => {
        const query = this.visible(tenantId, visible).select('v.id', 'id').andWhere('v.apiKeyId = :apiKeyId', { apiKeyId });
        if (after !== null) query.andWhere('v.id < :after', { after });
        return query
          .orderBy('v.id', 'DESC')
          .limit(limit + 1)
          .getQueryAndParameters();
      });
      const union = parts.map(([sql], index) => `SELECT id FROM (${sql}) part${index}`).join(' UNION ALL ');
      const found = await this.rows.query<{ id: string }[]>(
        union,
        parts.flatMap(([, parameters]) => parameters as unknown[]),
      );
      ids.push(...found.map(({ id }) => id));
    }
    const lines = await this.rows.find(VerificationLogRows, { where: { id: In(ids) }, order: { id: 'DESC' } });
    const byKey = Map.groupBy(lines, ({ apiKeyId }) => apiKeyId);
    return new Map([...byKey].map(([apiKeyId, found]) => [apiKeyId, pageOf(found, limit, after)]));
  }

  private visible(tenantId: string, visible: Condition): SelectQueryBuilder<VerificationLogRow> {
    return this.rows
      .createQueryBuilder(VerificationLogRows, 'v')
      .where('v.organizationId = :tenantId', { tenantId })
      .andWhere(visible.sql, visible.parameters);
  }
}

const pageOf = (found: readonly VerificationLog[], limit: number, after: string | null): Page<VerificationLog> => ({
  items: found.slice(0, limit),
  hasNextPage: found.length > limit,
  hasPreviousPage: after !== null,
  // Logs are long and tell no totals.
  count: () => Promise.resolve(found.length),
});
