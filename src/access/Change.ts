import {
  type Action,
  type Attempt,
  type Caller,
  decide,
  type NamespaceFacts,
  type NamespaceKind,
  type Permit,
  seesNamespace,
} from '../authority/index.js';
import type { AuditEntry } from '../audit/index.js';
import type { Rows } from '../database/index.js';
import { forbidden, notFound, Refusal, unauthenticated } from '../domain/index.js';
import { type SubjectId, subjectOf } from '../withdrawals/index.js';
import { Facts } from './Facts.js';
import type { Principal } from './Principal.js';
import type { Quotas } from './Quotas.js';
import type { TenantLedger } from './TenantLedger.js';

/** What one change names in the log of withdrawals. */
const MOST_SUBJECTS = 50;

/** An act as it was tried. */
export interface Attempted {
  readonly action: Action;
  readonly targetId: string;
  readonly namespaceId: string;
}

/** An act that was refused, and why. */
export interface Refused extends Attempted {
  readonly reason: string;
}

/** What a change says about itself beside the act: before and after, and a reason that somebody gave. */
export type Recorded = Pick<AuditEntry, 'changes' | 'reason'> & {
  readonly namespaceId: string | null;
  /** The user or the group whose rights it changes, where that is not what the act is done to. */
  readonly concerned?: string;
};

/**
 * One mutation in its transaction, with the tenant's row held. Decisions are made here, on rows of this transaction;
 * each permit must be recorded before the change is done.
 */
export class Change {
  readonly facts: Facts;
  private readonly unrecorded = new Set<Permit>();
  /** The first act that was recorded: what the change is about. */
  made: Permit | null = null;
  /** The last act that was decided on, for the trail of what was refused. */
  attempted: Attempted | null = null;
  /** Acts that were refused while the change goes on: items of a job. */
  readonly refused: Refused[] = [];
  /** Whose keys are weaker or stronger by what was recorded. */
  private readonly subjects = new Set<SubjectId>();

  constructor(
    readonly rows: Rows,
    readonly principal: Principal,
    readonly ledger: TenantLedger,
    /** The request that demanded it. */
    readonly requestId: string,
    /** The instant of the change; one for all that it writes. */
    readonly now: Date,
    readonly quotas: Quotas,
  ) {
    this.facts = new Facts(rows, principal.organizationId);
  }

  /** The caller as they stand in these namespaces now. Whoever was withdrawn since the request began is refused. */
  async caller(...namespaces: readonly NamespaceFacts[]): Promise<Caller> {
    const caller = await this.facts.caller(this.principal, ...namespaces);
    if (!caller) throw unauthenticated('This credential has been withdrawn. Sign in again, or use another API key.');
    return caller;
  }

  /** The person who acts: a signed-in user, or the one a key acts for. */
  async actorId(): Promise<string> {
    const caller = await this.caller();
    return caller.kind === 'USER' ? caller.person.id : caller.key.people[0].id;
  }

  /** A living namespace of the tenant, of one of these kinds; NOT_FOUND on that field if there is none. */
  async namespace(field: string, id: string, ...kinds: readonly NamespaceKind[]): Promise<NamespaceFacts> {
    const found = await this.facts.namespace(id);
    if (!found || found.deleted || (kinds.length > 0 && !kinds.includes(found.kind))) throw notFound(field);
    return found;
  }

  /** Whether the caller sees a namespace, for an attempt there. */
  async sees(namespace: NamespaceFacts): Promise<boolean> {
    return seesNamespace(await this.caller(namespace), namespace);
  }

  /** Decides. A refusal names `field`: what the client sent that led here. */
  permit<A extends Action>(field: string, attempt: Omit<Attempt<A>, 'transaction'>): Permit<A> {
    try {
      return this.decide(field, attempt);
    } catch (error) {
      if (this.attempted && error instanceof Refusal) this.refused.push({ ...this.attempted, reason: error.reason.message });
      throw error;
    }
  }

  private decide<A extends Action>(field: string, attempt: Omit<Attempt<A>, 'transaction'>): Permit<A> {
    this.attempted = { action: attempt.action, targetId: attempt.target, namespaceId: attempt.where.id };
    // The intersection of an Omit does not distribute; the attempt is whole with the transaction added.
    const decision = decide({ ...attempt, transaction: this.rows } as unknown as Attempt<A>);
    switch (decision.outcome) {
      case 'PERMITTED':
        this.unrecorded.add(decision.permit);
        return decision.permit;
      case 'NOT_FOUND':
        throw notFound(field);
      case 'FORBIDDEN':
        throw forbidden(forbiddenMessage(this.principal, decision.missing), decision.missing);
      case 'EXCEEDS_AUTHORITY':
        throw new Refusal({
          code: 'EXCEEDS_AUTHORITY',
          message: 'This would hand on more than is held: leave out what `excess` lists, or have it granted first.',
          excess: decision.excess,
        });
    }
  }

  /** Writes what was permitted into the audit trail. */
  async record(permit: Permit, recorded: Recorded): Promise<void> {
    await this.append(permit.action, permit.target, recorded);
    this.withdraw(permit, recorded);
    this.unrecorded.delete(permit);
    this.made ??= permit;
  }

  /** Writes one event for many permits of one act: what a chunk of a job did. `changes` tells to what. */
  async recordTogether(permits: readonly Permit[], targetId: string, recorded: Recorded): Promise<void> {
    const [first, ...others] = permits;
    if (!first) return;
    if (others.some(({ action }) => action !== first.action)) throw new Error('one event is of one act');
    await this.append(first.action, targetId, recorded);
    for (const permit of permits) {
      this.withdraw(permit, recorded);
      this.unrecorded.delete(permit);
    }
  }

  /**
   * Whose keys the change makes weaker or stronger; the whole tenant's where that are many. Called before the commit: a
   * change that was permitted and not recorded is a fault, and does not happen.
   */
  withdrawn(): readonly SubjectId[] {
    const [permit] = this.unrecorded;
    if (permit) throw new Error(`${permit.action} was permitted and not recorded`);
    const { organizationId } = this.ledger;
    return this.subjects.has(organizationId) || this.subjects.size > MOST_SUBJECTS ? [organizationId] : [...this.subjects];
  }

  private withdraw(permit: Permit, { concerned }: Recorded): void {
    const subject = subjectOf(permit, this.ledger.organizationId, concerned);
    if (subject !== null) this.subjects.add(subject);
  }

  private async append(action: Action, targetId: string, { namespaceId, changes, reason }: Recorded): Promise<void> {
    await this.ledger.record(
      {
        actorId: await this.actorId(),
        actorApiKeyId: this.principal.kind === 'KEY' ? this.principal.keyId : null,
        requestId: this.requestId,
      },
      { action, targetId, namespaceId, ...(changes && { changes }), reason: reason ?? null },
      this.now,
    );
  }
}

function forbiddenMessage(principal: Principal, missing: readonly string[]): string {
  if (missing.length === 0) return 'This is for signed-in people: an API key may not do it.';
  const needs = `This needs ${missing.join(' and ')}`;
  return principal.kind === 'KEY' ? `${needs}, which this API key may not use here.` : `${needs}: ask an admin of the namespace for it.`;
}
