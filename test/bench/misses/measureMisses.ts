import { type Connection, createConnection } from 'mysql2/promise';
import { openMemory } from '../support/contexts.js';
import { figure, type Line, line } from '../support/figures.js';
import { middleOf } from '../support/middleOf.js';
import { type Bench, idOf } from '../support/service.js';
import { settings } from '../support/settings.js';

const IDS = 500;

const select =
  (connection: Connection) =>
  (id: string): Promise<unknown> =>
    connection.execute('SELECT * FROM api_keys WHERE id = ?', [id]);

/** A key that is not remembered, beside a bare prepared select of its row, on MariaDB: in turns, one question at a time. */
export async function measureMisses({ database, keys }: Bench, told: (text: string) => void): Promise<Line[]> {
  const ids = keys.slice(0, IDS).map(idOf);
  const connection = await createConnection({ uri: database.url, timezone: 'Z' });
  const { contexts, ...memory } = await openMemory(database.url);
  // Another key of theirs is remembered, and the people behind it.
  const user = (await contexts.find(idOf(keys.at(-1) as string)))?.userId ?? '';
  const rounds: { readonly bare: number; readonly strangers: number; readonly known: number }[] = [];
  // The first round is thrown away: statements are prepared, and code is compiled.
  for (let round = 0; round <= settings.rounds; round += 1) {
    const bare = await middleOf(ids, select(connection));
    const strangers = await middleOf(ids, async (id) => {
      contexts.forget([id, user]);
      await contexts.find(id);
    });
    const known = await middleOf(ids, async (id) => {
      contexts.forget([id]);
      await contexts.find(id);
    });
    if (round > 0) rounds.push({ bare, strangers, known });
    told(`round ${round}  select ${bare.toFixed(0)} µs, a miss ${strangers.toFixed(0)} µs, with its people known ${known.toFixed(0)} µs`);
  }
  await connection.end();
  await memory.database.close();
  return [
    line('a bare prepared select on MariaDB: µs', figure(rounds.map(({ bare }) => bare))),
    line('a miss ÷ such a select', figure(rounds.map(({ bare, strangers }) => strangers / bare)), { atMost: 3 }),
    line('a miss, the people known ÷ such a select', figure(rounds.map(({ bare, known }) => known / bare)), { atMost: 2 }),
  ];
}
