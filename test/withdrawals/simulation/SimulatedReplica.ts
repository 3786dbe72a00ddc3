import { KeyContexts } from '../../../src/contexts/index.js';
import type { ContextParts } from '../../../src/contexts/KeyContexts.js';
import type { ContextStore } from '../../../src/contexts/ContextStore.js';
import type { Cell, PromptLane, Rows } from '../../../src/database/index.js';
import { authenticateKey, type DoorAnswer } from '../../../src/verification/authenticateKey.js';
import { DatabaseClock, Lease, type Reliance, type Withdrawals } from '../../../src/withdrawals/index.js';
import type { Clocks } from '../../../src/withdrawals/Lease.js';
import { Replica } from '../../../src/withdrawals/Replica.js';
import type { ReplicaLog } from '../../../src/withdrawals/ReplicaLog.js';
import { ReplicaLogStore } from '../../../src/withdrawals/ReplicaLogStore.js';
import { SharedWithdrawals } from '../../../src/withdrawals/SharedWithdrawals.js';
import type { Machine } from './Machine.js';
import { type Network, PATIENT_MS } from './Network.js';
import { DIGEST, type Subject } from './people.js';
import type { SimulatedDatabase, Transaction } from './SimulatedDatabase.js';

/** Something in place of a part: how a breach of the protocol is planted. */
export interface Planted {
  readonly numbersAtOnce?: true;
  readonly clocks?: (clocks: Clocks) => Clocks;
  readonly lease?: (clocks: Clocks) => Lease;
  readonly log?: (log: ReplicaLog, machine: Machine) => ReplicaLog;
  readonly reliance?: (lease: Lease, machine: Machine) => Reliance;
  readonly contexts?: (parts: ContextParts) => KeyContexts;
  readonly replica?: (parts: ConstructorParameters<typeof Replica>[0]) => Replica;
  readonly now?: (databaseClock: DatabaseClock, clocks: Clocks) => () => Date;
  readonly withdrawals?: (real: SharedWithdrawals, own: { readonly contexts: KeyContexts; readonly replica: Replica }) => Withdrawals;
}

/** How a change ended: answered, of which state of its subject; or not, and then nobody knows. */
export interface Answered {
  readonly subject: Subject;
  readonly nth: number;
  /** How long settling took, by the machine's own clock; null where the machine was kept from going on meanwhile. */
  readonly settledMs: number | null;
}

/** How many lines a reading hands over: few, so that one who is behind is soon too far behind. */
const MOST_CHANGES = 4;
const MOST_KEYS = 4;
/** So that schedules, which are short, read keys with their people and without. */
const FAMILIAR_AFTER = 1;

/** One process of the service with what is real of it: the memory, the lease, the log's reader, and the door for keys. */
export class SimulatedReplica {
  readonly contexts: KeyContexts;
  readonly replica: Replica;
  readonly lease: Lease;
  private readonly withdrawals: Withdrawals;
  private readonly now: () => Date;
  private readonly transactions = new Set<Transaction>();
  private joined = false;

  constructor(
    readonly id: string,
    readonly machine: Machine,
    private readonly network: Network,
    private readonly database: SimulatedDatabase,
    private readonly lookEveryMs: number,
    private readonly dropped: (transaction: Transaction) => void,
    planted: Planted,
  ) {
    const { clocks } = machine;
    const leaseClocks = planted.clocks?.(clocks) ?? clocks;
    this.lease = planted.lease?.(leaseClocks) ?? new Lease(leaseClocks);
    const databaseClock = new DatabaseClock(clocks);
    const store: Pick<ContextStore, 'keys' | 'keysAndPeople' | 'registered'> = {
      keys: (ids) => network.send(machine, () => database.read(ids, false), PATIENT_MS),
      keysAndPeople: (ids) => network.send(machine, () => database.read(ids, true), PATIENT_MS),
      registered: () => network.send(machine, () => ['license:manage'], PATIENT_MS),
    };
    const parts: ContextParts = {
      store: store as ContextStore,
      reader: () => ({}) as Rows,
      reliance: planted.reliance?.(this.lease, machine) ?? this.lease,
      onNow: (now, sentAt) => databaseClock.set(now, sentAt),
      monotonic: clocks.monotonic,
      mostKeys: MOST_KEYS,
      mostAbsent: MOST_KEYS,
      familiarAfter: FAMILIAR_AFTER,
    };
    this.contexts = planted.contexts?.(parts) ?? new KeyContexts(parts);
    const run = (sql: string, values: readonly Cell[]) => network.send(machine, () => database.run(sql, values));
    const lane: Pick<PromptLane, 'read' | 'write'> = {
      read: async (sql, values) => (await run(sql, values)) as Record<string, Cell>[],
      write: async (sql, values) => (await run(sql, values)) as number,
    };
    const logStore = new ReplicaLogStore(lane as PromptLane, id, MOST_CHANGES);
    const log = planted.log?.(logStore, machine) ?? logStore;
    const replicaParts = { log, memory: this.contexts, lease: this.lease, databaseClock };
    this.replica = planted.replica?.(replicaParts) ?? new Replica(replicaParts);
    this.now = planted.now?.(databaseClock, clocks) ?? databaseClock.now;
    const settling = {
      ...{ log, memory: this.contexts, replica: this.replica, clocks, now: this.now, replicaId: id },
      ...{ sleep: machine.sleep, failed: () => undefined },
    };
    const withdrawals = new SharedWithdrawals(settling);
    this.withdrawals = planted.withdrawals?.(withdrawals, this) ?? withdrawals;
  }

  /** Serves from its first look on. */
  get serves(): boolean {
    return this.joined && this.machine.lives;
  }

  start(): void {
    void this.replica.look().then(
      () => {
        this.joined = true;
        this.goOn();
      },
      () => this.goOn(),
    );
  }

  /** A request with a key, at the door of this API. */
  async ask(keyId: string, limitAnswersAfter: number): Promise<DoorAnswer> {
    const take = async () => {
      await this.machine.sleep(limitAnswersAfter);
      return { fits: true, state: { limit: 1_000, windowSeconds: 60, remaining: 1_000, resetAt: new Date(0) } };
    };
    const uses = { note: () => undefined, noteWrong: () => undefined } as never;
    return authenticateKey(
      { contexts: this.contexts, clock: this.now, rateLimits: { take }, uses },
      {
        credential: { keyId, environment: 'PRODUCTION', digest: DIGEST },
        environment: 'PRODUCTION',
        peerAddress: '192.0.2.1',
        usedBy: null,
      },
    );
  }

  /** Withdraws a subject or gives it back, as a change of the service does; null where it is refused or its end is unknown. */
  async change(subject: Subject, stands: boolean, toldMs: (work: () => Promise<void>) => Promise<number | null>): Promise<Answered | null> {
    const { database, machine, network, withdrawals } = this;
    const transaction = database.begin();
    this.transactions.add(transaction);
    const send = <T>(work: () => T | Promise<T>) => network.send(machine, work);
    try {
      const before = await send(() => database.change(transaction, subject, stands));
      const history = database.history.get(subject) ?? [];
      if (before === stands) {
        // A repetition that finds nothing to do.
        const nth = history.length - 1;
        this.transactions.delete(transaction);
        database.rollBack(transaction);
        return { subject, nth, settledMs: await toldMs(() => withdrawals.settle(null)) };
      }
      const subjectsOf = (values: readonly unknown[]): string[] => values.filter((value) => typeof value === 'string');
      const rows = { query: (_sql: string, values: unknown[]) => send(() => database.end(transaction, subjectsOf(values))) };
      const written = await withdrawals.write(rows as unknown as Rows, [subject]);
      const nth = await send(() => database.commit(transaction));
      return { subject, nth, settledMs: await toldMs(() => withdrawals.settle(written)) };
    } catch {
      this.dropped(transaction);
      return null;
    } finally {
      this.transactions.delete(transaction);
    }
  }

  /** The server notices, some time later, that nobody is there any more for what is under way. */
  abandon(): void {
    for (const transaction of this.transactions) this.dropped(transaction);
  }

  private goOn(): void {
    this.machine.after(this.lookEveryMs, () => {
      const again = () => this.goOn();
      void this.replica.look().then(() => {
        this.joined = true;
        again();
      }, again);
    });
  }
}
