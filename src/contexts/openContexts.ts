import type { Database } from '../database/index.js';
import { type Clock, systemClock } from '../domain/index.js';
import { alwaysHolds, prepareToJoin, LocalWithdrawals, type Withdrawals } from '../withdrawals/index.js';
import { ContextStore } from './ContextStore.js';
import { KeyContexts } from './KeyContexts.js';

/** What keys are remembered by, and how they are forgotten again. */
export interface OpenContexts {
  readonly contexts: KeyContexts;
  readonly withdrawals: Withdrawals;
  /** The database's clock where replicas share it, unless another was given. */
  readonly clock: Clock;
  /** For how long the lease has run, and the number up to which the log is applied; null where there is no log. */
  readonly lease: { age(): number; holds(): boolean; appliedUpTo(): number } | null;
  close(): Promise<void>;
}

/** What that takes. */
export interface ContextOptions {
  readonly database: Database;
  readonly clock?: Clock | undefined;
  /** How many keys are remembered at the most. */
  readonly mostKeys?: number | undefined;
  readonly failed: (what: string) => (error: unknown) => void;
}

/** Begins to remember keys. On MySQL this process joins the others first: from then on withdrawals wait for it. */
export async function openContexts({ database, failed, ...options }: ContextOptions): Promise<OpenContexts> {
  const store = new ContextStore(database.lanes.keys, database.kind);
  const parts = { store, reader: () => database.reader, ...(options.mostKeys !== undefined && { mostKeys: options.mostKeys }) };
  if (database.kind === 'sqlite') {
    const contexts = new KeyContexts({ ...parts, reliance: alwaysHolds });
    const clock = options.clock ?? systemClock;
    return { contexts, withdrawals: new LocalWithdrawals(contexts), clock, lease: null, close: () => Promise.resolve() };
  }
  const { databaseClock, join, lease } = prepareToJoin(database.lanes, failed);
  const clock = options.clock ?? databaseClock.now;
  const contexts = new KeyContexts({
    ...parts,
    reliance: lease,
    onNow: (now, sentAt) => {
      // The log tells it twenty times a second, and waits for nobody: a read that had to wait would set it ahead.
      if (!lease.holds()) databaseClock.set(now, sentAt);
    },
  });
  const { close, replica, withdrawals } = await join(contexts, clock);
  const told = { age: () => lease.age(), holds: () => lease.holds(), appliedUpTo: () => replica.appliedUpTo };
  return { contexts, withdrawals, clock, lease: told, close };
}
