import type { Database, Rows } from '../database/index.js';
import { type Clock, Refusal, unauthenticated } from '../domain/index.js';
import type { Caller, NamespaceFacts } from '../authority/index.js';
import type { Withdrawals } from '../withdrawals/index.js';
import { type Attempted, Change } from './Change.js';
import { Facts } from './Facts.js';
import { Once } from './Once.js';
import type { Principal } from './Principal.js';
import { type Quotas, unlimited } from './Quotas.js';
import { TenantLedger } from './TenantLedger.js';

/** Carries what a rehearsal found out of the transaction that must not commit. */
class Rehearsed extends Error {
  constructor(readonly found: unknown) {
    super('a rehearsal is over');
  }
}

/** With these it is told that there is nothing left to do. */
const tellsOfAnother: readonly string[] = ['NOT_FOUND', 'CONFLICT', 'UNAUTHENTICATED'];

/** One request of somebody who has been authenticated: who, when, and the way to rows. First parameter of every use case. */
export class Act {
  private currentFacts: Facts | undefined;
  /** The act that this request last tried, once it was refused. */
  refused: Attempted | null = null;
  /** Set while this request creates something under an `Idempotency-Key`. */
  private once: Once | null = null;

  constructor(
    readonly principal: Principal,
    readonly requestId: string,
    readonly clock: Clock,
    private readonly database: Database,
    private readonly withdrawals: Withdrawals,
    private readonly quotas: Quotas = unlimited,
  ) {}

  /** Committed rows, for reading. */
  get rows(): Rows {
    return this.database.reader;
  }

  /** The facts as this request has read them; read anew after each change. */
  get facts(): Facts {
    this.currentFacts ??= new Facts(this.rows, this.principal.organizationId);
    return this.currentFacts;
  }

  /** The caller as they stand in these namespaces. */
  async caller(...namespaces: readonly NamespaceFacts[]): Promise<Caller> {
    const caller = await this.facts.caller(this.principal, ...namespaces);
    if (!caller) throw unauthenticated('This credential has been withdrawn. Sign in again, or use another API key.');
    return caller;
  }

  /** From now on a change is a create that is done once under that key; `nth` create of the request. */
  beginOnce(key: string, nth: number, field: string, input: unknown): void {
    this.once = Once.of(key, nth, field, input);
  }

  /** From now on a change is any change again. */
  endOnce(): void {
    this.once = null;
  }

  /** Runs what a mutation would do, tells what `work` found, and takes all of it back: nothing was done. */
  async rehearse<T>(work: (change: Change) => Promise<T>): Promise<T> {
    try {
      return await this.change(async (change) => {
        throw new Rehearsed(await work(change));
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.found as T;
      throw error;
    }
  }

  /**
   * Runs a mutation: one transaction, the tenant's row first, the decision and the audit event inside. What it withdraws is
   * accepted by nobody once this has answered.
   */
  async change<T>(work: (change: Change) => Promise<T>): Promise<T> {
    let attempted: Attempted | null = null;
    try {
      const { result, written } = await this.database.transact(async (rows) => {
        const ledger = await TenantLedger.open(rows, this.principal.organizationId);
        if (!ledger) throw new Error('a tenant has lost its row');
        const change = new Change(rows, this.principal, ledger, this.requestId, this.clock(), this.quotas);
        try {
          await this.once?.assertFirst(change);
          const result = await work(change);
          await this.once?.keep(change);
          return { result, written: await this.withdrawals.write(rows, change.withdrawn()) };
        } finally {
          ({ attempted } = change);
        }
      });
      if (written) await this.withdrawals.settle(written);
      return result;
    } catch (error) {
      this.refused = attempted;
      // Perhaps somebody is just withdrawing it, or has: then it is withdrawn everywhere once this is answered.
      if (error instanceof Refusal && tellsOfAnother.includes(error.reason.code)) await this.withdrawals.settle(null);
      throw error;
    } finally {
      this.currentFacts = undefined;
    }
  }
}
