import { type ChainedEvent, eventHash, GENESIS } from '../../src/audit/AuditChain.js';
import type { AuditEventRow } from '../../src/audit/AuditEventRow.js';

/** The number and the hash that a tenant's row says its chain ends with. */
interface Head {
  readonly auditSequence: number;
  readonly auditHash: Buffer;
}

type Link = ChainedEvent & { readonly hash: Buffer };

/** Whether an event stands in the chain; a denial does not. */
const isLink = (event: AuditEventRow): event is AuditEventRow & Link => event.sequence !== null;

/** What is wrong with a tenant's audit chain: nothing, or one line for each event that does not fit. */
export function brokenLinks(events: readonly AuditEventRow[], head: Head): string[] {
  const wrong: string[] = [];
  let previous: Buffer = GENESIS;
  const links: Link[] = events.filter(isLink);
  for (const [index, event] of [...links].sort((left, right) => left.sequence - right.sequence).entries()) {
    const { hash, ...said } = event;
    if (event.sequence !== index + 1) wrong.push(`event ${index + 1} has the number ${event.sequence}`);
    if (!event.previousHash.equals(previous)) wrong.push(`event ${event.sequence} does not follow the one before it`);
    if (!eventHash(said).equals(hash)) wrong.push(`event ${event.sequence} does not say what was hashed`);
    previous = hash;
  }
  if (head.auditSequence !== links.length) wrong.push(`the tenant's row counts ${head.auditSequence} events of ${links.length}`);
  if (!head.auditHash.equals(previous)) wrong.push("the tenant's row has another hash than the last event");
  return wrong;
}
