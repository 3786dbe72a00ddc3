export { appendEvent, type AuditActor, type AuditEntry, type ChainHead, GENESIS } from './AuditChain.js';
export type { AuditEvent } from './AuditEvent.js';
export { auditEventsById, trailOf } from './readTrail.js';
export { type Denial, DenialLog } from './DenialLog.js';
export { type Breach, verifyChain } from './verifyChain.js';
