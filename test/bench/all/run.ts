import { spawnSync } from 'node:child_process';
import { doors, peers } from '../doors/contestants.js';
import { doorLines } from '../doors/doorLines.js';
import { measureDoors } from '../doors/measureDoors.js';
import { measureLatency } from '../latency/measureLatency.js';
import { machine } from '../measure.js';
import { measureMemory } from '../memory/measureMemory.js';
import { measureMisses } from '../misses/measureMisses.js';
import { measureSizes } from '../sizes/measureSizes.js';
import { type BenchDatabase, mariadbDatabase, sqliteDatabase } from '../support/databases.js';
import { type Line, tableOf } from '../support/figures.js';
import { canPin, inRepository } from '../support/processes.js';
import { anAnswer, type Bench, found } from '../support/service.js';
import { settings } from '../support/settings.js';

const FEW = 1_000;
/** As many as are remembered at once. */
const CACHED = 100_000;

const tell = (text: string): void => console.log(text);
const wanted = ({ name }: { readonly name: string }): boolean => new RegExp(settings.only).test(name);

/** The databases of a part: they go with it. */
const opened: BenchDatabase[] = [];
async function foundOn(open: () => Promise<BenchDatabase>, keys = FEW): Promise<Bench> {
  const database = await open();
  opened.push(database);
  return found(database, keys);
}
const benchOn = (kind: BenchDatabase['kind']): Promise<Bench> => foundOn(kind === 'SQLite' ? sqliteDatabase : mariadbDatabase);
async function dropAll(): Promise<void> {
  for (const database of opened.splice(0)) await database.drop();
}

/** What is measured; each of it also by itself: `npm run bench -- latency memory`. */
const parts: Readonly<Record<string, () => Promise<Line[]>>> = {
  decisions: () => {
    spawnSync(process.execPath, [inRepository('dist/test/bench/decisions/run.js')], { stdio: 'inherit' });
    return Promise.resolve([]);
  },
  doors: async () => {
    const ours = await doors(benchOn, wanted);
    const beside = peers(await anAnswer(await benchOn('SQLite'))).filter(wanted);
    return doorLines(await measureDoors([...beside, ...ours], tell));
  },
  latency: async () => {
    return measureLatency(await doors(benchOn, wanted), tell);
  },
  misses: async () => measureMisses(await foundOn(mariadbDatabase), tell),
  sizes: async () => [
    ...(await measureSizes(await foundOn(sqliteDatabase), await foundOn(sqliteDatabase, CACHED), tell)),
    ...(await measureSizes(await foundOn(mariadbDatabase), await foundOn(mariadbDatabase, CACHED), tell)),
  ],
  memory: async () => measureMemory(await foundOn(sqliteDatabase, CACHED), tell),
};

/** Measures what was named, or all of it, and prints one table. */
async function run(names: readonly string[]): Promise<void> {
  tell(`${machine()}; server and client ${canPin ? 'on a core each' : 'wherever the system puts them, for want of taskset or of cores'}.`);
  tell(`${settings.rounds} rounds in turns, each on servers that were started for it; ${settings.seconds} s each.`);
  const lines: Line[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    tell(`\nnpm run bench -- ${name}`);
    lines.push(...(await part()));
    await dropAll();
  }
  tell(`\n${tableOf(lines)}`);
}

run(process.argv.slice(2)).then(
  () => process.exit(0),
  async (error: unknown) => {
    console.error(error);
    await dropAll();
    process.exit(1);
  },
);
