import type { Answered } from './SimulatedReplica.js';
import { keys, restsOn, type Subject } from './people.js';
import type { SimulatedDatabase } from './SimulatedDatabase.js';

/** The promise was broken; with what happened until then. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Which changes were answered when, and whether what a request was told can be true. */
export class Record {
  private readonly answered = new Map<Subject, { readonly at: number; readonly nth: number }[]>();

  constructor(private readonly database: SimulatedDatabase) {}

  note({ subject, nth }: Answered, at: number): void {
    const before = this.answered.get(subject) ?? [];
    this.answered.set(subject, [...before, { at, nth }]);
  }

  /**
   * A request may see each subject as the last change that was answered before it began has left it, or as any change has that
   * was committed since and before it ended. `told`: whether it was let in.
   */
  check(keyId: string, told: boolean, began: number, ended: number): string | null {
    const key = keys.find(({ id }) => id === keyId);
    if (!key) throw new Error(`there is no ${keyId}`);
    const seen = restsOn(key).map((subject) => ({ subject, states: this.statesOf(subject, began, ended) }));
    if (told) {
      const gone = seen.find(({ states }) => !states.includes(true));
      return gone ? `${keyId} was let in, and ${gone.subject} was withdrawn` : null;
    }
    return seen.every(({ states }) => !states.includes(false)) && !key.expires
      ? `${keyId} was refused, and nothing of it is withdrawn`
      : null;
  }

  private statesOf(subject: Subject, began: number, ended: number): readonly boolean[] {
    const history = this.database.history.get(subject) ?? [];
    const known = (this.answered.get(subject) ?? []).filter(({ at }) => at <= began).map(({ nth }) => nth);
    const last = Math.max(0, ...known);
    return history.flatMap(({ at, stands }, nth) => (nth === last || (nth > last && at <= ended) ? [stands] : []));
  }
}
