import type { Rows } from '../database/index.js';

/**
 * What a change may have taken from keys, by whom it is about: a key, a user (every key they stand behind), or at widest an
 * organization (every key of the tenant). Whatever was remembered of it is forgotten, also where the change gave something.
 */
export type SubjectId = string;

/** A change that withdraws; it holds once its transaction has committed. */
export interface Written {
  readonly subjects: readonly SubjectId[];
  /** Its number in the log; null where one process has the database to itself, and there is no log. */
  readonly number: number | null;
}

/** Makes withdrawals known to whoever remembers keys: here, and on every other replica. */
export interface Withdrawals {
  /** Ends a change's transaction, where there is a log by committing it: nothing may be written behind it. Null: the change withdraws nothing. */
  write(rows: Rows, subjects: readonly SubjectId[]): Promise<Written | null>;
  /**
   * Called once the transaction has committed, before anybody is answered: resolves as soon as no replica accepts what was
   * withdrawn, and never rejects. Null: a repetition that found nothing to do, which waits for whatever came before it.
   */
  settle(written: Written | null): Promise<void>;
}

/** Whoever remembers what is known of keys. */
export interface Memory {
  /** Forgets whatever rests on one of these, and keeps nothing of it that was read before now. */
  forget(subjects: readonly SubjectId[]): void;
  /** Forgets everything, and keeps nothing that was read before now. */
  forgetAll(): void;
}
