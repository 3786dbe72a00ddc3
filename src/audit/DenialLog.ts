import type { Database } from '../database/index.js';
import { type Clock, newId } from '../domain/index.js';
import type { AuditActor } from './AuditChain.js';
import type { AuditEventRow } from './AuditEventRow.js';
import { AuditStore } from './AuditStore.js';

/** An act that was refused, as the refusal tells it. */
export interface Denial extends AuditActor {
  readonly organizationId: string;
  readonly action: string;
  readonly targetId: string | null;
  readonly namespaceId: string | null;
  readonly reason: string;
}

const FLUSH_MS = 500;
const MINUTE_MS = 60_000;
/** Rows that a tenant's denials may make in a minute; what comes beyond is counted and told in one row (R87). */
const MOST_A_MINUTE = 100;
/** Denials that wait to be written, of all tenants together. */
const MOST_WAITING = 5_000;
/** Rows of one statement: SQLite takes some 32,000 values in it. */
const CHUNK = 500;
/** Characters of a reason, as the column takes them. */
const LONGEST_REASON = 500;

interface Minute {
  readonly began: number;
  written: number;
  beyond: number;
}

/**
 * Writes refused acts into the trail of the caller's tenant: in batches, outside the chain and its lock, so that a flood
 * of refusals neither slows the tenant's changes nor fills its trail.
 */
export class DenialLog {
  private waiting: AuditEventRow[] = [];
  private readonly minutes = new Map<string, Minute>();
  private writing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  /** How many wait to be written. */
  get depth(): number {
    return this.waiting.length;
  }

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly failed: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  /** Notes a denial. It is written within half a second. */
  note(denial: Denial): void {
    const now = this.clock();
    const minute = this.minuteOf(denial.organizationId, now);
    if (minute.written >= MOST_A_MINUTE || this.waiting.length >= MOST_WAITING) {
      minute.beyond += 1;
      return;
    }
    minute.written += 1;
    this.waiting.push(rowOf(denial, now));
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Writes what waits and stops. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const [organizationId, minute] of this.minutes) this.summarise(organizationId, minute, this.clock());
    await this.flush();
  }

  private async write(): Promise<void> {
    this.sweep(this.clock());
    const batch = this.waiting;
    if (batch.length === 0) return;
    this.waiting = [];
    for (let from = 0; from < batch.length; from += CHUNK) {
      try {
        await this.database.transact((rows) => new AuditStore(rows).insert(...batch.slice(from, from + CHUNK)));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** The tenant's current minute; one that has passed is summarised first. */
  private minuteOf(organizationId: string, now: Date): Minute {
    this.sweep(now);
    const minute = this.minutes.get(organizationId) ?? { began: now.getTime(), written: 0, beyond: 0 };
    this.minutes.set(organizationId, minute);
    return minute;
  }

  private sweep(now: Date): void {
    for (const [organizationId, minute] of this.minutes) {
      if (now.getTime() - minute.began < MINUTE_MS) continue;
      this.summarise(organizationId, minute, now);
      this.minutes.delete(organizationId);
    }
  }

  private summarise(organizationId: string, minute: Minute, now: Date): void {
    if (minute.beyond === 0) return;
    const reason = `${minute.beyond} more acts were refused within a minute and are not listed one by one.`;
    const nobody = { actorId: null, actorApiKeyId: null, targetId: null, namespaceId: null };
    this.waiting.push(rowOf({ ...nobody, organizationId, action: 'denials.summarise', reason, requestId: 'none' }, now));
    minute.beyond = 0;
  }
}

const rowOf = (denial: Denial, at: Date): AuditEventRow => ({
  ...denial,
  id: newId('aud'),
  at,
  outcome: 'DENIED',
  reason: denial.reason.slice(0, LONGEST_REASON),
  changes: null,
  sequence: null,
  previousHash: null,
  hash: null,
});
