import { Mutex } from 'async-mutex';
import type { DatabaseClock } from './DatabaseClock.js';
import { type Instant, isWithin, type Lease, never } from './Lease.js';
import type { LoggedChange, ReplicaLog } from './ReplicaLog.js';
import type { Memory } from './Withdrawals.js';

/** How often the registry hears of a replica that has no news. */
const TELL_EVERY_MS = 1_000;
/** A replica that was not heard of for so long, by the database's clock, is taken out of the registry. */
export const SILENT_MS = 10_000;
/**
 * For so long after it was last heard of a replica may begin a lease: half of the time after which it is taken out, so that
 * no lease runs of somebody for whom no writer waits. By both clocks: it may have slept.
 */
const HEARD_MS = SILENT_MS / 2;

/** What a replica is made of. */
export interface ReplicaParts {
  readonly log: ReplicaLog;
  readonly memory: Memory;
  readonly lease: Lease;
  readonly databaseClock: DatabaseClock;
}

/**
 * One process among those that share a database. In turns it reads the log, forgets what was withdrawn, begins a new lease,
 * and tells the registry how far it has come. Registered first, then reading, then remembering.
 */
export class Replica {
  private readonly turns = new Mutex();
  /** The turn that will begin once the running one has ended; whoever asks meanwhile is served by it. */
  private next: Promise<void> | null = null;
  private registered = false;
  /** The number up to which everything is applied. */
  private applied = -1;
  private acknowledged = -1;
  /** The instant before the last word to the registry that arrived was sent. */
  private heardAt: Instant = never;
  private closed = false;

  constructor(private readonly parts: ReplicaParts) {}

  /** The number up to which everything is applied here. */
  get appliedUpTo(): number {
    return this.applied;
  }

  /**
   * Takes a turn that begins after this call: once it resolves, whatever was committed before the call is forgotten here.
   * Rejects where the database does not answer; the lease then runs out by itself.
   */
  look(): Promise<void> {
    this.next ??= this.turns.runExclusive(() => {
      this.next = null;
      return this.turn();
    });
    return this.next;
  }

  /** Says yes from memory no more, and takes itself out of the registry. */
  async close(): Promise<void> {
    this.closed = true;
    await this.turns.runExclusive(async () => {
      this.parts.lease.drop();
      if (this.registered) await this.parts.log.leave();
    });
  }

  private async turn(): Promise<void> {
    if (this.closed) return;
    if (!this.registered) await this.register();
    await this.read();
    await this.tell();
  }

  private async register(): Promise<void> {
    const { lease, log } = this.parts;
    const sent = lease.mark();
    this.startOver();
    await log.register();
    this.heardAt = sent;
    this.registered = true;
  }

  /** Nothing that is remembered counts any more: while nobody waited for this replica, it may have missed anything. */
  private startOver(): void {
    const { lease, memory } = this.parts;
    this.registered = false;
    lease.drop();
    memory.forgetAll();
    this.applied = -1;
    this.acknowledged = -1;
  }

  private async read(): Promise<void> {
    const { databaseClock, lease, log, memory } = this.parts;
    const sent = lease.mark();
    const { head, now, changes } = await log.read(Math.max(0, this.applied));
    databaseClock.set(now, sent.monotonic);
    // The head below what was applied: this is another database than it was, restored from a backup.
    if (this.applied < 0 || !isWhole(changes, this.applied, head)) memory.forgetAll();
    else if (changes.length > 0) memory.forget(changes.map(({ subjectId }) => subjectId));
    this.applied = head;
    if (isWithin(HEARD_MS, this.heardAt, sent)) lease.extend(sent);
  }

  private async tell(): Promise<void> {
    const { lease, log } = this.parts;
    const sent = lease.mark();
    if (this.acknowledged === this.applied && isWithin(TELL_EVERY_MS, this.heardAt, sent)) return;
    const number = this.applied;
    if (await log.acknowledge(number)) {
      this.acknowledged = number;
      this.heardAt = sent;
    } else {
      this.startOver();
    }
  }
}

/** Whether these are all of the changes behind `from` up to the head: none too many to hand over, none purged. */
function isWhole(changes: readonly LoggedChange[], from: number, head: number): boolean {
  let last = from;
  for (const { number } of changes) {
    if (number !== last && number !== last + 1) return false;
    last = number;
  }
  return last === head;
}
