import type { Rows } from '../database/index.js';
import { firstIdAt } from '../domain/index.js';
import { UsageHourRows } from './UsageHourRow.js';
import { VerificationLogRows } from './VerificationLogRow.js';

/** Deletes what is older than it need be: always the oldest rows, and never more than so many in one statement. */
export class PurgeStore {
  constructor(private readonly rows: Rows) {}

  /** Lines of logs from before an instant; how many were deleted. */
  async deleteLines(before: Date, most: number): Promise<number> {
    const end = firstIdAt('log', before);
    const oldest = await this.rows
      .createQueryBuilder(VerificationLogRows, 'v')
      .select('v.id', 'id')
      .where('v.id < :end', { end })
      .orderBy('v.id')
      .limit(most)
      .getRawMany<{ id: string }>();
    const last = oldest.at(-1);
    if (!last) return 0;
    await this.rows.createQueryBuilder().delete().from(VerificationLogRows).where('id <= :last', { last: last.id }).execute();
    return oldest.length;
  }

  /** Hours of usage from before an instant; how many were deleted. */
  async deleteHours(before: Date, most: number): Promise<number> {
    const oldest = await this.rows
      .createQueryBuilder(UsageHourRows, 'u')
      .where('u.hour < :before', { before })
      .orderBy('u.hour')
      .addOrderBy('u.apiKeyId')
      .limit(most)
      .getMany();
    const last = oldest.at(-1);
    if (!last) return 0;
    await this.rows
      .createQueryBuilder()
      .delete()
      .from(UsageHourRows)
      .where('hour < :hour OR (hour = :hour AND api_key_id <= :apiKeyId)', { hour: last.hour, apiKeyId: last.apiKeyId })
      .execute();
    return oldest.length;
  }
}
