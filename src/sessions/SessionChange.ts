import { TenantLedger } from '../access/index.js';
import type { AuditEntry } from '../audit/index.js';
import type { Database, Rows } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Passwords } from '../people/passwords.js';
import type { AccessTokens } from './accessTokens.js';

/** What the use cases of this room work with. */
export interface SessionTools {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
}

/** One change of sessions in its transaction. */
export interface SessionChange {
  readonly rows: Rows;
  /** The instant of the change; one for all that it writes. */
  readonly now: Date;
  /** Writes what was done. No actor: the service did it. */
  readonly record: (actorId: string | null, entry: Omit<AuditEntry, 'namespaceId'>) => Promise<void>;
}

/** Runs a change of a tenant's sessions: one transaction, the tenant's row first, the audit event inside. */
export const changeSessions = <T>(
  { database, clock }: SessionTools,
  organizationId: string,
  requestId: string,
  work: (change: SessionChange) => Promise<T>,
): Promise<T> =>
  database.transact(async (rows) => {
    const ledger = await TenantLedger.open(rows, organizationId);
    if (!ledger) throw new Error('a tenant has lost its row');
    const now = clock();
    return work({
      rows,
      now,
      record: (actorId, entry) =>
        ledger.record({ actorId, actorApiKeyId: null, requestId }, { ...entry, namespaceId: organizationId }, now),
    });
  });
