import { narrowing } from '../../src/database/index.js';
import { newId, type Page, type Place, searchKey } from '../../src/domain/index.js';
import type { ApiKey } from '../../src/keys/index.js';
import { type ApiKeyFilter, type ApiKeyOrder, placeIn } from '../../src/keys/ApiKeyFilter.js';
import { type ApiKeyListing, ApiKeyListStore } from '../../src/keys/ApiKeyListStore.js';
import type { ApiKeyRow } from '../../src/keys/ApiKeyRow.js';
import { DatabaseWorld } from './databaseWorld.js';
import { dice, keyRow, type KeyStock, storeKeys } from './keyListWorld.js';

let world: DatabaseWorld;
let stock: KeyStock;
let keys: ApiKeyRow[];

beforeAll(async () => {
  world = await DatabaseWorld.open();
  const tenants: KeyStock[] = [];
  for (const name of ['Ours', 'Theirs']) {
    const organizationId = await world.tenant(name);
    const users = [await world.user(organizationId), await world.user(organizationId), await world.user(organizationId)];
    const namespaces = [organizationId, organizationId.replace('org', 'app'), organizationId.replace('org', 'wks')];
    for (const id of namespaces.slice(1)) await world.namespace(name, id);
    tenants.push({ organizationId, users, namespaces, now: world.now });
  }
  stock = tenants[0]!;
  const roll = dice(7);
  keys = tenants.flatMap((tenant) => Array.from({ length: 120 }, () => keyRow(tenant, roll)));
  // More words that begin alike than are walked beside each other.
  keys.push(...Array.from({ length: 20 }, (_, n) => keyRow(stock, roll, { name: `Door p${n}`, nameKey: `door p${n}` })));
  await world.database.transact((rows) => storeKeys(rows, keys));
});
afterAll(() => world.close());

const orders = (['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction): ApiKeyOrder => ({ field, direction })),
);
const filters = (): readonly ApiKeyFilter[] => [
  {},
  { namespaceId: stock.namespaces[1]! },
  { environment: 'STAGING' },
  { status: 'ACTIVE' },
  { status: 'INACTIVE' },
  { status: 'EXPIRED' },
  { userId: stock.users[1]! },
  { createdById: stock.users[0]! },
  { roleId: 'rol_admin' },
  { organizationId: stock.organizationId },
  { organizationId: newId('org') },
  { userId: newId('key') },
  { permission: 'apiKey:create' as never },
  { unusedSince: new Date(world.now.getTime() - 15 * 86_400_000) },
  { expiresBefore: world.now },
  { search: 'NIGHTLY' },
  { search: 'ber' },
  { search: 'nightly ex' },
  { search: 'port' },
  { search: 'p' },
  { environment: 'PRODUCTION', status: 'ACTIVE', search: 'n', permission: 'event:submit' as never },
];

/** What the contract says of a filter, row by row. */
const matches = (filter: ApiKeyFilter) => (key: ApiKeyRow) => {
  const status = key.revokedAt !== null ? 'INACTIVE' : key.expiresAt !== null && key.expiresAt <= world.now ? 'EXPIRED' : 'ACTIVE';
  const starts = [key.nameKey, ...key.nameKey.split(/[^\p{L}\p{N}]+/u).map((word) => key.nameKey.slice(key.nameKey.indexOf(word)))];
  return (
    key.deletedAt === null &&
    key.organizationId === stock.organizationId &&
    (filter.namespaceId ?? key.namespaceId) === key.namespaceId &&
    (filter.environment ?? key.environment) === key.environment &&
    (filter.status ?? status) === status &&
    (filter.userId ?? key.userId) === key.userId &&
    (filter.createdById ?? key.createdBy) === key.createdBy &&
    (filter.roleId ?? key.roleId) === key.roleId &&
    (filter.organizationId ?? key.organizationId) === key.organizationId &&
    (!filter.permission || key.permissions.includes(filter.permission)) &&
    (!filter.unusedSince || key.lastUsedAt === null || key.lastUsedAt < filter.unusedSince) &&
    (!filter.expiresBefore || (key.expiresAt !== null && key.expiresAt < filter.expiresBefore)) &&
    (!filter.search || starts.some((text) => text.startsWith(searchKey(filter.search!))))
  );
};

const before = (left: Place, right: Place): number => {
  const byValue = (one: Place['value'], other: Place['value']): number => {
    if (one === null || other === null) return Number(one !== null) - Number(other !== null);
    if (one instanceof Date) return one.getTime() - (other as Date).getTime();
    return Buffer.compare(Buffer.from(one), Buffer.from(other as string));
  };
  return byValue(left.value, right.value) || Buffer.compare(Buffer.from(left.id), Buffer.from(right.id));
};

const expected = (filter: ApiKeyFilter, order: ApiKeyOrder, among: (key: ApiKeyRow) => boolean = () => true): string[] => {
  const sign = order.direction === 'ASC' ? 1 : -1;
  const place = (key: ApiKeyRow): Place => placeIn(order, key);
  return keys
    .filter((key) => matches(filter)(key) && among(key))
    .sort((left, right) => sign * before(place(left), place(right)))
    .map(({ id }) => id);
};

/** Every page of a list, one behind the other. */
async function walked(list: (after: Place | null) => Promise<Page<ApiKey>>, order: ApiKeyOrder): Promise<string[]> {
  const found: string[] = [];
  for (let after: Place | null = null; ;) {
    const { items, hasNextPage } = await list(after);
    found.push(...items.map(({ id }) => id));
    if (!hasNextPage) return found;
    after = placeIn(order, items.at(-1)!);
  }
}

const listing = (filter: ApiKeyFilter, visible: ApiKeyListing['visible'] = null): ApiKeyListing => ({
  tenantId: stock.organizationId,
  filter,
  visible,
  now: world.now,
});

/** How many keys count as few: none, so that everything is looked for along the order; some; all, so that everything is sorted. */
describe.each([0, 9, 5_000])('where %d keys are few', (few) => {
  const store = () => new ApiKeyListStore(world.database.reader, few);

  it.each(orders)('every filter finds what it says, page by page, by $field $direction', async (order) => {
    for (const filter of filters()) {
      const right = expected(filter, order);
      const found = await walked((after) => store().list(listing(filter), { limit: 7, order, after }), order);
      expect([filter, found]).toEqual([filter, right]);
      const { count } = await store().list(listing(filter), { limit: 1, order, after: null });
      expect([filter, await count()]).toEqual([filter, right.length]);
    }
  });

  it.each(orders)('it does so of each namespace and each user, by $field $direction', async (order) => {
    const parents = { namespaceId: [...stock.namespaces, newId('app')], userId: stock.users } as const;
    for (const by of ['namespaceId', 'userId'] as const) {
      for (const filter of filters()) {
        const pages = await store().listWithin(listing(filter), by, parents[by], { limit: 4, order, after: null });
        for (const parent of parents[by]) {
          const right = expected(filter, order, (key) => key[by] === parent);
          const page = pages.get(parent)!;
          expect([by, filter, page.items.map(({ id }) => id)]).toEqual([by, filter, right.slice(0, 4)]);
          expect([by, filter, page.hasNextPage, await page.count()]).toEqual([by, filter, right.length > 4, right.length]);
        }
        const [parent = ''] = parents[by];
        const found = await walked(
          async (after) => (await store().listWithin(listing(filter), by, parents[by], { limit: 5, order, after })).get(parent)!,
          order,
        );
        expect([by, filter, found]).toEqual([by, filter, expected(filter, order, (key) => key[by] === parent)]);
      }
    }
  });

  it('shows nothing that is not visible, whatever is asked for', async () => {
    const [self] = stock.users;
    const seen = narrowing(
      { self, place: stock.namespaces[2] },
      { where: 'k.user_id = :self', along: 'id' },
      { where: '(k.user_id <> :self AND k.namespace_id = :place)' },
    );
    for (const order of orders) {
      for (const filter of filters()) {
        const found = await walked((after) => store().list(listing(filter, seen), { limit: 6, order, after }), order);
        const right = expected(filter, order, ({ userId, namespaceId }) => userId === self || namespaceId === stock.namespaces[2]);
        expect([order, filter, found]).toEqual([order, filter, right]);
      }
    }
  });
});
