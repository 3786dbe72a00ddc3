import type { Socket } from 'node:net';
import type { Connection, QueryError, QueryOptions } from 'mysql2';
import { isSneaked } from './together.js';

/** A statement as mysql2 takes it. */
export type Statement = Pick<QueryOptions, 'sql' | 'values'>;

/** What mysql2 answers: rows, or what a change has done. */
export type Answered = readonly [result: unknown, fields: unknown];

/** Told of what becomes of a connection. */
interface Owner {
  readonly timedOut: () => void;
  readonly released: () => void;
  readonly lost: () => void;
}

/** mysql2's code where a statement was not answered in time. */
const TIMED_OUT = 'PROTOCOL_SEQUENCE_TIMEOUT';
const LOST = 'PROTOCOL_CONNECTION_LOST';
const GOODBYE_MS = 500;

/** One connection of a pool, as TypeORM uses it. Each statement is bounded in time. */
export class PooledConnection {
  private boundMs: number;
  private held = true;
  private resting: NodeJS.Timeout | undefined;
  private restingFrom = 0;
  /** What is told of the end, of each statement that waits: mysql2 forgets those of a connection that it is told to close. */
  private readonly unanswered = new Set<(error: Error) => void>();

  constructor(
    private readonly raw: Connection,
    private readonly usualMs: number,
    private readonly owner: Owner,
  ) {
    this.boundMs = usualMs;
    raw.on('error', owner.lost);
    raw.on('end', owner.lost);
  }

  /** TypeORM asks for mysql2's other face, whose `query` answers a promise: this has no other. */
  promise(): this {
    return this;
  }

  /** TypeORM would add a listener that writes to the log, where none is: the owner is told already. */
  listeners(): readonly unknown[] {
    return [this.owner.lost];
  }

  /** Sends a statement. One that is not answered in time fails, and the connection with it: its answer may still come. */
  query(statement: string | Statement, values?: unknown[]): Promise<Answered> {
    const asked = typeof statement === 'string' ? { sql: statement, values } : statement;
    if (isSneaked(asked.sql)) return Promise.reject(new Error('a statement holds a second one'));
    return this.send('query', asked);
  }

  /** The same, prepared at its first use on this connection: the server reads its text once. */
  execute(statement: Statement): Promise<Answered> {
    return this.send('execute', statement);
  }

  private send(how: 'query' | 'execute', asked: Statement): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.unanswered.add(reject);
      // mysql2's own time-out does not count while a statement is being prepared.
      const timer = setTimeout(() => {
        // An answer that came while this process did not run is read first.
        setImmediate(() => {
          if (this.unanswered.has(reject)) this.giveUp(reject);
        });
      }, this.boundMs);
      this.raw[how](asked, (error: QueryError | null, rows: unknown, fields: unknown) => {
        clearTimeout(timer);
        this.unanswered.delete(reject);
        // Whose statement a lost connection has answered with the loss, mysql2 tells nobody else of it.
        if (error?.fatal) this.owner.lost();
        if (error) reject(error);
        else resolve([rows, fields]);
      });
    });
  }

  private get stream(): Socket {
    return (this.raw as unknown as { readonly stream: Socket }).stream;
  }

  private giveUp(reject: (error: Error) => void): void {
    this.unanswered.delete(reject);
    reject(Object.assign(new Error('the database did not answer in time'), { code: TIMED_OUT }));
    this.breakOff();
    this.owner.timedOut();
  }

  /** Until it is released, a statement may take so long. */
  allow(milliseconds: number): void {
    this.boundMs = Math.max(this.boundMs, milliseconds);
  }

  /** Gives the connection back. TypeORM may do so twice. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    this.boundMs = this.usualMs;
    this.owner.released();
  }

  /** It is taken again. */
  hold(): this {
    clearTimeout(this.resting);
    this.held = true;
    return this;
  }

  /** For how long nobody has used it. */
  get restedMs(): number {
    return performance.now() - this.restingFrom;
  }

  /** Nobody uses it: in so many milliseconds it ends, unless it is taken again. Left out: it stays. */
  rest(milliseconds?: number): void {
    this.restingFrom = performance.now();
    if (milliseconds === undefined) return;
    this.resting = setTimeout(() => {
      // Nobody may be given it from here on.
      this.owner.lost();
      this.sayGoodbye();
    }, milliseconds).unref();
  }

  /** Ends it at once. mysql2 only ends its own side, which a frozen server leaves open for ever. */
  breakOff(): void {
    clearTimeout(this.resting);
    this.raw.destroy();
    this.stream.destroy();
    for (const reject of this.unanswered) reject(Object.assign(new Error('the connection was broken off'), { code: LOST }));
    this.unanswered.clear();
    this.owner.lost();
  }

  /** Ends it as the protocol has it, so that the server does not log an abort. */
  sayGoodbye(): void {
    clearTimeout(this.resting);
    const timer = setTimeout(() => this.breakOff(), GOODBYE_MS);
    // Not when mysql2 calls back: that is before it has written anything.
    this.stream.once('close', () => clearTimeout(timer));
    this.raw.end();
  }
}
