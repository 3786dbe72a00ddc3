import { setImmediate as turn } from 'node:timers/promises';
import { type Choices, Simulation } from './Simulation.js';

/** Schedules that go on side by side: each turn of the event loop serves all of them. */
const AT_ONCE = 64;

/** What many schedules came to. */
export interface Outcome {
  readonly run: number;
  readonly failing: readonly number[];
  readonly counts: Readonly<Record<keyof Simulation['counts'], number>>;
}

/** Runs the schedules of these seeds, until one of them fails. */
export async function runSchedules(first: number, many: number, choices: Choices = {}): Promise<Outcome> {
  const counts = { let: 0, refused: 0, failed: 0, hits: 0, withdrawals: 0, waited: 0 };
  let [next, run] = [first, 0];
  const failing: number[] = [];
  const running = new Set<Simulation>();
  while (failing.length === 0 && (running.size > 0 || next < first + many)) {
    while (running.size < AT_ONCE && next < first + many) running.add(new Simulation(next++, choices));
    for (const each of running) {
      if (each.step()) continue;
      running.delete(each);
      run += 1;
      if (each.broken) failing.push(each.seed);
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += each.counts[name];
    }
    await turn();
  }
  return { run, failing, counts };
}

/** What happened in the schedule of a seed, line by line. */
export async function traceOf(seed: number, choices: Choices = {}): Promise<string> {
  const simulation = new Simulation(seed, { ...choices, traced: true });
  while (simulation.step()) await turn();
  return [`seed ${seed}: ${simulation.broken?.message ?? 'the promise was kept'}`, ...simulation.trace].join('\n');
}

/** The promise holds in so many schedules; where it does not, the first that breaks it is told in full. */
export async function assertPromise(first: number, many: number, choices: Choices = {}): Promise<Outcome> {
  const outcome = await runSchedules(first, many, choices);
  const [seed] = outcome.failing;
  if (seed !== undefined) throw new Error(await traceOf(seed, choices));
  return outcome;
}
