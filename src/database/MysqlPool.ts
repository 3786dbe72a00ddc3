import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';
import { boundWait } from './boundWait.js';
import { PooledConnection } from './PooledConnection.js';
import { type TurnLimits, Turns } from './Turns.js';

/** How long the database may take. */
export interface DatabaseBounds {
  /** For one statement; its connection is given up then. */
  readonly statementMs: number;
  /** A connection that was not used for so long is ended; never, if left out. */
  readonly restMs?: number;
  /** Sent on each new connection. */
  readonly session: string;
}

type Taken = (error: Error | null, connection?: PooledConnection) => void;

/**
 * Connections to MySQL in which nothing waits without end: neither for a connection, nor for the server's greeting, nor for
 * the answer to a statement. mysql2's own pool takes a connection back whose answer may still come, and its queue knows no time.
 * TypeORM is given it as its driver (`createPool`).
 */
export class MysqlPool {
  readonly turns: Turns;
  private readonly idle: PooledConnection[] = [];
  private readonly open = new Set<PooledConnection>();
  private ended = false;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly bounds: DatabaseBounds,
    limits: TurnLimits,
  ) {
    this.turns = new Turns(limits);
  }

  /** TypeORM's word for taking one. */
  getConnection(taken: Taken): void {
    this.take().then(
      (connection) => taken(null, connection),
      (error: unknown) => taken(error as Error),
    );
  }

  /** TypeORM's word for the end: what is under way is broken off. */
  end(done: (error?: Error) => void): void {
    this.ended = true;
    for (const connection of this.open) {
      if (this.idle.includes(connection)) connection.sayGoodbye();
      else connection.breakOff();
    }
    done();
  }

  /** One for the taker alone, until it releases it. */
  async take(): Promise<PooledConnection> {
    await this.turns.enter();
    try {
      return this.rested() ?? (await this.connect());
    } catch (error) {
      this.turns.leave();
      throw error;
    }
  }

  /** The one that was used last. What has rested for too long the server may have ended: this process may not have run meanwhile. */
  private rested(): PooledConnection | null {
    const { restMs = Infinity } = this.bounds;
    for (let connection = this.idle.pop(); connection; connection = this.idle.pop()) {
      if (connection.restedMs < restMs) return connection.hold();
      connection.breakOff();
    }
    return null;
  }

  private async connect(): Promise<PooledConnection> {
    const raw = await greeted(this.options);
    const connection = new PooledConnection(raw, this.bounds.statementMs, {
      timedOut: () => this.doubt(),
      released: () => this.giveBack(connection),
      lost: () => this.forget(connection),
    });
    this.open.add(connection);
    try {
      await connection.query(this.bounds.session);
    } catch (error) {
      connection.breakOff();
      throw error;
    }
    return connection;
  }

  private giveBack(connection: PooledConnection): void {
    if (this.open.has(connection) && !this.ended) this.rest(connection);
    else connection.breakOff();
    this.turns.leave();
  }

  private rest(connection: PooledConnection): void {
    this.idle.push(connection);
    connection.rest(this.bounds.restMs);
  }

  /** A server that has not answered one connection will hardly answer the others: each would be waited for in turn. */
  private doubt(): void {
    for (const connection of this.idle.splice(0)) connection.breakOff();
  }

  private forget(connection: PooledConnection): void {
    this.open.delete(connection);
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

/** What TypeORM takes for mysql2: a module that creates pools. `made` is told of the pool. */
export const boundedDriver = (
  bounds: DatabaseBounds,
  limits: TurnLimits,
  made: (pool: MysqlPool) => void,
  more: ConnectionOptions = {},
) => ({
  createPool: (options: ConnectionOptions): MysqlPool => {
    const pool = new MysqlPool({ ...options, ...more }, bounds, limits);
    made(pool);
    return pool;
  },
});

const USUAL_CONNECT_MS = 10_000;

/**
 * A connection on which the server has let us in; `connectTimeout` bounds all of that. mysql2's own bound is over also where the
 * server has answered while this process did not run.
 */
function greeted(options: ConnectionOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const raw = createConnection({ ...options, connectTimeout: 0 });
    const waiting = boundWait(options.connectTimeout ?? USUAL_CONNECT_MS, () => {
      raw.destroy();
      reject(Object.assign(new Error('the database did not let us in in time'), { code: 'ETIMEDOUT' }));
    });
    raw.connect((error) => {
      waiting.end();
      if (error) {
        raw.destroy();
        reject(error);
      } else resolve(raw);
    });
  });
}
