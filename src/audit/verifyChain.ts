import type { Rows } from '../database/index.js';
import { eventHash, GENESIS, type ChainHead } from './AuditChain.js';
import { AuditStore } from './AuditStore.js';

const CHUNK = 1_000;

/** A place where a tenant's audit trail is not what was written. */
export interface Breach {
  readonly organizationId: string;
  readonly sequence: number;
  readonly what: string;
}

/**
 * Walks a tenant's chain from its first event to its head and tells every edit and every gap. `head` is what the tenant's
 * row says, read together with the chain: without it events that are missing at the end would not be missed.
 */
export async function verifyChain(rows: Rows, organizationId: string, head: ChainHead): Promise<readonly Breach[]> {
  const store = new AuditStore(rows);
  const breaches: Breach[] = [];
  const breach = (sequence: number, what: string): void => void breaches.push({ organizationId, sequence, what });
  let expected = 1;
  let previous: Buffer = GENESIS;
  for (;;) {
    const chunk = await store.chain(organizationId, expected - 1, CHUNK);
    if (chunk.length === 0) break;
    for (const event of chunk) {
      const { sequence, previousHash, hash } = event;
      if (sequence === null || previousHash === null || hash === null) continue;
      if (sequence !== expected) breach(expected, sequence === expected + 1 ? 'is missing' : `to ${sequence - 1} are missing`);
      else if (!previousHash.equals(previous)) breach(sequence, 'does not follow the event before it');
      if (!eventHash({ ...event, sequence, previousHash }).equals(hash)) breach(sequence, 'has been changed');
      expected = sequence + 1;
      previous = hash;
    }
  }
  if (head.sequence >= expected) breach(expected, `to ${head.sequence} are missing at the end`);
  else if (head.sequence < expected - 1) breach(head.sequence + 1, `to ${expected - 1} are more than the tenant ended with`);
  else if (!head.hash.equals(previous)) breach(head.sequence, 'is not the event that the tenant ended with');
  return breaches;
}
