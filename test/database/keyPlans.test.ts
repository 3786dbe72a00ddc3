import { AbstractLogger } from 'typeorm';
import type { Rows } from '../../src/database/index.js';
import { narrowing } from '../../src/database/index.js';
import { type ApiKeyFilter, type ApiKeyOrder, placeIn } from '../../src/keys/ApiKeyFilter.js';
import { type ApiKeyListing, ApiKeyListStore } from '../../src/keys/ApiKeyListStore.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld } from './databaseWorld.js';
import { analyze, dice, keyRow, type KeyStock, storeKeys } from './keyListWorld.js';

/** Keys of the tenant that has most of them, and of the one beside it. */
const MANY = 4_000;
const SOME = 300;
/** Below that many keys are sorted. */
const FEW = 400;
const onSqlite = databaseKind() === 'sqlite';

/** Keeps each statement with its parameters, to have it explained. */
class Sent extends AbstractLogger {
  readonly statements: { readonly sql: string; readonly parameters: unknown[] }[] = [];
  constructor() {
    super(['query']);
  }
  override logQuery(sql: string, parameters?: readonly unknown[]): void {
    this.statements.push({ sql, parameters: [...(parameters ?? [])] });
  }
  protected override writeLog(): void {
    // Only the statements are of interest.
  }
}

let world: DatabaseWorld;
let reader: Rows;
let stocks: Readonly<Record<'many' | 'some', KeyStock>>;

beforeAll(async () => {
  world = await DatabaseWorld.open();
  reader = world.database.reader;
  const tenant = async (name: string, size: number): Promise<KeyStock> => {
    const organizationId = await world.tenant(name);
    const users: string[] = [];
    for (let n = 0; n < 8; n += 1) users.push(await world.user(organizationId));
    const namespaces = [organizationId];
    for (let n = 0; n < 3; n += 1) namespaces.push(await world.namespace(`N${n}`, `app_${organizationId.slice(4, -1)}${n}`));
    const stock = { organizationId, users, namespaces, now: world.now };
    const roll = dice(size);
    const rare = {
      namespaceId: namespaces[3]!,
      userId: users[7]!,
      environment: 'STAGING',
      roleId: 'rol_editor',
      name: 'Zebra stripes',
    } as const;
    const common = { ...stock, users: users.slice(0, 7), namespaces: namespaces.slice(0, 3) };
    const keys = Array.from({ length: size }, (_, n) => {
      if (n % 100 === 7) return keyRow(stock, roll, { ...rare, nameKey: 'zebra stripes', permissions: ['apiKey:verify'] });
      const { environment } = keyRow(common, roll);
      return keyRow(common, roll, { environment: environment === 'STAGING' ? 'PRODUCTION' : environment });
    });
    for (let from = 0; from < size; from += 1_000) {
      await world.database.transact((rows) => storeKeys(rows, keys.slice(from, from + 1_000)));
    }
    return stock;
  };
  stocks = { some: await tenant('Some', SOME), many: await tenant('Many', MANY) };
  await analyze(world.database);
}, 120_000);
afterAll(() => world.close());

const DAY = 86_400_000;
/** Each single filter, where it finds many of a tenant's keys and where it finds few. */
const filters = ({ namespaces, users, organizationId, now }: KeyStock): Readonly<Record<string, ApiKeyFilter>> => ({
  'no filter': {},
  'a large namespace': { namespaceId: namespaces[0]! },
  'a small namespace': { namespaceId: namespaces[3]! },
  'a common environment': { environment: 'PRODUCTION' },
  'a rare environment': { environment: 'STAGING' },
  ACTIVE: { status: 'ACTIVE' },
  INACTIVE: { status: 'INACTIVE' },
  EXPIRED: { status: 'EXPIRED' },
  'a user of many': { userId: users[0]! },
  'a user of few': { userId: users[7]! },
  'a creator of many': { createdById: users[0]! },
  'a creator of few': { createdById: users[7]! },
  'a common role': { roleId: 'rol_admin' },
  'a rare role': { roleId: 'rol_editor' },
  'the organization': { organizationId },
  'another organization': { organizationId: namespaces[1]! },
  'a common permission': { permission: 'event:submit' as never },
  'a rare permission': { permission: 'apiKey:verify' as never },
  'long unused': { unusedSince: new Date(now.getTime() - 29 * DAY) },
  'a while unused': { unusedSince: now },
  'expiring soon': { expiresBefore: new Date(now.getTime() - 9.5 * DAY) },
  'expiring some day': { expiresBefore: new Date(now.getTime() + 9 * DAY) },
  'a common word': { search: 'nightly' },
  'a rare word': { search: 'stripes' },
  'a rare name': { search: 'zebra s' },
});
const orders = (['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction): ApiKeyOrder => ({ field, direction })),
);

interface Step {
  readonly parent: number;
  readonly detail: string;
}

/** What is wrong with how SQLite would run a statement. */
function faultsOnSqlite(steps: readonly Step[]): string[] {
  // Rows are found by an index; what is read whole is what a statement has collected itself.
  const whole = steps.filter(({ detail }) => /^SCAN (k|w|p|g)\b/.test(detail));
  // What is sorted is the page, found by its ids, or what was collected because it is little.
  const sorting = steps.filter(({ detail, parent }) => {
    if (!/TEMP B-TREE FOR (LAST TERM OF )?ORDER BY/.test(detail)) return false;
    const sources = steps.filter((step) => step.parent === parent && /^(SCAN|SEARCH)/.test(step.detail));
    return !sources.every((step) => /^SCAN collected|^SEARCH k USING .*\(id=\?\)$/.test(step.detail));
  });
  return [...whole, ...sorting].length > 0 ? steps.map(({ detail, parent }) => `${parent} ${detail}`) : [];
}

interface Planned {
  readonly id: number;
  readonly select_type: string;
  readonly table: string | null;
  readonly type: string | null;
  readonly Extra: string | null;
}

/** The same of MariaDB. */
const faultsOnMysql = (plan: readonly Planned[]): string[] =>
  plan
    .filter(
      ({ table, type, Extra }) =>
        /^(k|w|p|g)$/.test(table ?? '') && (type === 'ALL' || type === 'index' || /Using (filesort|temporary)/.test(Extra ?? '')),
    )
    .filter(
      ({ select_type, Extra }) => !(/Using temporary/.test(Extra ?? '') && select_type === 'DERIVED' && !/filesort/.test(Extra ?? '')),
    )
    .map((row) => JSON.stringify(row));

async function faultsOf({ sql, parameters }: Sent['statements'][number]): Promise<string[]> {
  if (onSqlite) return faultsOnSqlite(await reader.query<Step[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters));
  return faultsOnMysql(await reader.query<Planned[]>(`EXPLAIN ${sql}`, parameters));
}

/** Every statement that the work sends, as the database would run it. */
async function faultsIn(work: () => Promise<unknown>): Promise<string[]> {
  const sent = new Sent();
  const { logger } = reader.dataSource;
  reader.dataSource.logger = sent;
  try {
    await work();
  } finally {
    reader.dataSource.logger = logger;
  }
  expect(sent.statements.length).toBeGreaterThan(0);
  // How much each range holds, the page, and the count; and the one word that a search may mean here, and that it is the last.
  expect(sent.statements.length).toBeLessThanOrEqual(5);
  return (await Promise.all(sent.statements.map(faultsOf))).flat();
}

const listing = (stock: KeyStock, filter: ApiKeyFilter, visible: ApiKeyListing['visible'] = null): ApiKeyListing => ({
  tenantId: stock.organizationId,
  filter,
  visible,
  now: world.now,
});

describe.each(['many', 'some'] as const)('a tenant of %s keys', (size) => {
  test.each(orders)(
    'has each filter served by an index in the order $field $direction, also behind a cursor and counted',
    async (order) => {
      const stock = stocks[size];
      for (const [name, filter] of Object.entries(filters(stock))) {
        const store = new ApiKeyListStore(reader, FEW);
        const asked = listing(stock, filter);
        const first = await store.list(asked, { limit: 3, order, after: null });
        const last = first.items.at(-1);
        for (const after of [null, ...(last ? [placeIn(order, last)] : [])]) {
          const faults = await faultsIn(async () => {
            await (await store.list(asked, { limit: 50, order, after })).count();
          });
          expect([name, after === null, faults]).toEqual([name, after === null, []]);
        }
      }
    },
  );

  test('has the keys of namespaces and users served by an index, whoever sees them', async () => {
    const stock = stocks[size];
    const [self, seenAt] = [stock.users[1]!, stock.namespaces[2]!];
    const visible = narrowing(
      { self, seenAt },
      { where: 'k.user_id = :self', index: 'api_keys_by_user', along: 'id' },
      {
        where: '(k.user_id <> :self AND k.namespace_id = :seenAt)',
        ids: 'SELECT k.id AS id FROM api_keys k WHERE k.namespace_id = :seenAt',
        rest: 'k.user_id <> :self',
      },
    );
    for (const order of orders) {
      for (const seen of [null, visible]) {
        const store = new ApiKeyListStore(reader, FEW);
        const asked = listing(stock, {}, seen);
        const request = { limit: 20, order, after: null };
        expect([order, await faultsIn(() => store.listWithin(asked, 'namespaceId', stock.namespaces, request))]).toEqual([order, []]);
        expect([order, await faultsIn(() => store.listWithin(asked, 'userId', stock.users, request))]).toEqual([order, []]);
        expect([order, await faultsIn(() => store.list(asked, request))]).toEqual([order, []]);
      }
    }
  });
});

test('on MySQL no list reads more rows than are few, or than lie on the way to a page', async () => {
  if (onSqlite) return;
  const stock = stocks.many;
  for (const order of orders) {
    for (const [name, filter] of Object.entries(filters(stock))) {
      // Names that hold a word do not lie evenly in the order of names: a walk may go far to them.
      if (name === 'a common word') continue;
      const read = await world.database.transact(async (rows) => {
        const sum = async (): Promise<number> => {
          const handled = await rows.query<{ Value: string }[]>(`SHOW SESSION STATUS LIKE 'Handler_read%'`);
          return handled.reduce((total, { Value }) => total + Number(Value), 0);
        };
        const before = await sum();
        await new ApiKeyListStore(rows, FEW).list(listing(stock, filter), { limit: 50, order, after: null });
        return (await sum()) - before;
      });
      expect([order, name, read > 8 * FEW ? read : 'little']).toEqual([order, name, 'little']);
    }
  }
});
