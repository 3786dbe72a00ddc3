/** The database was asked for more than it may be at once: nothing was done, and it may be asked again. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

/** How many have their turn at once, and how many wait for how long at the most. */
export interface TurnLimits {
  readonly atOnce: number;
  readonly mostWaiting: number;
  readonly waitMs: number;
}

/** How much is asked of the database at this moment. */
export interface DatabaseLoad {
  readonly busy: number;
  readonly waiting: number;
}

/** Who waits: let in, or sent away. */
interface Waiter {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets so many in at once. The others wait in the order in which they came, bounded in number and in time: a queue without end only hides that nothing moves. */
export class Turns {
  private running = 0;
  private readonly queue = new Set<Waiter>();
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(private readonly limits: TurnLimits) {}

  get busy(): number {
    return this.running;
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** Waits for a turn, which `leave` ends; refuses where too many wait already, or the wait is too long. */
  async enter(): Promise<void> {
    if (this.closed) throw new DatabaseBusy('the database is being closed');
    if (this.running < this.limits.atOnce) {
      this.running += 1;
      return;
    }
    if (this.queue.size >= this.limits.mostWaiting) throw new DatabaseBusy(`${this.queue.size} wait for the database already`);
    await new Promise<void>((enter, refuse) => {
      const expire = (): void => {
        this.queue.delete(waiter);
        refuse(new DatabaseBusy(`the database had no turn within ${this.limits.waitMs} ms`));
      };
      const waiter: Waiter = { enter, refuse, timer: setTimeout(expire, this.limits.waitMs) };
      this.queue.add(waiter);
    });
  }

  /** Ends a turn: whoever has waited longest has the next. */
  leave(): void {
    const [next] = this.queue;
    if (next) {
      this.queue.delete(next);
      clearTimeout(next.timer);
      next.enter();
      return;
    }
    this.running -= 1;
    if (this.running === 0) for (const tell of this.idle.splice(0)) tell();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Lets nobody in any more, and waits for those who are in; whether all had left within the time. */
  async close(withinMs: number): Promise<boolean> {
    this.closed = true;
    for (const { refuse, timer } of this.queue) {
      clearTimeout(timer);
      refuse(new DatabaseBusy('the database is being closed'));
    }
    this.queue.clear();
    if (this.running === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.idle.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
