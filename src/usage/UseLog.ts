import type { Database } from '../database/index.js';
import { LogLines } from './LogLines.js';
import type { KeyUse, WrongSecret } from './KeyUse.js';
import { type Statistics, StatisticsStore } from './StatisticsStore.js';
import { UsageCounts } from './UsageCounts.js';
import { WrongSecrets } from './WrongSecrets.js';

const FLUSH_MS = 500;
/** How often a stop tries to write what waits, and how long it waits between. */
const LAST_TRIES = 5;
const LAST_TRY_MS = 200;

/** An earlier try of the same batch was committed after all. */
class AlreadyWritten extends Error {}

/**
 * Writes behind the answers what keys were used for: exact counts by the hour, the instant of the last use, and lines of
 * the log. Noting a use asks nothing and waits for nothing; a failed write is tried again as it was, before what is newer.
 */
export class UseLog {
  private readonly counts = new UsageCounts();
  private readonly lines = new LogLines();
  private readonly wrong = new WrongSecrets();
  private batch: Statistics | null = null;
  private failing = false;
  private busy = false;
  private writing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  /** How many lines of the log wait to be written. */
  get depth(): number {
    return this.lines.depth;
  }

  constructor(
    private readonly database: Database,
    /** Told once when writing begins to fail, and when a stop has to give up. */
    private readonly failed: (error: unknown) => void,
    flushEveryMs: number = FLUSH_MS,
  ) {
    this.timer = setInterval(() => {
      if (!this.busy) void this.flush();
    }, flushEveryMs);
    this.timer.unref();
  }

  /** Notes a use. It is written within half a second. */
  note(use: KeyUse): void {
    this.counts.note(use);
    this.lines.note(use);
  }

  /** Notes a wrong secret of a key that exists: if the key once had it, that is a line of its log. */
  noteWrong(wrong: WrongSecret): void {
    this.wrong.note(wrong);
  }

  /** Writes what waits; whether that worked. */
  flush(): Promise<boolean> {
    const written = this.writing.then(() => this.write());
    this.writing = written.then(() => undefined);
    return written;
  }

  /** Writes what waits and stops. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    for (let tries = 1; !(await this.flush()) && tries < LAST_TRIES; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, LAST_TRY_MS));
    }
  }

  private async write(): Promise<boolean> {
    this.busy = true;
    try {
      // What failed before is written as it was, so that a try whose answer was lost is known by its lines.
      await this.writeBatch();
      await this.wrong.noteRetired(this.database.reader, (use) => this.note(use));
      this.batch = { ...this.lines.take(), ...this.counts.take() };
      await this.writeBatch();
      this.failing = false;
      return true;
    } catch (error) {
      if (!this.failing) this.failed(error);
      this.failing = true;
      return false;
    } finally {
      this.busy = false;
    }
  }

  private async writeBatch(): Promise<void> {
    const { batch } = this;
    if (batch && holdsAnything(batch)) {
      try {
        await this.database.transact(async (rows) => {
          if (!(await new StatisticsStore(rows).write(batch))) throw new AlreadyWritten();
        });
      } catch (error) {
        if (!(error instanceof AlreadyWritten)) throw error;
      }
    }
    this.batch = null;
  }
}

const holdsAnything = ({ lines, more, hours, lastUses }: Statistics): boolean =>
  lines.length + more.length + hours.length + lastUses.length > 0;
