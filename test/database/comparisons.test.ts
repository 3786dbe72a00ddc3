import { Equal, In, Like } from 'typeorm';
import { ApiKeyRows } from '../../src/keys/ApiKeyRow.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { UserRows } from '../../src/people/UserRow.js';
import { afterPrefix, isDuplicate, type Rows } from '../../src/database/index.js';
import { newId, searchKey } from '../../src/domain/index.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf } from './databaseWorld.js';

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.open();
});
afterAll(() => world.close());

/** What many collations take for the same text: case, a trailing space, an accent, a composed form, a width, a ligature. */
const looksLike = (text: string): readonly string[] => [
  text.toUpperCase(),
  `${text} `,
  ` ${text}`,
  `${text}\u00a0`,
  text.replace('e', 'é'),
  text.replace('e', 'e\u0301'),
  text.replace('a', '\uff41'),
  `${text}\u200b`,
  `${text}\0`,
];

describe('texts are compared byte by byte (R40)', () => {
  const base = 'abc-reference';

  it('an id finds itself and nothing that looks like it', async () => {
    await world.namespace('Byte by byte', base);
    const find = (id: string) => world.database.reader.countBy(NamespaceRows, { id });
    expect(await find(base)).toBe(1);
    for (const variant of looksLike(base)) expect([variant, await find(variant)]).toEqual([variant, 0]);
    // 'AbC ' does not find 'AbC'.
    await world.namespace('Mixed case', 'AbC');
    for (const variant of ['AbC ', 'abc', 'ABC', 'AbC\t', 'ÁbC']) expect(await find(variant)).toBe(0);
    expect(await find('AbC')).toBe(1);
  });

  it('ids that differ in one byte live side by side', async () => {
    const ids = ['twin', ...looksLike('twin').filter((text) => text !== 'twin')];
    for (const id of new Set(ids)) await world.namespace('Twin', id);
    expect(await world.database.reader.countBy(NamespaceRows, { name: 'Twin' })).toBe(new Set(ids).size);
    expect(isDuplicate(await errorOf(() => world.namespace('Again', 'twin')))).toBe(true);
  });

  it('an address is unique by its key alone: another case or width is the same, an accent or a space is not', async () => {
    const tenant = await world.tenant();
    await world.user(tenant, 'eve@example.test');
    for (const same of ['Eve@Example.Test', 'EVE@EXAMPLE.TEST', '\uff45ve@example.test']) {
      expect(searchKey(same)).toBe('eve@example.test');
      expect(isDuplicate(await errorOf(() => world.user(tenant, same)))).toBe(true);
    }
    for (const another of ['éve@example.test', 'eve@example.test ', 'eve@example.tesť']) await world.user(tenant, another);
    // In another tenant it is free.
    await world.user(await world.tenant('Other'), 'eve@example.test');
    const found = await world.database.reader.findBy(UserRows, { organizationId: tenant, emailKey: 'eve@example.test' });
    expect(found.map(({ email }) => email)).toEqual(['eve@example.test']);
  });

  it('a name is found by its prefix in the same rows and the same order of bytes on every database', async () => {
    const tenant = await world.tenant();
    const names = ['Zebra', 'apple', 'Äpfel', 'Apple pie', 'appleé', 'apple\u{1F34E}', 'applf', 'app', 'ﬁsh', '日本'];
    for (const name of names) await world.user(tenant, null, name);
    const prefixed = async (prefix: string) => {
      const found = await world.database.reader
        .createQueryBuilder(UserRows, 'u')
        .where('u.organizationId = :tenant AND u.nameKey >= :from AND u.nameKey < :to', {
          tenant,
          from: searchKey(prefix),
          to: afterPrefix(searchKey(prefix)),
        })
        .orderBy('u.nameKey')
        .getMany();
      return found.map(({ name }) => name);
    };
    expect(await prefixed('APPLE')).toEqual(['apple', 'Apple pie', 'appleé', 'apple\u{1F34E}']);
    expect(await prefixed('äp')).toEqual(['Äpfel']);
    expect(await prefixed('fis')).toEqual(['ﬁsh']);
    expect(await prefixed('%')).toEqual([]);
  });

  it('every character survives, those beyond the first 65,536 too', async () => {
    const name = 'Ünïcödé 日本 \u{1F9D1}\u200d\u{1F680} \u{10FFFF} end';
    const id = await world.namespace(name);
    expect((await world.database.reader.findOneByOrFail(NamespaceRows, { id })).name).toBe(name);
    expect(await world.database.reader.countBy(NamespaceRows, { name })).toBe(1);
  });
});

describe('a value of another type than the column is refused before the driver (R39, R42)', () => {
  const values: readonly unknown[] = [0, 1, 0n, true, false, {}, [], ['org_'], { id: 'x' }, Buffer.from('x'), new Date(0), Symbol.iterator];

  it('in a condition on a text, where MariaDB would find every row for the number 0', async () => {
    const { reader } = world.database;
    for (const value of values) {
      for (const where of [{ id: value }, { id: In([newId('org'), value]) }, { id: Equal(value) }, { name: Like(value as string) }]) {
        await expect(reader.findBy(NamespaceRows, where as never)).rejects.toThrow(/is no text/);
      }
      await expect(reader.existsBy(ApiKeyRows, { id: value as string })).rejects.toThrow(/is no text/);
    }
  });

  it('in a change, where it would be stored as a text or match too much', async () => {
    const id = await world.namespace('Kept');
    for (const value of values) {
      const change = (work: (rows: Rows) => Promise<unknown>) => world.database.transact(work);
      const refusal = typeof value === 'number' ? /is no text/ : /./;
      await expect(change((rows) => rows.update(NamespaceRows, { id: value as string }, { name: 'Lost' }))).rejects.toThrow(refusal);
      await expect(change((rows) => rows.update(NamespaceRows, { id }, { name: value as string }))).rejects.toThrow(refusal);
      await expect(change((rows) => rows.delete(NamespaceRows, { id: value as string }))).rejects.toThrow(refusal);
    }
    expect((await world.database.reader.findOneByOrFail(NamespaceRows, { id })).name).toBe('Kept');
  });

  it('is why: a number bound by hand finds other rows on MariaDB, and none on SQLite', async () => {
    await world.namespace('By hand', 'not-a-number');
    const found = await world.database.reader.query<unknown[]>('SELECT id FROM namespaces WHERE id = ?', [0]);
    expect(found.length > 0).toBe(databaseKind() === 'mariadb');
  });
});

describe('a condition on undefined or null throws, and finds no first row (R38)', () => {
  const nothing = [undefined, null] as unknown as string[];

  it('in every way of reading', async () => {
    await world.namespace('Somebody');
    const { reader } = world.database;
    for (const id of nothing) {
      const where = { id };
      for (const read of [
        () => reader.findBy(NamespaceRows, where),
        () => reader.find(NamespaceRows, { where }),
        () => reader.find(NamespaceRows, { where: [{ name: 'Somebody' }, where] }),
        () => reader.find(NamespaceRows, { where: { name: 'Somebody', id } }),
        () => reader.findOneBy(NamespaceRows, where),
        () => reader.findOne(NamespaceRows, { where }),
        () => reader.findOneByOrFail(NamespaceRows, where),
        () => reader.existsBy(NamespaceRows, where),
        () => reader.exists(NamespaceRows, { where }),
        () => reader.countBy(NamespaceRows, where),
        () => reader.findAndCountBy(NamespaceRows, where),
      ]) {
        await expect(read()).rejects.toThrow(/(undefined|null) value encountered/i);
      }
    }
  });

  it('in every way of changing', async () => {
    const id = await world.namespace('Unchanged');
    const { database } = world;
    const before = await database.reader.count(NamespaceRows);
    for (const none of nothing) {
      for (const where of [{ id: none }, { id, name: none }]) {
        await expect(database.transact((rows) => rows.update(NamespaceRows, where, { name: 'Changed' }))).rejects.toThrow();
        await expect(database.transact((rows) => rows.delete(NamespaceRows, where))).rejects.toThrow();
      }
    }
    expect(await database.reader.count(NamespaceRows)).toBe(before);
    expect(await database.reader.countBy(NamespaceRows, { name: 'Changed' })).toBe(0);
  });
});
