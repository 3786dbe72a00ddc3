import { eventHash, GENESIS } from '../../src/audit/AuditChain.js';
import type { AuditEventRow } from '../../src/audit/AuditEventRow.js';

/** The number and the hash that a tenant's row says its chain ends with. */
interface Head {
  readonly auditSequence: number;
  readonly auditHash: Buffer;
}

/** What is wrong with a tenant's audit chain: nothing, or one line for each event that does not fit. */
export function brokenLinks(events: readonly AuditEventRow[], head: Head): string[] {
  const wrong: string[] = [];
  let previous: Buffer = GENESIS;
  for (const [index, event] of [...events].sort((left, right) => left.sequence - right.sequence).entries()) {
    const { hash, ...said } = event;
    if (event.sequence !== index + 1) wrong.push(`event ${index + 1} has the number ${event.sequence}`);
    if (!event.previousHash.equals(previous)) wrong.push(`event ${event.sequence} does not follow the one before it`);
    if (!eventHash(said).equals(hash)) wrong.push(`event ${event.sequence} does not say what was hashed`);
    previous = hash;
  }
  if (head.auditSequence !== events.length) wrong.push(`the tenant's row counts ${head.auditSequence} events of ${events.length}`);
  if (!head.auditHash.equals(previous)) wrong.push("the tenant's row has another hash than the last event");
  return wrong;
}
