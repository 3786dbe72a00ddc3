import { Connection } from './Connection.js';
import type { Load, Plan, Turn } from './plan.js';

/** The client, a process of its own: is sent a plan, warms the server by it, and then measures as often and as long as it is told. */

const tell = (message: object): void => void process.send?.(message);
const fail = (error: Error): void => {
  tell({ failed: error.message });
  process.exit(1);
};

// Whoever told it is gone.
process.once('disconnect', () => process.exit());
process.once('message', (plan: Plan) => {
  const load = plan.rate === undefined ? new ClosedLoad(plan) : new PacedLoad(plan, plan.rate);
  load.resume();
  whenWarm(
    plan,
    () => load.answers,
    () => void load.pause().then(() => tell({ warm: true })),
  );
  const measure = (milliseconds: number): void => {
    const [before, start] = [load.answers, performance.now()];
    tell({ began: true });
    setTimeout(() => {
      void load.pause().then(() => {
        const measured: Load = { answers: load.answers - before, seconds: (performance.now() - start) / 1_000 };
        tell({ measured });
      });
    }, milliseconds);
  };
  process.on('message', ({ leadMs, measureMs }: Turn) => {
    load.resume();
    setTimeout(() => measure(measureMs), leadMs);
  });
});

/** Requests in turns, on so many connections. */
abstract class Requests {
  answers = 0;
  protected connections: readonly Connection[] = [];
  private readonly requests: readonly Buffer[];
  private next = 0;

  constructor(private readonly plan: Plan) {
    this.requests = plan.requests.map((text) => Buffer.from(text, 'latin1'));
  }

  protected connect(): void {
    const piece = Buffer.from(this.plan.expected);
    const answered = (connection: Connection): void => {
      this.answers += 1;
      this.answered(connection);
    };
    this.connections = Array.from({ length: this.plan.connections }, () => new Connection(this.plan.port, piece, answered, fail));
  }

  protected sendNext(connection: Connection): void {
    connection.send(this.requests[this.next % this.requests.length] as Buffer);
    this.next += 1;
  }

  protected abstract answered(connection: Connection): void;
}

/** Each connection sends the next request as soon as it is answered. */
class ClosedLoad extends Requests {
  private underWay = 0;
  private drained: (() => void) | null = null;

  /** On new connections each time: a server may hang up on those that wait for the turns of others. */
  resume(): void {
    this.drained = null;
    this.connect();
    this.underWay = this.connections.length;
    for (const connection of this.connections) this.sendNext(connection);
    this.stayAwake();
  }

  /** Sends no more; resolves once all is answered. */
  pause(): Promise<void> {
    return new Promise((resolve) => (this.drained = resolve));
  }

  protected override answered(connection: Connection): void {
    if (!this.drained) {
      this.sendNext(connection);
      return;
    }
    this.underWay -= 1;
    if (this.underWay > 0) return;
    for (const each of this.connections) each.close();
    this.drained();
  }

  /**
   * Looks for answers without a pause. A client that sleeps is woken by whoever answers it, on the server's time: the slower the
   * server, the more often.
   */
  private readonly stayAwake = (): void => {
    if (this.underWay > 0) setImmediate(this.stayAwake);
  };
}

/** Requests come at random instants, so many a second on the average, as from many who do not know of each other; also between turns. */
class PacedLoad extends Requests {
  /** Requests whose time has come and that no connection is free for. */
  private late = 0;
  private due = 0;

  constructor(
    plan: Plan,
    private readonly rate: number,
  ) {
    super(plan);
  }

  resume(): void {
    if (this.due > 0) return;
    this.connect();
    this.due = performance.now() + this.gap();
    this.turn();
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  protected override answered(connection: Connection): void {
    if (this.late === 0) return;
    this.late -= 1;
    this.sendNext(connection);
  }

  private readonly turn = (): void => {
    for (const now = performance.now(); this.due <= now; this.due += this.gap()) this.send();
    setImmediate(this.turn);
  };

  private send(): void {
    const free = this.connections.find(({ idle }) => idle);
    if (free) this.sendNext(free);
    else this.late += 1;
  }

  private gap(): number {
    return (-Math.log(1 - Math.random()) * 1_000) / this.rate;
  }
}

const LOOK_MS = 20;
const MOST_TIMES_AS_LONG = 10;

/** Calls once the server is warm: code that runs often is compiled again and again until it is as fast as it will be. */
function whenWarm({ warmMs, warmAnswers }: Plan, answers: () => number, then: () => void): void {
  const start = performance.now();
  const timer = setInterval(() => {
    const taken = performance.now() - start;
    if (taken < warmMs || (answers() < warmAnswers && taken < MOST_TIMES_AS_LONG * warmMs)) return;
    clearInterval(timer);
    then();
  }, LOOK_MS);
}
