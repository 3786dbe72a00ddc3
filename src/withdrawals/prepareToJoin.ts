import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PromptLane } from '../database/index.js';
import { type Clock } from '../domain/index.js';
import { DatabaseClock } from './DatabaseClock.js';
import { Lease, machineClocks, type Reliance } from './Lease.js';
import { Replica } from './Replica.js';
import { ReplicaLogStore } from './ReplicaLogStore.js';
import { ReplicaLoop } from './ReplicaLoop.js';
import { SharedWithdrawals } from './SharedWithdrawals.js';
import type { Memory, Withdrawals } from './Withdrawals.js';

/** This process, once it keeps up with the others. */
export interface Joined {
  readonly withdrawals: Withdrawals;
  readonly replica: Pick<Replica, 'appliedUpTo'>;
  readonly close: () => Promise<void>;
}

/** What a process that shares its database remembers by. */
export interface SharedMemory {
  /** Asked last before a yes. */
  readonly lease: Reliance & Pick<Lease, 'age'>;
  readonly databaseClock: DatabaseClock;
  /** Enters the registry, and from then on keeps up with the log; throws where the database does not answer. */
  readonly join: (memory: Memory, clock: Clock) => Promise<Joined>;
}

/** This process among those that share a database. Nothing may be remembered before it has joined them. */
export function prepareToJoin(
  lanes: { readonly log: PromptLane; readonly withdrawals: PromptLane },
  failed: (what: string) => (error: unknown) => void,
): SharedMemory {
  const replicaId = `replica_${randomUUID().slice(0, 31)}`;
  const clocks = machineClocks;
  const lease = new Lease(clocks);
  const databaseClock = new DatabaseClock(clocks);
  return {
    lease,
    databaseClock,
    async join(memory, clock) {
      const log = new ReplicaLogStore(lanes.log, replicaId);
      const replica = new Replica({ log, memory, lease, databaseClock });
      const loop = new ReplicaLoop(replica, failed('the log of withdrawals cannot be read: keys are asked of the database each time'));
      await loop.join();
      const withdrawals = new SharedWithdrawals({
        log: new ReplicaLogStore(lanes.withdrawals, replicaId),
        memory,
        replica,
        clocks,
        now: clock,
        replicaId,
        sleep: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
        failed: failed('a withdrawal could not be told to the other replicas: it waited until their leases had run out'),
      });
      return { withdrawals, replica, close: () => loop.close() };
    },
  };
}
