import { createHash } from 'node:crypto';
import { newId } from '../domain/index.js';
import type { Rows } from '../database/index.js';
import type { AuditEventRow } from './AuditEventRow.js';
import { AuditStore } from './AuditStore.js';

/** What happened, as the act tells it. `changes` is field by field, before and after; never a secret. */
export interface AuditEntry {
  readonly action: string;
  readonly targetId: string | null;
  readonly namespaceId: string | null;
  readonly changes?: Record<string, unknown>;
  readonly reason?: string | null;
}

/** Who acted, when, in which request. */
export interface AuditActor {
  readonly actorId: string | null;
  readonly actorApiKeyId: string | null;
  readonly requestId: string;
}

/** Where a tenant's chain ends: the number and the hash of its last event. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** The hash of the event before the first. */
export const GENESIS = Buffer.alloc(32);

/** An event that stands in a chain, as its hash is made over it. */
export type ChainedEvent = Omit<AuditEventRow, 'hash' | 'sequence' | 'previousHash'> & {
  readonly sequence: number;
  readonly previousHash: Buffer;
};

/** The hash of an event over all it says and the hash before it. The order of fields is part of the format. */
export function eventHash(event: ChainedEvent): Buffer {
  const said = [
    event.id,
    event.organizationId,
    event.sequence,
    event.at.toISOString(),
    event.action,
    event.outcome,
    event.reason,
    event.actorId,
    event.actorApiKeyId,
    event.targetId,
    event.namespaceId,
    event.changes,
    event.requestId,
  ];
  return createHash('sha256').update(event.previousHash).update(JSON.stringify(said)).digest();
}

/** Appends one event to a tenant's chain. The caller holds the tenant's row, so that heads follow each other. */
export async function appendEvent(
  rows: Rows,
  organizationId: string,
  head: ChainHead,
  actor: AuditActor,
  entry: AuditEntry,
  at: Date,
): Promise<ChainHead> {
  const event: ChainedEvent = {
    id: newId('aud'),
    organizationId,
    sequence: head.sequence + 1,
    at,
    action: entry.action,
    outcome: 'ALLOWED',
    reason: entry.reason ?? null,
    ...actor,
    targetId: entry.targetId,
    namespaceId: entry.namespaceId,
    changes: entry.changes ?? null,
    previousHash: head.hash,
  };
  const hash = eventHash(event);
  await new AuditStore(rows).insert({ ...event, hash });
  return { sequence: event.sequence, hash };
}
