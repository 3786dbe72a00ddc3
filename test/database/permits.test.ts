import { decideFounding, type Permit } from '../../src/authority/index.js';
import { permitted, type Rows } from '../../src/database/index.js';
import { newId } from '../../src/domain/index.js';
import { newNamespace } from '../../src/namespaces/Namespace.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { NamespaceStore } from '../../src/namespaces/NamespaceStore.js';
import { DatabaseWorld } from './databaseWorld.js';

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.open();
});
afterAll(() => world.close());

const found = (target: string, rows: Rows): Permit<'organization.create'> => {
  const permit = decideFounding({ founded: false }, target, rows);
  if (!permit) throw new Error('the first organization is always permitted');
  return permit;
};
const organization = () => newNamespace('ORGANIZATION', { name: 'Permitted' }, null, world.now);
const count = () => world.database.reader.countBy(NamespaceRows, { name: 'Permitted' });

describe('a permit', () => {
  it('is good in its own transaction, for its own target', async () => {
    const target = organization();
    await world.database.transact((rows) => new NamespaceStore(rows).insert(found(target.id, rows), target));
    expect(await count()).toBe(1);
  });

  it('of another target is refused, and nothing is written', async () => {
    const before = await count();
    await expect(
      world.database.transact((rows) => new NamespaceStore(rows).insert(found(newId('org'), rows), organization())),
    ).rejects.toThrow('used on another target');
    expect(await count()).toBe(before);
  });

  it('kept from one transaction is refused in the next, and outside any', async () => {
    const before = await count();
    const target = organization();
    const kept = await world.database.transact((rows) => Promise.resolve(found(target.id, rows)));
    const outside = 'used outside its transaction';
    await expect(world.database.transact((rows) => new NamespaceStore(rows).insert(kept, target))).rejects.toThrow(outside);
    await expect(new NamespaceStore(world.database.reader).insert(kept, target)).rejects.toThrow(outside);
    expect(await count()).toBe(before);
  });

  it('is refused in a transaction that runs at the same time', async () => {
    const before = await count();
    const target = organization();
    const handed = Promise.withResolvers<Permit<'organization.create'>>();
    const first = world.database.transact((rows) => {
      handed.resolve(found(target.id, rows));
      return Promise.resolve();
    });
    const second = world.database.transact(async (rows) => new NamespaceStore(rows).insert(await handed.promise, target));
    await first;
    await expect(second).rejects.toThrow('used outside its transaction');
    expect(await count()).toBe(before);
  });

  it('names itself in what is thrown, so that the fault is found', () => {
    const rows = world.database.reader;
    expect(() => permitted(found('org_1', rows), rows, 'org_2')).toThrow(/organization\.create/);
    expect(() => permitted(found('org_1', {} as Rows), rows, 'org_1')).toThrow(/organization\.create/);
  });
});
