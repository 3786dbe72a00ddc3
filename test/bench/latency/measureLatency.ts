import type { Contestant } from '../doors/contestants.js';
import { atOnce } from '../doors/measureDoors.js';
import { figure, type Line, line } from '../support/figures.js';
import { load, type Told } from '../support/processes.js';
import { settings } from '../support/settings.js';

const MOST_MS = 1;
const MEASURE_MS = settings.seconds * 1_000;

/**
 * How long each door's answers take while requests come at half the rate that it can do, at random instants that wait for
 * nobody: from headers parsed to the answer handed to the socket, in the server's own process.
 */
export async function measureLatency(doors: readonly Contestant[], told: (text: string) => void): Promise<Line[]> {
  const rounds = new Map(doors.map(({ name }) => [name, [] as Told[]]));
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const door of doors) {
      const measured = await once(door);
      rounds.get(door.name)?.push(measured);
      told(
        `round ${round + 1}  ${door.name.padEnd(34)} p50 ${measured.p50.toFixed(0)} µs  p99 ${measured.p99.toFixed(0)} µs of ${measured.requests}`,
      );
    }
  }
  return [...rounds].flatMap(([name, all]) => [
    line(`${name}: p50 in ms at half of capacity`, figure(all.map(({ p50 }) => p50 / 1_000))),
    line(`${name}: p99`, figure(all.map(({ p99 }) => p99 / 1_000)), { atMost: MOST_MS }),
  ]);
}

async function once(door: Contestant): Promise<Told> {
  const { server, ...target } = await door.start();
  try {
    const full = atOnce(door);
    const { answers, seconds } = await load(server, { ...target, ...full }, MEASURE_MS);
    const half = { ...full, warmMs: 500, warmAnswers: 0, rate: answers / seconds / 2 };
    return (await load(server, { ...target, ...half }, MEASURE_MS)).told;
  } finally {
    await server.stop();
  }
}
