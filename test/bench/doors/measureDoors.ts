import { type Client, openClient, type Server } from '../support/processes.js';
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
/**
 * For so long one contestant is loaded, then the next, until each has had its time. What others do to the machine's memory and clocks
 * changes within seconds: so all meet the same weather.
 */
const TURN_MS = 500;

/** Measures all in turns, on servers that are started anew in each round; in an order that is drawn for each turn of all. */
export async function measureDoors(contestants: readonly Contestant[], told: (text: string) => void): Promise<Map<string, Round[]>> {
  const rounds = new Map(contestants.map(({ name }) => [name, [] as Round[]]));
  for (let round = 0; round < settings.rounds; round += 1) {
    const racers: Racer[] = [];
    try {
      for (const contestant of contestants) racers.push(await Racer.start(contestant));
      await race(racers);
    } finally {
      for (const racer of racers) await racer.stop();
    }
    for (const { name, round: measured } of racers) {
      rounds.get(name)?.push(measured);
      told(
        `round ${round + 1}  ${name.padEnd(34)} ${measured.rate.toFixed(0).padStart(7)}/s  ${measured.worked.toFixed(0).padStart(7)}/s of CPU`,
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
});

async function race(racers: readonly Racer[]): Promise<void> {
  const turns = Math.ceil((settings.seconds * 1_000) / TURN_MS);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const racer of inAnyOrder(racers)) await racer.turn();
  }
}

/** Nobody is always behind the same one: what a server puts off is done while the next is measured. */
const inAnyOrder = <T>(all: readonly T[]): readonly T[] =>
  all
    .map((each) => ({ each, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);

/** A contestant's server and client, and what they have done so far. */
class Racer {
  private answers = 0;
  private seconds = 0;
  private workedSeconds = 0;

  private constructor(
    readonly name: string,
    private readonly server: Server,
    private readonly client: Client,
  ) {}

  static async start(contestant: Contestant): Promise<Racer> {
    const { server, ...target } = await contestant.start();
    try {
      return new Racer(contestant.name, server, await openClient(server, { ...target, ...atOnce(contestant) }));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async turn(): Promise<void> {
    const { answers, seconds, told } = await this.client.measure(TURN_MS);
    this.answers += answers;
    this.seconds += seconds;
    this.workedSeconds += told.cpuMicroseconds / 1e6;
  }

  get round(): Round {
    return { rate: this.answers / this.seconds, worked: this.answers / this.workedSeconds };
  }

  async stop(): Promise<void> {
    this.client.stop();
    await this.server.stop();
  }
}
