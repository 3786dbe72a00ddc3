import type { TenantRow } from './TenantRow.js';

/** What an organization decides about its keys. */
export type TenantSettings = Pick<TenantRow, 'membersMayCreateApiKeys' | 'maxApiKeyLifetimeDays'>;
