export { DatabaseClock } from './DatabaseClock.js';
export { alwaysHolds, Lease, machineClocks, type Reliance } from './Lease.js';
export { LocalWithdrawals } from './LocalWithdrawals.js';
export { purgeWithdrawals } from './purgeWithdrawals.js';
export { prepareToJoin } from './prepareToJoin.js';
export { subjectOf } from './subjectOf.js';
export type { Memory, SubjectId, Withdrawals, Written } from './Withdrawals.js';
