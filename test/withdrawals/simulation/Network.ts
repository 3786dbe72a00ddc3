import type { Chance } from './Chance.js';
import type { Machine } from './Machine.js';
import type { Timeline } from './Timeline.js';
import type { Weather } from './Weather.js';

/** After so long, by its own clock, whoever sent a statement gives it up. */
const BOUND_MS = 500;
/** What a request waits for may take longer. */
export const PATIENT_MS = 1_500;

// One for all: what it costs to find out where an error was made is most of what a schedule costs.
const noAnswer = new Error('no answer in time');

/** Statements and their answers between the machines and the database: each may be slow, lost, or carried out late. */
export class Network {
  /** Until then the database stands still; what has reached it waits. */
  stalledUntil = 0;
  private readonly cutOff = new Map<Machine, number>();

  constructor(
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    public weather: Weather,
  ) {}

  /** Nothing of that machine comes through until then. */
  cut(machine: Machine, until: number): void {
    this.cutOff.set(machine, until);
  }

  send<T>(machine: Machine, work: () => T | Promise<T>, boundMs = BOUND_MS): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      machine.after(boundMs, () => reject(noAnswer));
      if (this.loses(machine, this.weather.lost)) return;
      const late = this.chance.happens(this.weather.late) ? this.chance.between(0.8, 1.4) * boundMs : 0;
      this.timeline.at(Math.max(this.timeline.now + this.delay() + late, this.stalledUntil), () => {
        void this.answer(machine, work, resolve, reject);
      });
    });
  }

  private async answer<T>(machine: Machine, work: () => T | Promise<T>, resolve: (answer: T) => void, reject: (error: unknown) => void) {
    let end: () => void;
    try {
      const answer = await work();
      end = () => resolve(answer);
    } catch (error) {
      end = () => reject(error);
    }
    if (this.loses(machine, this.weather.answerLost)) return;
    this.timeline.at(Math.max(this.timeline.now + this.delay(), this.stalledUntil), () => machine.deliver(end));
  }

  private loses(machine: Machine, probability: number): boolean {
    return this.chance.happens(probability) || (this.cutOff.get(machine) ?? 0) > this.timeline.now;
  }

  private delay(): number {
    const { slow, slowest } = this.weather;
    return this.chance.happens(slow) ? this.chance.scaled(1, slowest) : this.chance.between(0.1, 2);
  }
}
