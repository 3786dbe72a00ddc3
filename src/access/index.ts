export { Act } from './Act.js';
export { Change, type Recorded, type Refused } from './Change.js';
export { Facts, type KeyRecord } from './Facts.js';
export { purgeIdempotencyKeys } from './Once.js';
export type { Principal } from './Principal.js';
export { type ChainEnd, TenantLedger } from './TenantLedger.js';
export type { TenantSettings } from './TenantSettings.js';
export { type Quotas, unlimited } from './Quotas.js';
export { always, type Condition, never, usableIn, visibleNamespaces } from './visibility.js';
