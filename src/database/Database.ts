import { Mutex } from 'async-mutex';
import type { DataSource, EntityManager } from 'typeorm';
import { isWorthRetrying } from './failures.js';

/** Rows as one transaction, or the reader, sees them. Stores are made from it; nothing else touches TypeORM. */
export type Rows = EntityManager;

/** Runs its work alone: one writer at a time where the database has only one connection that writes. */
type Turn = <T>(work: () => Promise<T>) => Promise<T>;

const MOST_TRIES = 8;

/**
 * The one door to the database. Reads go to `reader`, each statement by itself; changes go through `transact`.
 * A work function gets rows of its own, and the outer ones are out of its reach.
 */
export class Database {
  private readonly turn: Turn;

  constructor(
    readonly kind: 'sqlite' | 'mysql',
    private readonly writing: DataSource,
    private readonly reading: DataSource,
    private readonly release: () => void,
  ) {
    // TypeORM's SQLite driver has one shared connection: overlapping transactions would become savepoints
    // of each other, and a rollback of one would lose the committed rows of the other.
    const mutex = new Mutex();
    this.turn = kind === 'sqlite' ? (work) => mutex.runExclusive(work) : (work) => work();
  }

  /** Reads of committed rows, outside any transaction. */
  get reader(): Rows {
    return this.reading.manager;
  }

  /**
   * Runs a change in one transaction and answers once it is durable. On a deadlock the whole work runs again,
   * so it must do nothing but read and write through the rows it is given.
   */
  async transact<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.turn(() => this.writing.transaction(work));
      } catch (error) {
        if (tries >= MOST_TRIES || !isWorthRetrying(error)) throw error;
      }
    }
  }

  /** Whether the database answers and its schema is in place. */
  async answers(): Promise<boolean> {
    try {
      await this.reader.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for the running transaction, then lets go of connections and files. */
  async close(): Promise<void> {
    await this.turn(async () => {
      if (this.reading !== this.writing) await this.reading.destroy();
      await this.writing.destroy();
    });
    this.release();
  }
}
