import { load } from '../support/processes.js';
import { settings } from '../support/settings.js';
import type { Contestant } from './contestants.js';

/** What one contestant did in one round. */
export interface Round {
  /** Requests answered in a second. */
  readonly rate: number;
  /** Requests answered in a second of the server's own processor time: what is left when others share the machine. */
  readonly worked: number;
}

const CONNECTIONS = 32;

/** Measures all in turns, each on a server that was started for it; in every round another one begins. */
export async function measureDoors(contestants: readonly Contestant[], told: (text: string) => void): Promise<Map<string, Round[]>> {
  const rounds = new Map(contestants.map(({ name }) => [name, [] as Round[]]));
  for (let round = 0; round < settings.rounds; round += 1) {
    const first = Math.floor((round * contestants.length) / settings.rounds);
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const measured = await once(contestant);
      rounds.get(contestant.name)?.push(measured);
      told(
        `round ${round + 1}  ${contestant.name.padEnd(34)} ${measured.rate.toFixed(0).padStart(7)}/s  ${measured.worked.toFixed(0).padStart(7)}/s of CPU`,
      );
    }
  }
  return rounds;
}

/** As much as the server can do. */
export const atOnce = ({ slow = false }: Contestant) => ({
  connections: CONNECTIONS,
  warmMs: settings.warmSeconds * 1_000,
  warmAnswers: slow ? 0 : settings.warmAnswers,
  measureMs: settings.seconds * 1_000,
});

async function once(contestant: Contestant): Promise<Round> {
  const { server, ...target } = await contestant.start();
  try {
    const { answers, seconds, told } = await load(server, { ...target, ...atOnce(contestant) });
    return { rate: answers / seconds, worked: answers / (told.cpuMicroseconds / 1e6) };
  } finally {
    await server.stop();
  }
}
