import { DatabaseClock, Lease } from '../../src/withdrawals/index.js';
import { Replica, type ReplicaParts } from '../../src/withdrawals/Replica.js';
import type { LoggedChange, ReplicaLog } from '../../src/withdrawals/ReplicaLog.js';

/** Two clocks that a test moves. */
export class TwoClocks {
  private mono = 1_000;
  private time = 1_800_000_000_000;

  readonly clocks = { monotonic: () => this.mono, wall: () => this.time };

  pass(milliseconds: number): void {
    this.mono += milliseconds;
    this.time += milliseconds;
  }

  /** The machine is suspended: the time of day goes on. */
  sleep(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** A log and a registry in which a test writes what it likes, and that notes what is asked of it. */
export class FakeLog implements ReplicaLog {
  readonly asked: string[] = [];
  /** What the registry holds of this replica; null: nothing. */
  row: number | null = null;
  top = 0;
  lines: LoggedChange[] = [];
  /** Called with each question before it is answered; it may pass time, wait, or throw. */
  before: (question: string) => void | Promise<void> = () => undefined;

  append(...subjects: readonly string[]): void {
    this.top += 1;
    for (const subjectId of subjects) this.lines.push({ number: this.top, subjectId });
  }

  async register(): Promise<void> {
    await this.ask('register');
    this.row = -1;
  }

  async read(after: number) {
    const reading = { head: this.top, now: 1_800_000_000_000, changes: this.lines.filter(({ number }) => number > after) };
    await this.ask('read');
    return reading;
  }

  async acknowledge(number: number): Promise<boolean> {
    await this.ask(`acknowledge ${number}`);
    if (this.row === null) return false;
    this.row = number;
    return true;
  }

  async leave(): Promise<void> {
    await this.ask('leave');
    this.row = null;
  }

  async behind(number: number): Promise<readonly string[]> {
    await this.ask('behind');
    return this.row !== null && this.row < number ? ['replica_a'] : [];
  }

  async head(): Promise<number> {
    await this.ask('head');
    return this.top;
  }

  async forgetSilent(): Promise<void> {
    await this.ask('forgetSilent');
  }

  private async ask(question: string): Promise<void> {
    this.asked.push(question);
    await this.before(question);
  }
}

/** A replica on such a log, by clocks that a test moves; what its memory was told is noted among what was asked. */
export function replicaOn(make: (parts: ReplicaParts) => Replica = (parts) => new Replica(parts)) {
  const time = new TwoClocks();
  const log = new FakeLog();
  const lease = new Lease(time.clocks);
  const memory = {
    forget: (subjects: readonly string[]) => void log.asked.push(`forget ${subjects.join(' ')}`),
    forgetAll: () => void log.asked.push('forgetAll'),
  };
  const replica = make({ log, memory, lease, databaseClock: new DatabaseClock(time.clocks) });
  /** What was asked since it was asked this before. */
  const asked = (): readonly string[] => log.asked.splice(0);
  return { time, log, lease, memory, replica, asked };
}
