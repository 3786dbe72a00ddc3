import { setImmediate as nextTurn } from 'node:timers/promises';
import { newId } from '../../../src/domain/index.js';
import { makeCredential, parseCredential } from '../../../src/keys/credential.js';
import { collect } from '../../support/collect';
import { openMemory } from '../support/contexts.js';
import { figure, type Line, line } from '../support/figures.js';
import { type Bench, idOf } from '../support/service.js';

const FLOOD = 1_000_000;
const AT_ONCE = 100;
/** A good key comes after so many of the flood. */
const EACH = 10;

/** Heap in use after collections, in bytes. */
async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) {
    await nextTurn();
    collect();
  }
  return process.memoryUsage().heapUsed;
}

/** What remembered keys take, and what a flood of made-up credentials with right checksums leaves of them. */
export async function measureMemory({ database, keys }: Bench, told: (text: string) => void): Promise<Line[]> {
  const { contexts, ...memory } = await openMemory(database.url);
  const ids = keys.map(idOf);
  const find = async (some: readonly string[]): Promise<void> => {
    for (let first = 0; first < some.length; first += AT_ONCE)
      await Promise.all(some.slice(first, first + AT_ONCE).map(async (id) => contexts.find(offTheWire(id))));
  };
  // Whatever the first keys bring along, code and statements, is there before.
  await find(ids.slice(0, AT_ONCE * AT_ONCE));
  contexts.forgetAll();
  const empty = await heap();
  await find(ids);
  const full = await heap();
  const { entries, hits } = contexts.counts;
  told(`${entries} keys take ${mebibytes(full - empty)} MiB`);

  let good = 0;
  for (let sent = 0; sent < FLOOD; sent += AT_ONCE) {
    await find(Array.from({ length: AT_ONCE }, madeUp));
    for (let turn = 0; turn < AT_ONCE / EACH; turn += 1) await contexts.find(ids[good++ % ids.length] as string);
  }
  const flooded = await heap();
  told(`after ${FLOOD} made-up credentials they and all that is remembered of these take ${mebibytes(flooded - full)} MiB more`);
  await memory.database.close();
  return [
    line(`heap for one of ${entries.toLocaleString('en')} remembered keys: bytes`, figure([(full - empty) / entries]), { atMost: 1_024 }),
    line(`heap after ${FLOOD.toLocaleString('en')} made-up credentials ÷ before`, figure([flooded / full]), { atMost: 1.1 }),
    line('share of good keys that stay remembered meanwhile', figure([(contexts.counts.hits - hits) / good]), { atLeast: 1 }),
  ];
}

/** The same text anew, as each request brings it. */
const offTheWire = (text: string): string => Buffer.from(text).toString();

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** The id of a well-formed credential that nobody made. */
function madeUp(): string {
  const parsed = parseCredential(makeCredential(newId('key'), 'PRODUCTION').credential);
  if (!parsed) throw new Error('a credential that was made is malformed');
  return parsed.keyId;
}
