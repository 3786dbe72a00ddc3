import type { Rows } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import { type Clocks, LEASE_MS } from './Lease.js';
import { type Replica, SILENT_MS } from './Replica.js';
import type { ReplicaLog } from './ReplicaLog.js';
import { commitChange } from './ReplicaLogStore.js';
import type { Memory, SubjectId, Withdrawals, Written } from './Withdrawals.js';

/** No lease that began before a commit is left so long after it, on any clock whose rate is within 5 % of this one. */
export const LONGEST_WAIT_MS = LEASE_MS * 1.1;
/** For how long repetitions gather. */
const GATHER_MS = 5;
const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 32;

/** What settling is made of. */
export interface SharedParts {
  readonly log: ReplicaLog;
  readonly memory: Memory;
  readonly replica: Pick<Replica, 'look' | 'appliedUpTo'>;
  readonly clocks: Clocks;
  /** The instant of a change, for the age of its line. */
  readonly now: Clock;
  readonly replicaId: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Where replicas share a database: each change that withdraws stands in a log, and whoever made it waits until all have read it. */
export class SharedWithdrawals implements Withdrawals {
  /** The next look for repetitions; whoever comes until it begins is served by it. */
  private repetitions: Promise<void> | null = null;

  constructor(private readonly parts: SharedParts) {}

  async write(rows: Rows, subjects: readonly SubjectId[]): Promise<Written | null> {
    if (subjects.length === 0) return null;
    return { subjects, number: await commitChange(rows, subjects, this.parts.now()) };
  }

  async settle(written: Written | null): Promise<void> {
    const { memory, sleep } = this.parts;
    if (written) memory.forget(written.subjects);
    // Leases run out by themselves: however slowly the database answers, nobody waits for longer than that.
    await Promise.race([written ? this.told(written) : this.toldTogether(), sleep(LONGEST_WAIT_MS)]);
  }

  /** Repetitions, which anybody may send, are waited for together: what begins after all of them serves them all. */
  private toldTogether(): Promise<void> {
    this.repetitions ??= this.parts.sleep(GATHER_MS).then(() => {
      this.repetitions = null;
      return this.told(null);
    });
    return this.repetitions;
  }

  /** Resolves once all replicas have read it, or none has a lease of before; never rejects. */
  private async told(written: Written | null): Promise<void> {
    const { clocks, failed, log, sleep } = this.parts;
    const until = clocks.monotonic() + LONGEST_WAIT_MS;
    try {
      const number = written?.number ?? (await log.head());
      if (await this.allHaveRead(number, until)) return;
      // Whoever is behind for longer than a lease has none; a replica that is gone must not be waited for each time.
      await log.forgetSilent(SILENT_MS);
    } catch (error) {
      failed(error);
    }
    const rest = until - clocks.monotonic();
    if (rest > 0) await sleep(rest);
  }

  /** Waits until all replicas in the registry have acknowledged that number; false: not until then. */
  private async allHaveRead(number: number, until: number): Promise<boolean> {
    const { clocks, log, replica, replicaId, sleep } = this.parts;
    if (replica.appliedUpTo < number) await replica.look();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const behind = await log.behind(number);
      if (behind.every((id) => id === replicaId && replica.appliedUpTo >= number)) return true;
      const left = until - clocks.monotonic();
      if (left <= 0) return false;
      await sleep(Math.min(pause, left));
    }
  }
}
