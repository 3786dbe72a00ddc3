import type { DataSource, EntityManager } from 'typeorm';
import { endTransaction } from './endTransaction.js';
import { isWorthRetrying } from './failures.js';
import type { PromptLane } from './PromptLane.js';
import type { DatabaseLoad, Turns } from './Turns.js';

/** Rows as one transaction, or the reader, sees them. Stores are made from it; nothing else touches TypeORM. */
export type Rows = EntityManager;

const MOST_TRIES = 8;
/** After so long a change that others keep getting in the way of is given up. */
const TRY_FOR_MS = 10_000;
/** How long `close` waits for what is under way. */
const CLOSE_MS = 5_000;

/** What those who ask at once are let in by: to read, and to change. */
export interface DatabaseTurns {
  /** Null on SQLite, where a read never waits. */
  readonly reading: Turns | null;
  readonly writing: Turns;
}

/** For single statements that do not wait for others: those about keys at their use, those of who withdraws, and those that keep up with the log. */
export interface DatabaseLanes {
  readonly keys: PromptLane;
  readonly withdrawals: PromptLane;
  readonly log: PromptLane;
}

/**
 * The one door to the database. Reads go to `reader`, each statement by itself; changes go through `transact`.
 * A work function gets rows of its own, and the outer ones are out of its reach.
 */
export class Database {
  constructor(
    readonly kind: 'sqlite' | 'mysql',
    private readonly writing: DataSource,
    private readonly reading: DataSource,
    private readonly turns: DatabaseTurns,
    readonly lanes: DatabaseLanes,
    /** The names of this build's migrations. */
    private readonly migrations: readonly string[],
    private readonly release: () => void,
  ) {}

  /** Reads of committed rows, outside any transaction. */
  get reader(): Rows {
    return this.reading.manager;
  }

  /**
   * Runs a change in one transaction and answers once it is durable. On a deadlock the whole work runs again,
   * so it must do nothing but read and write through the rows it is given.
   */
  async transact<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    const until = performance.now() + TRY_FOR_MS;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.alone(() => this.writing.transaction(work));
      } catch (error) {
        if (tries >= MOST_TRIES || performance.now() > until || !isWorthRetrying(error)) throw error;
      }
    }
  }

  /** Answers if the database does. */
  async ping(): Promise<void> {
    await this.reader.query('SELECT 1');
  }

  /** How its schema stands to the migrations that this build knows. */
  async schema(): Promise<'current' | 'older' | 'newer'> {
    const run = await this.reader.query<{ name: string }[]>('SELECT name FROM migrations');
    const there = run.map(({ name }) => name);
    if (this.migrations.some((name) => !there.includes(name))) return 'older';
    return there.every((name) => this.migrations.includes(name)) ? 'current' : 'newer';
  }

  /** What is asked of it at this moment, by those who read and by those who change. */
  load(): { readonly reading: DatabaseLoad; readonly writing: DatabaseLoad; readonly keys: DatabaseLoad; readonly log: DatabaseLoad } {
    const { reading, writing } = this.turns;
    return { reading: loadOf(reading), writing: loadOf(writing), keys: this.lanes.keys.load(), log: this.lanes.log.load() };
  }

  /** Refuses what is new, waits for what is under way, and lets go of connections and files. What takes too long is broken off: it is undone. */
  async close(): Promise<void> {
    await this.turns.writing.close(CLOSE_MS);
    await this.turns.reading?.close(CLOSE_MS);
    for (const lane of Object.values(this.lanes) as PromptLane[]) lane.close();
    await this.reading.destroy();
    await this.writing.destroy();
    this.release();
  }

  /**
   * TypeORM's SQLite driver has one shared connection: overlapping transactions would become savepoints of each other, and a
   * rollback of one would lose the committed rows of the other. On MySQL the pool counts its turns itself.
   */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.kind !== 'sqlite') return work();
    return this.turns.writing.run(() => {
      endTransaction(this.writing);
      return work();
    });
  }
}

const loadOf = (turns: Turns | null): DatabaseLoad => ({ busy: turns?.busy ?? 0, waiting: turns?.waiting ?? 0 });
