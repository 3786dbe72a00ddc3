import type { SelectQueryBuilder } from 'typeorm';
import { keysetPage, keysetPages, type Rows } from '../../src/database/index.js';
import { newId } from '../../src/domain/index.js';
import { type UserRow, UserRows } from '../../src/people/UserRow.js';
import { DatabaseWorld } from './databaseWorld.js';

const COUNT_LIMIT = 10_000;

let world: DatabaseWorld;
let statements: string[] = [];
let rows: Rows;
/** Tenants with 0, 1, 7 and 10,001 users, and the ids of these in order. */
const tenants: { readonly id: string; readonly users: readonly string[] }[] = [];

beforeAll(async () => {
  world = await DatabaseWorld.open();
  rows = world.database.reader;
  for (const size of [0, 1, 7, COUNT_LIMIT + 1]) tenants.push(await peopled(size));
});
afterAll(() => world.close());

async function peopled(size: number): Promise<{ id: string; users: string[] }> {
  const id = await world.tenant(`Of ${size}`);
  const users = Array.from({ length: size }, () => newId('usr'));
  const values = users.map((user) => [user, id, 'HUMAN', 'U', 'u', 0, 1, '2026-11-21 10:00:00.000', '2026-11-21 10:00:00.000']);
  await world.database.transact(async (inserting) => {
    for (let from = 0; from < size; from += 500) {
      const some = values.slice(from, from + 500);
      await inserting.query(
        `INSERT INTO users (id, organization_id, kind, name, name_key, must_change_password, active, created_at, updated_at) VALUES ${some.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
        some.flat(),
      );
    }
  });
  return { id, users };
}

const usersOf = (...ids: readonly string[]): SelectQueryBuilder<UserRow> =>
  rows.createQueryBuilder(UserRows, 'u').where('u.organizationId IN (:...ids) AND u.active = :active', { ids, active: true });
const idsOf = ({ items }: { items: readonly UserRow[] }) => items.map(({ id }) => id);

describe('a page of a list', () => {
  it('holds as many as were asked for, in the order of ids, and knows whether more follow', async () => {
    const { id, users } = tenants[2]!;
    for (const [limit, more] of [
      [1, true],
      [6, true],
      [7, false],
      [100, false],
    ] as const) {
      const page = await keysetPage(usersOf(id), { limit, after: null });
      expect([limit, idsOf(page), page.hasNextPage, page.hasPreviousPage]).toEqual([limit, users.slice(0, limit), more, false]);
    }
  });

  it('begins after the cursor, also where that row is gone, and ends with nothing behind the last', async () => {
    const { id, users } = tenants[2]!;
    const after = async (cursor: string) => keysetPage(usersOf(id), { limit: 3, after: cursor });
    expect(await after(users[1]!)).toMatchObject({
      items: [2, 3, 4].map((at) => ({ id: users[at] })),
      hasNextPage: true,
      hasPreviousPage: true,
    });
    expect(idsOf(await after(users[3]!))).toEqual(users.slice(4));
    expect(await after(users[6]!)).toMatchObject({ items: [], hasNextPage: false, hasPreviousPage: true });
    expect(idsOf(await after('usr_'))).toEqual(users.slice(0, 3));
    // Between two rows, where one was deleted since.
    expect(idsOf(await after(`${users[0]!.slice(0, -1)}~`))).toEqual(users.slice(1, 4));
  });

  it('shows each row once to a walk, whatever is added and removed meanwhile', async () => {
    const { id, users } = await peopled(25);
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await keysetPage(usersOf(id), { limit: 4, after });
      walked.push(...idsOf(page));
      after = walked.at(-1) ?? null;
      more = page.hasNextPage;
      // Somebody is removed behind the walk, and somebody new comes at the end.
      await world.sql('UPDATE users SET active = 0 WHERE id = ?', [walked[0]]);
      if (walked.length < 25) await world.user(id);
    }
    expect(walked.slice(0, 25)).toEqual(users);
    expect(new Set(walked).size).toBe(walked.length);
  });

  it('counts only when asked, exactly, and to 10,000 and no further', async () => {
    for (const [{ id, users }, expected] of [
      [tenants[0]!, 0],
      [tenants[1]!, 1],
      [tenants[2]!, 7],
      [tenants[3]!, COUNT_LIMIT],
    ] as const) {
      const page = await keysetPage(usersOf(id), { limit: 2, after: users[0] ?? null });
      expect(await page.count()).toBe(expected);
    }
  });
});

describe('pages of many parents', () => {
  it('are what each parent’s own page is, for any limit and cursor', async () => {
    const parents = tenants.map(({ id }) => id);
    const cursors = [null, tenants[2]!.users[2]!, tenants[3]!.users[5_000]!, 'usr_zzzzzzzzzzzzzzzzzzzzzzzzzz'];
    for (const limit of [1, 3, 100]) {
      for (const after of cursors) {
        const pages = await keysetPages(usersOf(...parents), 'organizationId', parents, { limit, after });
        expect([...pages.keys()]).toEqual(parents);
        for (const parent of parents) {
          const alone = await keysetPage(usersOf(parent), { limit, after });
          const together = pages.get(parent)!;
          expect([idsOf(together), together.hasNextPage, together.hasPreviousPage]).toEqual([
            idsOf(alone),
            alone.hasNextPage,
            alone.hasPreviousPage,
          ]);
          expect(await together.count()).toBe(await alone.count());
        }
      }
    }
  });

  it('need the same few statements for two parents as for many, and one more for all their counts', async () => {
    const counting = await countingWorld();
    const statementsFor = async (parents: readonly string[]): Promise<number[]> => {
      statements = [];
      const query = counting.reader.createQueryBuilder(UserRows, 'u').where('u.organizationId IN (:...parents)', { parents });
      const pages = await keysetPages(query, 'organizationId', parents, { limit: 2, after: null });
      const reading = statements.length;
      await Promise.all([...pages.values()].map((page) => page.count()));
      return [reading, statements.length - reading];
    };
    expect(await statementsFor(counting.parents.slice(0, 2))).toEqual([2, 1]);
    expect(await statementsFor(counting.parents)).toEqual([2, 1]);
    await counting.close();
  });

  it('are empty for a parent that is not there', async () => {
    const pages = await keysetPages(usersOf('org_nowhere'), 'organizationId', ['org_nowhere'], { limit: 5, after: null });
    const page = pages.get('org_nowhere')!;
    expect([page.items, page.hasNextPage, await page.count()]).toEqual([[], false, 0]);
  });
});

/** A database of its own whose statements are told. */
async function countingWorld(): Promise<{ reader: Rows; parents: string[]; close(): Promise<void> }> {
  const other = await DatabaseWorld.open((sql) => void statements.push(sql));
  const parents: string[] = [];
  for (let tenant = 0; tenant < 12; tenant += 1) {
    const id = await other.tenant();
    for (let user = 0; user < 3; user += 1) await other.user(id);
    parents.push(id);
  }
  return { reader: other.database.reader, parents, close: () => other.close() };
}
