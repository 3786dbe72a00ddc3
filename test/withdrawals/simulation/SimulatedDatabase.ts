import type { Cell } from '../../../src/database/index.js';
import { keys, restsOn, rowOf, type Subject, subjects } from './people.js';
import type { Timeline } from './Timeline.js';

/** A change that was committed; `number` counts the changes of its subject. */
export interface Committed {
  readonly stands: boolean;
  readonly at: number;
}

/** A transaction: what it will have done, once it has committed. */
export interface Transaction {
  open: boolean;
  readonly held: Set<string>;
  subject: Subject | null;
  stands: boolean;
  lines: { readonly number: number; readonly subject: string }[];
  /** Which change of its subject it was, once it has committed. */
  nth: number | null;
}

const isOver = new Error('the transaction is over');

type Row = Readonly<Record<string, Cell>>;

/** How the database of a schedule is: as the real one, unless something is planted. */
export interface DatabaseHabits {
  /** Numbers are drawn without holding the row of the sequence until the commit. */
  readonly numbersAtOnce: boolean;
  /** How its clock starts, and how fast it is. */
  readonly clock: { readonly starts: number; readonly rate: number };
  readonly expiresAt: number;
}

/** One database server: rows, locks, the log, the registry and a clock. Each statement sees what is committed at its instant. */
export class SimulatedDatabase {
  /** Every state that each subject was in, in the order of the commits. */
  readonly history = new Map<Subject, Committed[]>(subjects.map((subject) => [subject, [{ stands: true, at: -Infinity }]]));
  private off = 0;
  private setAt = -Infinity;
  private head = 0;
  private drawn = 0;
  private log: { readonly number: number; readonly subject: string; readonly at: number }[] = [];
  private readonly replicas = new Map<string, { acknowledged: number; seenAt: number }>();
  private readonly locks = new Map<string, Transaction>();
  private readonly queues = new Map<string, (() => void)[]>();

  constructor(
    private readonly timeline: Timeline,
    private readonly habits: DatabaseHabits,
  ) {}

  clock(): number {
    const { rate, starts } = this.habits.clock;
    return starts + this.off + this.timeline.now * rate;
  }

  setClock(by: number): void {
    this.off += by;
    this.setAt = this.timeline.now;
  }

  /** Whether that instant of its clock had come a while ago: a clock that was just set is not known to anybody yet. */
  hasPassed(instant: number, sinceMs: number, settledMs: number): boolean {
    return this.clock() >= instant + sinceMs && this.timeline.now >= this.setAt + settledMs;
  }

  stands = (subject: Subject): boolean => (this.history.get(subject)?.at(-1) as Committed).stands;

  registered(): readonly string[] {
    return [...this.replicas.keys()];
  }

  /** Takes away the oldest lines, whole numbers of them. */
  purge(olderThan: number): void {
    this.log = this.log.filter(({ at }) => at > this.timeline.now - olderThan);
  }

  read(ids: readonly string[], withPeople: boolean) {
    const found = keys.filter(({ id }) => ids.includes(id)).map((key) => rowOf(key, this.stands, this.habits.expiresAt));
    const rows = new Map(found.map((row) => [row.id, withPeople ? row : { ...row, people: null }]));
    return { rows, now: this.clock() };
  }

  begin(): Transaction {
    return { open: true, held: new Set(), subject: null, stands: true, lines: [], nth: null };
  }

  /** Holds the row of a subject, as it stands now. */
  async change(transaction: Transaction, subject: Subject, stands: boolean): Promise<boolean> {
    await this.lock(transaction, subject);
    transaction.subject = subject;
    transaction.stands = stands;
    return this.stands(subject);
  }

  /** The message that ends a change: the number is drawn, the lines are written and committed before anybody else has a say. */
  async end(transaction: Transaction, subjects: readonly string[]): Promise<[{ insertId: number }]> {
    const { numbersAtOnce } = this.habits;
    if (!numbersAtOnce) await this.lock(transaction, 'sequence');
    const number = Math.max(numbersAtOnce ? this.drawn : 0, this.head) + 1;
    this.drawn = number;
    transaction.lines = subjects.map((subject) => ({ number, subject }));
    if (!numbersAtOnce) this.commit(transaction);
    return [{ insertId: number }];
  }

  /** Which change of its subject this was; a second COMMIT changes nothing. */
  commit(transaction: Transaction): number {
    if (transaction.nth !== null) return transaction.nth;
    if (!transaction.open) throw isOver;
    const { lines, stands, subject } = transaction;
    const history = (subject && this.history.get(subject)) ?? [];
    if (lines.length > 0) history.push({ stands, at: this.timeline.now });
    for (const line of lines) {
      this.head = Math.max(this.head, line.number);
      this.log.push({ ...line, at: this.timeline.now });
    }
    this.log.sort((left, right) => left.number - right.number);
    this.rollBack(transaction);
    transaction.nth = history.length - 1;
    return transaction.nth;
  }

  rollBack(transaction: Transaction): void {
    transaction.open = false;
    for (const name of transaction.held) {
      this.locks.delete(name);
      this.queues.get(name)?.shift()?.();
    }
    transaction.held.clear();
  }

  /** One statement of the lane that commits by itself. */
  run(sql: string, values: readonly Cell[]): Row[] | number {
    const [first] = values;
    const id = String(values.at(-1));
    if (sql.startsWith('REPLACE INTO replicas')) {
      this.replicas.set(id, { acknowledged: -1, seenAt: this.clock() });
      return 1;
    }
    if (sql.startsWith('UPDATE replicas')) {
      const found = this.replicas.get(id);
      if (!found) return 0;
      this.replicas.set(id, { acknowledged: Number(first), seenAt: this.clock() });
      return 1;
    }
    if (sql.startsWith('DELETE FROM replicas WHERE id')) return this.replicas.delete(id) ? 1 : 0;
    if (sql.startsWith('DELETE FROM replicas WHERE seen_at')) {
      const silent = [...this.replicas].filter(([, { seenAt }]) => seenAt < this.clock() - Number(first) / 1_000);
      for (const [each] of silent) this.replicas.delete(each);
      return silent.length;
    }
    if (sql.startsWith('SELECT id FROM replicas')) {
      return [...this.replicas].flatMap(([each, { acknowledged }]) => (acknowledged < Number(first) ? [{ id: each }] : []));
    }
    if (sql.startsWith('SELECT number FROM change_sequence')) return [{ number: this.head }];
    if (sql.includes('FROM change_sequence s LEFT JOIN change_log l'))
      return this.lines(Number(first), Number(/LIMIT (\d+)/.exec(sql)?.[1]));
    throw new Error(`the simulated database does not know: ${sql}`);
  }

  private lines(after: number, most: number): Row[] {
    const found = this.log.filter(({ number }) => number > after).slice(0, most);
    const state = { head: this.head, now: this.clock() };
    return found.length === 0
      ? [{ ...state, number: null, subject: null }]
      : found.map(({ number, subject }) => ({ ...state, number, subject }));
  }

  private async lock(transaction: Transaction, name: string): Promise<void> {
    while (transaction.open && this.locks.get(name) !== transaction) {
      if (!this.locks.has(name)) {
        this.locks.set(name, transaction);
        transaction.held.add(name);
        return;
      }
      await new Promise<void>((resolve) => {
        const queue = this.queues.get(name) ?? [];
        queue.push(resolve);
        this.queues.set(name, queue);
      });
    }
    if (transaction.open) return;
    // It was woken for nothing: the next in the queue has its turn.
    if (!this.locks.has(name)) this.queues.get(name)?.shift()?.();
    throw isOver;
  }
}

/** Which keys a subject takes with it. */
export const keysOn = (subject: Subject) => keys.filter((key) => restsOn(key).includes(subject));
