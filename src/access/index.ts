export { Act } from './Act.js';
export { Change, type Recorded } from './Change.js';
export { Facts, type KeyRecord } from './Facts.js';
export type { Principal } from './Principal.js';
export { TenantLedger } from './TenantLedger.js';
export { type Condition, usableIn, visibleNamespaces } from './visibility.js';
