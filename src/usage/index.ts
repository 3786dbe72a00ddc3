export { type KeyUse, type UsedKey, usedKey } from './KeyUse.js';
export { purgeStatistics, type Retention } from './purgeStatistics.js';
export { UseLog } from './UseLog.js';
export { viewVerificationLog } from './viewLogs.js';
