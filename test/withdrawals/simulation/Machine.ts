import type { Clocks } from '../../../src/withdrawals/Lease.js';
import type { Timeline } from './Timeline.js';

/**
 * What a process runs on: two clocks that are wrong each in its own way, timers, and whatever keeps a process from going on.
 * What reaches it meanwhile waits; what reaches one that has died is lost.
 */
export class Machine {
  readonly clocks: Clocks = { monotonic: () => this.monotonic(), wall: () => this.wall() };
  /** How often it was kept from going on. */
  interruptions = 0;
  private state: 'RUNNING' | 'STOPPED' | 'ASLEEP' | 'DEAD' = 'RUNNING';
  private waiting: (() => void)[] = [];
  private counted: number;
  private since: number;
  /** By how much its time of day is off. */
  private off: number;

  constructor(
    private readonly timeline: Timeline,
    /** How fast its clocks are, beside true time. */
    private readonly rate: number,
    { counted, off }: { readonly counted: number; readonly off: number },
  ) {
    this.counted = counted;
    this.since = timeline.now;
    this.off = off;
  }

  get runs(): boolean {
    return this.state === 'RUNNING';
  }

  get lives(): boolean {
    return this.state !== 'DEAD';
  }

  /** The process goes on with this as soon as it goes on at all. */
  deliver(run: () => void): void {
    if (this.runs) run();
    else if (this.lives) this.waiting.push(run);
  }

  /** A timer of the process. */
  after(milliseconds: number, run: () => void): void {
    this.wake(this.monotonic() + milliseconds, run);
  }

  readonly sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => this.after(milliseconds, resolve));

  /** SIGSTOP: its clocks go on, it does not. */
  stop(): void {
    if (this.runs) this.interrupt('STOPPED');
  }

  /** The whole machine is suspended: the monotonic clock stands still as well. */
  suspend(): void {
    if (!this.runs) return;
    this.counted = this.monotonic();
    this.interrupt('ASLEEP');
  }

  /** Goes on, in any order with what came meanwhile. */
  resume(shuffle: <T>(things: T[]) => T[]): void {
    if (this.runs || !this.lives) return;
    if (this.state === 'ASLEEP') this.since = this.timeline.now;
    this.state = 'RUNNING';
    shuffle(this.waiting.splice(0)).forEach((run, index) => this.timeline.after(index * 0.01, () => this.deliver(run)));
  }

  setWall(by: number): void {
    this.off += by;
  }

  die(): void {
    this.state = 'DEAD';
    this.waiting = [];
  }

  private interrupt(state: 'STOPPED' | 'ASLEEP'): void {
    this.state = state;
    this.interruptions += 1;
  }

  private wake(due: number, run: () => void): void {
    this.timeline.after(Math.max(0, due - this.monotonic()) / this.rate, () => {
      this.deliver(() => {
        // A timer counts by the monotonic clock, which may have stood still; a millionth is what fractions lose.
        if (this.monotonic() < due - 1e-6) this.wake(due, run);
        else run();
      });
    });
  }

  private monotonic(): number {
    return this.state === 'ASLEEP' ? this.counted : this.counted + (this.timeline.now - this.since) * this.rate;
  }

  private wall(): number {
    return this.off + this.timeline.now * this.rate;
  }
}
