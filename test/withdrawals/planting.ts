import { type KeyContext, KeyContexts } from '../../src/contexts/index.js';
import type { ContextParts } from '../../src/contexts/KeyContexts.js';
import { alwaysHolds, Lease, type SubjectId } from '../../src/withdrawals/index.js';
import type { Instant } from '../../src/withdrawals/Lease.js';
import { Replica, type ReplicaParts } from '../../src/withdrawals/Replica.js';
import type { ReplicaLog } from '../../src/withdrawals/ReplicaLog.js';
import { runSchedules } from './simulation/run.js';
import type { Planted } from './simulation/SimulatedReplica.js';
import { type Weather, weatherOf } from './simulation/Weather.js';
import type { Chance } from './simulation/Chance.js';

/** How the six rules are taken out one by one, and how the schedules are shown to find it. */

const MOST_SCHEDULES = 1_000;

/** A rule is taken out; a schedule breaks the promise. `weather`: what it takes, so that it is found soon. */
export const planted = (breach: string, parts: Planted, weather: Partial<Weather> = {}): void =>
  test(`is caught: ${breach}`, async () => {
    const choices = { planted: parts, weather: (chance: Chance): Weather => ({ ...weatherOf(chance), ...weather }) };
    const { failing } = await runSchedules(1, MOST_SCHEDULES, choices);
    expect(failing).not.toEqual([]);
  });

/** The log as it is, but for some of it. */
export const logWith = (log: ReplicaLog, other: Partial<ReplicaLog>): ReplicaLog => ({
  register: () => log.register(),
  read: (after) => log.read(after),
  acknowledge: (number) => log.acknowledge(number),
  leave: () => log.leave(),
  behind: (number) => log.behind(number),
  head: () => log.head(),
  forgetSilent: (silentMs) => log.forgetSilent(silentMs),
  ...other,
});

/** Rule 2: the lease runs from the instant at which the answer has come. */
export class LeaseFromTheAnswer extends Lease {
  override extend(_sent: Instant): void {
    super.extend(this.mark());
  }
}

/** Rule 3: what was read before a withdrawal is kept behind it. */
export class KeepingStaleFills extends KeyContexts {
  override forget(subjects: readonly SubjectId[]): void {
    const fills = [...this['fills']];
    this['fills'].clear();
    super.forget(subjects);
    for (const fill of fills) this['fills'].add(fill);
  }
}

/** Rule 3: later requests join a read that was sent before a withdrawal. */
export class JoiningOlderFlights extends KeyContexts {
  override forget(subjects: readonly SubjectId[]): void {
    const { flights } = this as unknown as { flights: Map<string, never> };
    super.forget(subjects);
    this['flights'] = flights;
  }
}

/** Rule 3: past the lease, a request joins a read that was sent before it came, and nobody looks at the clock last. */
export class JoiningPastTheLease extends KeyContexts {
  override find(keyId: string) {
    return this['parts'].reliance.holds() ? super.find(keyId) : (this['flights'].get(keyId) ?? this['fly'](keyId));
  }

  override stands(context: KeyContext): boolean {
    return context.stands;
  }
}

/** Rule 3: past the lease, what is read shares people and places with what was remembered before. */
export function sharingPastTheLease(parts: ContextParts): KeyContexts {
  const contexts = new KeyContexts(parts);
  const learn = contexts['learn'].bind(contexts);
  contexts['learn'] = (...what) => {
    Object.assign(contexts, { parts: { ...parts, reliance: alwaysHolds } });
    const learned = learn(...what);
    Object.assign(contexts, { parts });
    return learned;
  };
  return contexts;
}

/** Rules 5 and 6: of a sleep the lease knows, and whoever asks when the registry was told last does not. */
export function heardInItsSleep(parts: ReplicaParts): Replica {
  const { lease } = parts;
  const marks = new WeakMap<Instant, Instant>();
  const sleepless = {
    mark() {
      const real = lease.mark();
      const told = { ...real, ahead: 0 };
      marks.set(told, real);
      return told;
    },
    extend: (sent: Instant) => lease.extend(marks.get(sent) ?? sent),
    drop: () => lease.drop(),
  };
  return new Replica({ ...parts, lease: sleepless as Lease });
}

/** Rule 5: a replica that was silent for long begins a lease as if it had been heard. */
export class HeardForEver extends Replica {
  override look(): Promise<void> {
    if (this['registered']) this['heardAt'] = this['parts'].lease.mark();
    return super.look();
  }
}
