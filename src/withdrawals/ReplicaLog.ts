/** A change of the log. */
export interface LoggedChange {
  readonly number: number;
  readonly subjectId: string;
}

/** What one statement found in the log. */
export interface LogReading {
  /** The last number that was committed. */
  readonly head: number;
  /** The database's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Changes behind the number that was asked from, in order; not all of them where there are too many, or where they are purged. */
  readonly changes: readonly LoggedChange[];
}

/** The log and the registry of replicas, as one replica sees them. Each call is one statement that commits by itself. */
export interface ReplicaLog {
  /** Enters this replica into the registry: from then on writers wait for it. It has acknowledged nothing. */
  register(): Promise<void>;
  read(after: number): Promise<LogReading>;
  /** Tells writers that everything up to that number is applied; false: this replica is not in the registry. */
  acknowledge(number: number): Promise<boolean>;
  /** Takes this replica out of the registry: it says yes from memory no more. */
  leave(): Promise<void>;
  /** The replicas in the registry that have not acknowledged that number yet. */
  behind(number: number): Promise<readonly string[]>;
  /** The last number that was committed. */
  head(): Promise<number>;
  /** Takes out of the registry whoever has told nothing for so long, by the database's clock. */
  forgetSilent(silentMs: number): Promise<void>;
}
