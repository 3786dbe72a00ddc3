import {
  ApiKeyUsageDocument,
  type ApiKeyUsageQuery,
  VerificationLogsDocument,
  type VerificationLogsQuery,
} from '../generated/documents.js';
import type { Client } from './client.js';
import { until } from './rows.js';
import type { Service } from './service.js';

export type KeyUsage = NonNullable<ApiKeyUsageQuery['apiKey']>;
export type LogLine = VerificationLogsQuery['verificationLogs']['nodes'][number];

const DAY_MS = 24 * 3_600_000;

/** A key's usage on the day of the service's clock, its last use and its newest lines. */
export async function usageOn(service: Service, client: Client, id: string): Promise<KeyUsage> {
  const now = service.clock.now();
  const { apiKey } = await client.ask(ApiKeyUsageDocument, {
    id,
    from: new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS).toISOString(),
    to: new Date(now.getTime() + 1).toISOString(),
    granularity: 'DAY',
    first: 100,
  });
  if (!apiKey) throw new Error('the key is not shown');
  return apiKey;
}

/** The same as soon as so many uses are counted, and what was counted last is there. */
export async function usageOf(service: Service, client: Client, id: string, uses: number): Promise<KeyUsage> {
  await until(async () => {
    const { usage } = await usageOn(service, client, id);
    const [day] = usage;
    return day && day.verified + day.denied + day.rateLimited >= uses ? true : undefined;
  });
  // Asked again: the key itself may have been read just before it was all written.
  return usageOn(service, client, id);
}

/** The newest lines of a tenant's log, as soon as there are so many. */
export const linesOf = (
  client: Client,
  filter: { readonly organizationId: string; readonly [more: string]: unknown },
  atLeast: number,
): Promise<readonly LogLine[]> =>
  until(async () => {
    const { verificationLogs } = await client.ask(VerificationLogsDocument, { filter, first: 100 });
    return verificationLogs.nodes.length >= atLeast ? verificationLogs.nodes : undefined;
  });
