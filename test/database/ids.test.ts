import { type IdKind, idKind, newId } from '../../src/domain/index.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { DatabaseWorld } from './databaseWorld.js';

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.open();
});
afterAll(() => world.close());

const KINDS: readonly IdKind[] = ['org', 'app', 'wks', 'grp', 'usr', 'rol', 'grt', 'key', 'ses', 'aud', 'log', 'job', 'whk'];
const byBytes = (texts: readonly string[]): string[] =>
  [...texts].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));

describe('an id', () => {
  it('carries its kind, and nothing else is taken for one', () => {
    for (const kind of KINDS) expect(idKind(newId(kind))).toBe(kind);
    const id = newId('key');
    for (const other of [
      ` ${id}`,
      `${id} `,
      id.toUpperCase(),
      id.slice(0, -1),
      `${id}0`,
      id.replace('key', 'foo'),
      `${id}\n`,
      '',
      'key_',
    ]) {
      expect(idKind(other)).toBeNull();
    }
  });

  it('sorts by time, and within a millisecond in the order of making', () => {
    const made = Array.from({ length: 20_000 }, () => newId('key'));
    expect(byBytes(made)).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('says when it was made, to the millisecond', () => {
    const before = Date.now();
    const id = newId('usr');
    const after = Date.now();
    const made = millisecondsOf(id);
    expect(made).toBeGreaterThanOrEqual(before - 1);
    expect(made).toBeLessThanOrEqual(after + 1);
  });

  it('gives the order of creation to ORDER BY, on every database', async () => {
    const ids = Array.from({ length: 300 }, () => newId('org'));
    // Stored in another order than they were made in.
    const shuffled = [...ids].sort((left, right) => left.charCodeAt(29) - right.charCodeAt(29) || (left < right ? 1 : -1));
    expect(shuffled).not.toEqual(ids);
    await world.database.transact(async (rows) => {
      for (const id of shuffled) await world.namespace('In order', id, rows);
    });
    const found = await world.database.reader.find(NamespaceRows, { where: { name: 'In order' }, order: { id: 'ASC' } });
    expect(found.map(({ id }) => id)).toEqual(ids);
  });
});

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
/** The first 48 bits of the UUIDv7 that the 26 letters stand for. */
function millisecondsOf(id: string): number {
  let bits = 0n;
  for (const letter of id.slice(4)) bits = bits * 32n + BigInt(LETTERS.indexOf(letter));
  return Number(bits >> 80n);
}
