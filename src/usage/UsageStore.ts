import type { Rows } from '../database/index.js';
import { UsageHourRows } from './UsageHourRow.js';

/** A stretch of time whose uses are counted together: `unit` long, as often as it fits between the two instants. */
export interface UsageRange {
  /** The first instant of a unit. */
  readonly from: Date;
  /** The end of a unit. */
  readonly to: Date;
  readonly unit: 'HOUR' | 'DAY';
}

/** How often a key was used within one unit of time. */
export interface UsageSum {
  readonly apiKeyId: string;
  readonly start: Date;
  readonly verified: number;
  readonly denied: number;
  readonly rateLimited: number;
}

/** As much of an instant, as both databases write it, as names its unit. */
const named = { HOUR: 'YYYY-MM-DD HH'.length, DAY: 'YYYY-MM-DD'.length } as const;

/** Reads how often keys were used. */
export class UsageStore {
  constructor(private readonly rows: Rows) {}

  /** The units in which these keys were used at all, in one statement. */
  async sums(apiKeyIds: readonly string[], { from, to, unit }: UsageRange): Promise<UsageSum[]> {
    const start = `SUBSTR(u.hour, 1, ${named[unit]})`;
    const found = await this.rows
      .createQueryBuilder(UsageHourRows, 'u')
      .select('u.apiKeyId', 'apiKeyId')
      .addSelect(start, 'start')
      .addSelect('SUM(u.verified)', 'verified')
      .addSelect('SUM(u.denied)', 'denied')
      .addSelect('SUM(u.rateLimited)', 'rateLimited')
      .where('u.apiKeyId IN (:...apiKeyIds) AND u.hour >= :from AND u.hour < :to', { apiKeyIds, from, to })
      .groupBy('u.apiKeyId')
      .addGroupBy(start)
      .getRawMany<Record<keyof UsageSum, string>>();
    return found.map(({ apiKeyId, start: text, verified, denied, rateLimited }) => ({
      apiKeyId,
      start: new Date(`${text.replace(' ', 'T')}${unit === 'HOUR' ? ':00Z' : 'T00:00Z'}`),
      verified: Number(verified),
      denied: Number(denied),
      rateLimited: Number(rateLimited),
    }));
  }
}
