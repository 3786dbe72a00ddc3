import { openMemory, type OpenMemory } from '../support/contexts.js';
import { copyKey } from '../support/databases.js';
import { figure, type Line, line } from '../support/figures.js';
import { middleOf } from '../support/middleOf.js';
import { type Bench, idOf } from '../support/service.js';
import { settings } from '../support/settings.js';

const SOME = 2_000;

/**
 * What finding a key costs where the database holds many beside where it holds few: one that is remembered, and one that is
 * not, one after the other and in turns. The same number of keys is remembered on both sides.
 */
export async function measureSizes(few: Bench, many: Bench, told: (text: string) => void): Promise<Line[]> {
  const { kind } = few.database;
  await copyKey(many.database, idOf(many.keys[0] as string), settings.manyKeys - many.keys.length, 0);
  const sizes: { readonly ids: readonly string[]; readonly memory: OpenMemory }[] = [];
  for (const { database, keys } of [few, many]) sizes.push({ ids: shuffled(keys.map(idOf)), memory: await openMemory(database.url) });
  const rounds: { readonly hit: number; readonly miss: number }[] = [];
  for (let round = 0; round <= settings.rounds; round += 1) {
    const hits: number[] = [];
    const misses: number[] = [];
    for (const { ids, memory } of round % 2 === 0 ? sizes : sizes.toReversed()) {
      misses.push(await middleOf(shuffled(ids).slice(0, SOME), (id) => memory.contexts.read(id)));
      const remembered = ids.slice(0, few.keys.length);
      await Promise.all(remembered.map(async (id) => memory.contexts.find(id)));
      hits.push(hitsOf(memory, remembered));
    }
    if (round % 2 === 1) [hits, misses].forEach((each) => each.reverse());
    const [fewHit = NaN, manyHit = NaN] = hits;
    const [fewMiss = NaN, manyMiss = NaN] = misses;
    told(
      `round ${round}  ${kind}: a hit ${fewHit.toFixed(0)} and ${manyHit.toFixed(0)} ns, a miss ${fewMiss.toFixed(0)} and ${manyMiss.toFixed(0)} µs`,
    );
    if (round > 0) rounds.push({ hit: manyHit / fewHit, miss: manyMiss / fewMiss });
  }
  for (const { memory } of sizes) await memory.database.close();
  const beside = `at ${settings.manyKeys.toLocaleString('en')} keys ÷ at ${few.keys.length.toLocaleString('en')}, ${kind}`;
  return [
    line(`a key that is remembered, ${beside}`, figure(rounds.map(({ hit }) => hit)), { atMost: 1.1 }),
    line(`one that is not, ${beside}`, figure(rounds.map(({ miss }) => miss)), { atMost: 1.3 }),
  ];
}

const HITS = 1_000_000;

/** Nanoseconds to find one remembered key. */
function hitsOf({ contexts }: OpenMemory, ids: readonly string[]): number {
  const start = process.hrtime.bigint();
  let found = 0;
  for (let turn = 0; turn < HITS; turn += 1) if (contexts.find(ids[turn % ids.length] as string)) found += 1;
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
