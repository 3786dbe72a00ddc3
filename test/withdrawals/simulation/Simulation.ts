import { LONGEST_WAIT_MS } from '../../../src/withdrawals/SharedWithdrawals.js';
import { Chance } from './Chance.js';
import { Machine } from './Machine.js';
import { Network } from './Network.js';
import { keys, type Subject, subjects } from './people.js';
import { Broken, Record } from './Record.js';
import { keysOn, SimulatedDatabase } from './SimulatedDatabase.js';
import { type Answered, type Planted, SimulatedReplica } from './SimulatedReplica.js';
import { Timeline } from './Timeline.js';
import { calm, type Weather, weatherOf } from './Weather.js';

/** How long the trouble of a schedule lasts, and the quiet after it in which everything must come right. */
const TROUBLE_MS = 1_200;
const QUIET_MS = 1_800;
/** Two machines' clocks differ by at most 5 % in rate. */
const RATES = { least: 0.976, most: 1.024 };
/** The database's clock is never behind at a reading, and runs behind by the rates alone until the next. */
const CLOCK_TOLERANCE_MS = 60;

/** What is different in a run. */
export interface Choices {
  readonly planted?: Planted;
  readonly weather?: (chance: Chance) => Weather;
  readonly traced?: boolean;
}

/** One schedule: replicas, a database, a network, and everything that befalls them, all of it drawn from one seed. */
export class Simulation {
  readonly trace: string[] = [];
  broken: Broken | null = null;
  /** What was seen to happen: a schedule in which nothing happens shows nothing. */
  readonly counts = { let: 0, refused: 0, failed: 0, hits: 0, withdrawals: 0, waited: 0 };
  private readonly timeline = new Timeline();
  private readonly chance: Chance;
  private readonly database: SimulatedDatabase;
  private readonly network: Network;
  private readonly record: Record;
  private readonly replicas: SimulatedReplica[] = [];
  private readonly expiresAt: number;
  private made = 0;
  private readonly troubleEnds: number;
  private readonly ends: number;

  constructor(
    readonly seed: number,
    private readonly choices: Choices = {},
  ) {
    const { timeline } = this;
    const chance = new Chance(seed);
    this.chance = chance;
    const weather = (choices.weather ?? weatherOf)(chance);
    const starts = 1_800_000_000_000;
    this.expiresAt = starts + chance.between(500, 5_000);
    const clock = { starts, rate: chance.between(RATES.least, RATES.most) };
    this.database = new SimulatedDatabase(timeline, {
      numbersAtOnce: choices.planted?.numbersAtOnce ?? false,
      clock,
      expiresAt: this.expiresAt,
    });
    this.record = new Record(this.database);
    this.network = new Network(timeline, chance, weather);
    this.troubleEnds = TROUBLE_MS + weather.longest;
    this.ends = this.troubleEnds + QUIET_MS;
    for (let count = chance.pick([2, 2, 3]); count > 0; count -= 1) this.startReplica();
    this.plan(weather);
    timeline.at(this.troubleEnds, () => this.calmDown());
  }

  /** Lets the next thing happen; false once the schedule is over. */
  step(): boolean {
    if (this.broken) return false;
    return this.timeline.step(this.ends + 20);
  }

  private plan({ clockSteps, crashes, cutOffs, longest, purges, sleeps, stalls, stops, wallSteps }: Weather): void {
    const { chance, database, network, timeline } = this;
    const away = () => chance.scaled(20, longest);
    const sometime = (probability: number, happen: () => void) => {
      if (chance.happens(probability)) timeline.at(chance.between(100, TROUBLE_MS), happen);
    };
    const befalls = (probability: number, what: string, happen: (replica: SimulatedReplica) => void) => {
      for (const each of [0, 1]) {
        sometime(probability / (each + 1), () => {
          const replica = chance.pick(this.replicas);
          this.tell(`${replica.id} ${what}`);
          happen(replica);
        });
      }
    };
    const resume = ({ id, machine }: SimulatedReplica) =>
      timeline.after(away(), () => {
        this.tell(`${id} goes on`);
        machine.resume((things) => this.shuffled(things));
        this.afterwards();
      });
    befalls(stops, 'is stopped', (replica) => {
      replica.machine.stop();
      resume(replica);
    });
    befalls(sleeps, 'sleeps', (replica) => {
      replica.machine.suspend();
      resume(replica);
    });
    befalls(crashes, 'crashes', (replica) => this.crash(replica));
    befalls(cutOffs, 'is cut off', ({ machine }) => network.cut(machine, timeline.now + away()));
    befalls(wallSteps, 'is given another time of day', ({ machine }) => machine.setWall(chance.between(-90_000, 90_000)));
    sometime(stalls, () => {
      this.tell('the database stands still');
      network.stalledUntil = timeline.now + Math.min(away(), 3_000);
    });
    // More than that at once would make living replicas look silent: it is assumed not to happen.
    sometime(clockSteps, () => {
      this.tell("the database's clock is set");
      database.setClock(chance.between(-20_000, 3_500));
    });
    for (let count = 0; count < 6; count += 1) sometime(purges, () => database.purge(chance.scaled(1, 500)));
    for (let count = chance.pick([5, 8, 12]); count > 0; count -= 1)
      timeline.at(chance.between(50, TROUBLE_MS), () => this.changeSomething());
    for (let count = 14; count > 0; count -= 1) timeline.at(chance.between(20, TROUBLE_MS), () => this.askSomebody(chance.pick(keys).id));
  }

  /** What somebody does who was waiting for it: once a replica goes on, it is asked, and so is everybody else. */
  private afterwards(): void {
    const { chance, timeline } = this;
    for (const { id } of keys) timeline.after(chance.between(0, 3), () => this.askSomebody(id));
    if (chance.happens(0.7)) timeline.after(chance.between(0, 30), () => this.changeSomething());
    if (chance.happens(0.5)) timeline.after(chance.between(0, 300), () => this.changeSomething());
  }

  private startReplica(): void {
    const { chance, timeline } = this;
    const machine = new Machine(timeline, chance.between(RATES.least, RATES.most), {
      counted: chance.between(0, 1e6),
      off: 1_800_000_000_000 + chance.between(-86_400_000, 86_400_000),
    });
    const id = `replica_${(this.made += 1)}`;
    const dropped = (transaction: Parameters<SimulatedDatabase['rollBack']>[0]) =>
      timeline.after(chance.scaled(1, 800), () => this.database.rollBack(transaction));
    const lookEvery = chance.pick([50, 100, 200]);
    const replica = new SimulatedReplica(id, machine, this.network, this.database, lookEvery, dropped, this.choices.planted ?? {});
    this.replicas.push(replica);
    replica.start();
  }

  private crash(replica: SimulatedReplica): void {
    replica.machine.die();
    replica.abandon();
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    this.startReplica();
  }

  private changeSomething(): void {
    const { chance, database } = this;
    const subject = chance.pick(subjects);
    // Mostly a change; sometimes a repetition of the last one, which somebody else may just be making.
    const stands = chance.happens(0.25) ? database.stands(subject) : !database.stands(subject);
    const replica = this.anybody();
    if (replica) void this.change(replica, subject, stands);
  }

  private async change(replica: SimulatedReplica, subject: Subject, stands: boolean): Promise<void> {
    const { id, machine } = replica;
    const doing = `${id} ${stands ? 'gives back' : 'withdraws'} ${subject}`;
    this.tell(`${doing}…`);
    const answered = await replica.change(subject, stands, (work) => this.timed(replica, work));
    if (!machine.lives) return;
    this.tell(`${doing}: ${answered ? 'answered' : 'nobody knows'}`);
    if (!answered) return;
    this.counts.withdrawals += 1;
    this.record.note(answered, this.timeline.now);
    this.assertBounded(doing, answered);
    // Whoever has waited for the answer tries at once, everywhere.
    for (const key of keysOn(subject)) {
      if (this.chance.happens(0.6))
        for (const each of this.replicas) this.timeline.after(this.chance.between(0, 2), () => this.ask(each, key.id));
    }
  }

  private async timed({ machine }: SimulatedReplica, work: () => Promise<void>): Promise<number | null> {
    const [began, interruptions] = [machine.clocks.monotonic(), machine.interruptions];
    await work();
    return machine.interruptions === interruptions ? machine.clocks.monotonic() - began : null;
  }

  private assertBounded(doing: string, { settledMs }: Answered): void {
    if (settledMs === null) return;
    if (settledMs > 500) this.counts.waited += 1;
    if (settledMs > LONGEST_WAIT_MS + 1) this.fail(`${doing}: it took ${settledMs.toFixed(1)} ms to settle`);
  }

  private anybody(): SimulatedReplica | undefined {
    const serving = this.replicas.filter(({ serves }) => serves);
    return serving.length > 0 ? this.chance.pick(serving) : undefined;
  }

  private askSomebody(keyId: string): void {
    const replica = this.anybody();
    if (replica) this.ask(replica, keyId);
  }

  /** A request as its client sees it: it begins before it arrives, and a process that is stopped takes it up later. */
  private ask(replica: SimulatedReplica, keyId: string, then: (told: boolean | null) => void = () => undefined): void {
    const { chance, timeline } = this;
    const began = timeline.now;
    const expired = this.database.hasPassed(this.expiresAt, CLOCK_TOLERANCE_MS, LONGEST_WAIT_MS);
    const limitAnswersAfter = chance.happens(0.3) ? chance.scaled(1, 700) : 0;
    timeline.after(chance.between(0, 1), () => {
      replica.machine.deliver(() => {
        if (!replica.serves) return;
        replica.ask(keyId, limitAnswersAfter).then(
          (answer) => then(this.told(replica, keyId, 'principal' in answer, began, expired)),
          () => {
            this.counts.failed += 1;
            then(null);
          },
        );
      });
    });
  }

  private told(replica: SimulatedReplica, keyId: string, letIn: boolean, began: number, expired: boolean): boolean {
    this.tell(`${replica.id} ${letIn ? 'lets in' : 'refuses'} ${keyId}, asked at ${began.toFixed(1)}`);
    this.counts[letIn ? 'let' : 'refused'] += 1;
    const wrong = this.record.check(keyId, letIn, began, this.timeline.now);
    if (wrong) this.fail(`${replica.id}: ${wrong}`);
    // Unless the database's clock was set back meanwhile.
    const stillIs = expired && this.database.hasPassed(this.expiresAt, 0, 0);
    if (letIn && stillIs && keyId === 'key_late') this.fail(`${replica.id}: ${keyId} was let in, and had expired before it was asked`);
    return letIn;
  }

  /** The trouble is over: soon every key works again, on every replica, and from memory. */
  private calmDown(): void {
    const { database, network, replicas, timeline } = this;
    this.tell('the trouble is over');
    network.weather = calm;
    network.stalledUntil = 0;
    for (const { machine } of replicas) {
      network.cut(machine, 0);
      machine.resume((things) => this.shuffled(things));
    }
    timeline.after(900, () => {
      const [replica] = replicas;
      if (!replica?.serves) {
        this.fail('nobody serves in the quiet');
        return;
      }
      for (const subject of subjects) if (!database.stands(subject)) void this.change(replica, subject, true);
    });
    timeline.after(QUIET_MS - 100, () => {
      for (const replica of replicas) this.assertRemembers(replica);
    });
  }

  private assertRemembers(replica: SimulatedReplica): void {
    if (!replica.serves) {
      this.fail(`${replica.id} does not serve in the quiet`);
      return;
    }
    for (const { id, expires } of keys) {
      if (expires) continue;
      this.ask(replica, id, (told) => {
        if (!told) {
          this.fail(`${replica.id}: ${id} does not work again`);
          return;
        }
        const before = replica.contexts.counts.hits;
        this.ask(replica, id, () => {
          this.counts.hits += 1;
          if (replica.contexts.counts.hits === before) this.fail(`${replica.id}: ${id} is not remembered in the quiet`);
        });
      });
    }
  }

  private shuffled<T>(things: T[]): T[] {
    return things
      .map((thing) => [this.chance.unit(), thing] as const)
      .sort(([left], [right]) => left - right)
      .map(([, thing]) => thing);
  }

  private tell(what: string): void {
    if (this.choices.traced) this.trace.push(`${this.timeline.now.toFixed(1).padStart(9)}  ${what}`);
  }

  private fail(what: string): void {
    this.tell(what);
    this.broken ??= new Broken(what);
  }
}
