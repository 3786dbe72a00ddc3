import type { AuditEventRow } from './AuditEventRow.js';

/** An event as it is read: a change that was made, or an act that was refused. */
export type AuditEvent = Omit<AuditEventRow, 'sequence' | 'previousHash' | 'hash'>;

/** The event of a row, without what holds the chain together. */
export const toAuditEvent = ({ sequence: _sequence, previousHash: _previous, hash: _hash, ...event }: AuditEventRow): AuditEvent => event;
