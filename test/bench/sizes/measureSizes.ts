import { KeyContext } from '../../../src/contexts/index.js';
import { median } from '../measure.js';
import { collect } from '../../support/collect';
import { openMemory, type OpenMemory } from '../support/contexts.js';
import { copyKey } from '../support/databases.js';
import { figure, type Line, line } from '../support/figures.js';
import { middleOf } from '../support/middleOf.js';
import { type Bench, idOf } from '../support/service.js';
import { settings } from '../support/settings.js';

const SOME = 2_000;
/** Of a round, in turns: whatever disturbs the machine for a moment disturbs a few of both sides. */
const SLICES = 11;
const HITS = 100_000;

type Pair = readonly [few: number, many: number];

/** What is remembered of a database, and the ids in it that are asked for. */
interface Size extends OpenMemory {
  readonly ids: readonly string[];
  /** Those that are remembered, as many on both sides. Written anew: beside each other in memory on both, too. */
  readonly remembered: readonly string[];
  /** Who is behind each of them: forgotten with a key, so that they are read with it. */
  readonly userId: string;
}

async function sizeOf({ database, keys }: Bench, remembered: number): Promise<Size> {
  const ids = shuffled(keys.map(idOf));
  const written = ids.slice(0, remembered).map((id) => Buffer.from(id).toString());
  const memory = await openMemory(database.url);
  const { userId = '' } = (await memory.contexts.find(written[0] as string)) ?? {};
  return { ids, remembered: written, userId, ...memory };
}

/** Measures one and then the other, each turn the other way round. */
async function inTurns(turn: number, few: Size, many: Size, measure: (size: Size) => Promise<number>): Promise<Pair> {
  if (turn % 2 === 0) return [await measure(few), await measure(many)];
  const last = await measure(many);
  return [await measure(few), last];
}

/**
 * What finding a key costs where the database holds many beside where it holds few: one that is remembered, and one that is
 * not, one after the other and in turns. The same number of keys is remembered on both sides.
 */
export async function measureSizes(few: Bench, many: Bench, told: (text: string) => void): Promise<Line[]> {
  const { kind } = few.database;
  await copyKey(many.database, idOf(many.keys[0] as string), settings.manyKeys - many.keys.length, 0);
  const [little, large] = [await sizeOf(few, few.keys.length), await sizeOf(many, few.keys.length)];
  const rounds: { readonly hit: number; readonly miss: number }[] = [];
  for (let round = 0; round <= settings.rounds; round += 1) {
    const misses = await inTurns(round, little, large, ({ ids, contexts, userId }) =>
      middleOf(shuffled(ids).slice(0, SOME), async (id) => {
        contexts.forget([id, userId]);
        await contexts.find(id);
      }),
    );
    for (const { remembered, contexts } of [little, large]) {
      contexts.forgetAll();
      for (const id of remembered) await contexts.find(id);
    }
    // What was read last would else lie among the garbage of reading it, and be slower to reach.
    collect();
    const slices: Pair[] = [];
    for (let slice = 0; slice < SLICES; slice += 1) {
      slices.push(await inTurns(slice, little, large, (size) => Promise.resolve(hitsOf(size))));
    }
    const hits = ([0, 1] as const).map((size) => median(slices.map((slice) => slice[size]).sort((a, b) => a - b))) as [number, number];
    const figures = `a hit ${hits[0].toFixed(0)} and ${hits[1].toFixed(0)} ns, a miss ${misses[0].toFixed(0)} and ${misses[1].toFixed(0)} µs`;
    told(`round ${round}  ${kind}: ${figures}`);
    if (round > 0) rounds.push({ hit: hits[1] / hits[0], miss: misses[1] / misses[0] });
  }
  for (const { database } of [little, large]) await database.close();
  const beside = `at ${settings.manyKeys.toLocaleString('en')} keys ÷ at ${few.keys.length.toLocaleString('en')}, ${kind}`;
  return [
    line(`a key that is remembered, ${beside}`, figure(rounds.map(({ hit }) => hit)), { atMost: 1.1 }),
    line(`one that is not, ${beside}`, figure(rounds.map(({ miss }) => miss)), { atMost: 1.3 }),
  ];
}

/** Nanoseconds to find one remembered key. */
function hitsOf({ contexts, remembered }: Size): number {
  const start = process.hrtime.bigint();
  let found = 0;
  for (let turn = 0; turn < HITS; turn += 1)
    if (contexts.find(remembered[turn % remembered.length] as string) instanceof KeyContext) found += 1;
  if (found !== HITS) throw new Error('a key of the bench was not found');
  return Number(process.hrtime.bigint() - start) / HITS;
}

function shuffled<T>(things: readonly T[]): T[] {
  const copy = [...things];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}
