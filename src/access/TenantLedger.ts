import { appendEvent, type AuditActor, type AuditEntry, GENESIS } from '../audit/index.js';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { TenantRows } from './TenantRow.js';

/** A tenant and the last event of its audit chain. */
export interface ChainEnd {
  readonly organizationId: string;
  readonly sequence: number;
  readonly hash: Buffer;
}

/**
 * The tenant's row, held by this transaction: changes of one tenant are decided one after the other, each on rows that
 * no other change can alter meanwhile. What was done is appended to the tenant's audit chain.
 */
export class TenantLedger {
  private constructor(
    private readonly rows: Rows,
    readonly organizationId: string,
    private sequence: number,
    private hash: Buffer,
  ) {}

  /** Where the chain of each tenant ends, by the tenant's own row. */
  static async ends(rows: Rows): Promise<ChainEnd[]> {
    const tenants = await rows.find(TenantRows, { order: { organizationId: 'ASC' } });
    return tenants.map(({ organizationId, auditSequence, auditHash }) => ({ organizationId, sequence: auditSequence, hash: auditHash }));
  }

  /** Writes the row of a new tenant, whose chain is empty. */
  static async begin(rows: Rows, permit: Permit<'organization.create'>, organizationId: string, isFirst: boolean): Promise<void> {
    permitted(permit, rows, organizationId);
    const settings = { membersMayCreateApiKeys: true, maxApiKeyLifetimeDays: null };
    await rows.insert(TenantRows, { organizationId, isFirst, auditSequence: 0, auditHash: GENESIS, ...settings });
  }

  /** Takes the tenant's row, before anything else is read; null if there is no such tenant. */
  static async open(rows: Rows, organizationId: string): Promise<TenantLedger | null> {
    // A locking read first: on MySQL the transaction's snapshot is then taken after the lock, never before it.
    const forUpdate = rows.dataSource.options.type === 'mysql' ? ' FOR UPDATE' : '';
    const [head] = await rows.query<{ sequence: number; hash: Buffer }[]>(
      `SELECT audit_sequence AS sequence, audit_hash AS hash FROM tenants WHERE organization_id = ?${forUpdate}`,
      [organizationId],
    );
    return head ? new TenantLedger(rows, organizationId, head.sequence, head.hash) : null;
  }

  /** Writes what was done; it commits with the change or neither does. */
  async record(actor: AuditActor, entry: AuditEntry, at: Date): Promise<void> {
    const head = await appendEvent(this.rows, this.organizationId, { sequence: this.sequence, hash: this.hash }, actor, entry, at);
    await this.rows.update(TenantRows, { organizationId: this.organizationId }, { auditSequence: head.sequence, auditHash: head.hash });
    this.sequence = head.sequence;
    this.hash = head.hash;
  }
}
