export { appendEvent, type AuditActor, type AuditEntry, type ChainHead, GENESIS } from './AuditChain.js';
