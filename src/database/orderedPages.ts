import type { EntitySchema, ObjectLiteral } from 'typeorm';
import { COUNT_LIMIT, type OrderedPageRequest, type Page } from '../domain/index.js';
import type { Rows } from './Database.js';
import { byIndex } from './dialect.js';
import { conditionOf, type InOrder, lookedAt, type Narrowing, type Range, type Sql, unionOf } from './ranges.js';
import { type OrderColumn, type Stretch, stretches } from './stretches.js';

type Row = ObjectLiteral & { id: string };

/** A list that is narrowed and ordered in more ways than there are indexes. Its rows are named `k` in every condition. */
export interface OrderedList<T extends Row> {
  readonly rows: Rows;
  readonly entity: EntitySchema<T>;
  readonly table: string;
  /** With what the index of every order begins. */
  readonly base: Sql;
  /** All of these must hold. */
  readonly narrowings: readonly Narrowing[];
  /** So many rows are read and sorted; of more, the first ones in an order are soon met on a walk. */
  readonly few: number;
}

/** What is asked of a list: how it is ordered, and which page of it. */
export interface Asked {
  readonly column: OrderColumn;
  readonly request: OrderedPageRequest;
}

/** How a list is read: along which narrowing, and how many rows each of its ranges holds, up to `few`. Null: along all of it. */
type Way = { readonly narrowing: Narrowing; readonly sizes: readonly number[]; readonly others: readonly Narrowing[] } | null;

/** A limit that is none. */
const ALL = 1_000_000_000;
/** SQLite joins at most 500 selects in a statement. */
const MOST_SELECTS = 400;

/**
 * One page of a list. Its rows are reached in one of three ways: along an index that has just these rows in just this
 * order, be it another table's; by the index of the narrowing that holds least, few enough to be sorted; or on a walk along the
 * index of the order, past what does not match. What the narrowings hold is counted first, up to `few` and in one statement.
 */
export async function orderedPage<T extends Row>(list: OrderedList<T>, asked: Asked): Promise<Page<T>> {
  const [page] = await pagesOf(list, [list.narrowings], asked, () => 0);
  return page as Page<T>;
}

/** The same page for each of many parents, in as many statements. `by` is the property that names the parent, and `within` narrows to one. */
export async function orderedPages<T extends Row>(
  list: OrderedList<T>,
  { by, within, parents }: { by: string & keyof T; within: (parent: string, place: number) => Narrowing; parents: readonly string[] },
  asked: Asked,
): Promise<ReadonlyMap<string, Page<T>>> {
  const selects = (1 + ranges(list.narrowings)) * stretches(asked.column, asked.request.order, asked.request.after).length;
  const together = Math.max(1, Math.floor(MOST_SELECTS / selects));
  const pages = new Map<string, Page<T>>();
  for (let from = 0; from < parents.length; from += together) {
    const some = parents.slice(from, from + together);
    const parts = some.map((parent, place) => [within(parent, place), ...list.narrowings]);
    const found = await pagesOf(list, parts, asked, (row) => some.indexOf(row[by] as string));
    some.forEach((parent, place) => pages.set(parent, found[place] as Page<T>));
  }
  return pages;
}

const ranges = (narrowings: readonly Narrowing[]): number => narrowings.reduce((sum, each) => sum + each.ranges.length, 0);

async function pagesOf<T extends Row>(
  list: OrderedList<T>,
  parts: readonly (readonly Narrowing[])[],
  asked: Asked,
  placeOf: (row: T) => number,
): Promise<Page<T>[]> {
  const { limit, order, after } = asked.request;
  const ways = await waysThrough(list, parts, asked);
  const { sql, parameters } = unionOf(ways.flatMap((way) => pageTerms(list, way, asked)));
  const query = list.rows.createQueryBuilder(list.entity, 'k').where(`k.id IN (SELECT page.id FROM (${sql}) page)`, parameters);
  if (asked.column.column !== 'id') query.addOrderBy(`k.${asked.column.property}`, order.direction);
  const found = Map.groupBy(await query.addOrderBy('k.id', order.direction).getMany(), placeOf);

  let counting: Promise<readonly number[]> | undefined;
  return parts.map((_, place) => {
    const rows = found.get(place) ?? [];
    return {
      items: rows.slice(0, limit),
      hasNextPage: rows.length > limit,
      hasPreviousPage: after !== null,
      count: async () => (await (counting ??= countsOf(list, ways, asked)))[place] ?? 0,
    };
  });
}

/** For each part the way that reads least. */
async function waysThrough<T extends Row>(
  list: OrderedList<T>,
  wanted: readonly (readonly Narrowing[])[],
  { column }: Asked,
): Promise<Way[]> {
  const parts = wanted.map(metTogether);
  const isAlong = ({ ranges: all }: Narrowing): boolean => all.every(({ along }) => along === column.column);
  const asking = parts.map((narrowings) => (narrowings.length === 1 && narrowings.every(isAlong) ? [] : narrowings));
  const sizes = await sizesOf(list, asking.flat());
  let at = 0;
  return parts.map((narrowings, place) => {
    const sized = narrowings.map((each) => ({
      narrowing: each,
      sizes: each.ranges.map(() => (asking[place]?.length === 0 ? list.few : (sizes[at++] ?? list.few))),
      others: narrowings.filter((other) => other !== each),
    }));
    const total = (way: NonNullable<Way>): number => way.sizes.reduce((sum, size) => sum + size, 0);
    const least = sized.reduce<Way>((best, way) => (best === null || total(way) < total(best) ? way : best), null);
    return least === null || total(least) < list.few ? least : (sized.find((way) => isAlong(way.narrowing)) ?? least);
  });
}

/** The same narrowings without the ranges that have no row in common with another of them. */
function metTogether(narrowings: readonly Narrowing[]): Narrowing[] {
  return narrowings.map((each) => {
    const met = each.ranges.filter((range) => narrowings.every(({ ranges: others }) => others.some((other) => !isApart(range, other))));
    return met.length === 0 ? each : { ...each, ranges: met };
  });
}

/** Where the same column is null in one range and has a value in the other. */
const isApart = (one: Range, other: Range): boolean =>
  one.along === other.along && one.isNull !== undefined && other.isNull !== undefined && one.isNull !== other.isNull;

/** How many rows each range of these narrowings holds, up to `few`. */
async function sizesOf<T extends Row>(list: OrderedList<T>, narrowings: readonly Narrowing[]): Promise<number[]> {
  const counts = narrowings.flatMap(({ ranges: all, parameters }) =>
    all.map((range) => ({
      sql: `COUNT(*) AS total FROM (${range.ids ?? select(tableOf(list, range.index), [{ sql: range.where, parameters }]).sql} LIMIT ${list.few}) held`,
      parameters: { ...list.base.parameters, ...parameters },
    })),
  );
  return totals(list.rows, counts);
}

/** The selects that hold the page between them: of each the first rows, so that the first of all of them are the page. */
function pageTerms<T extends Row>(list: OrderedList<T>, way: Way, { column, request }: Asked): Sql[] {
  const behind = stretches(column, request.order, request.after);
  const first = (names: readonly string[]): string =>
    `ORDER BY ${names.map((name) => `${name} ${request.order.direction}`).join(', ')} LIMIT ${request.limit + 1}`;
  const inOrder = first([`k.${column.column}`, 'k.id']);
  const walked = (from: string, conditions: readonly Sql[], tied = column.column === 'id'): Sql => {
    const term = select(from, conditions);
    return { ...term, sql: `${term.sql} ${tied ? first(['k.id']) : inOrder}` };
  };
  // Collected before it is sorted: an optimizer that saw the order would walk along it.
  const sorted = (term: Sql): Sql => ({
    ...term,
    sql: `SELECT collected.id AS id FROM (${term.sql} LIMIT ${ALL}) collected ${first(['collected.value', 'collected.id'])}`,
  });
  if (way === null) {
    return behind.map((stretch) => walked(tableOf(list, column.index), [list.base, stretch], stretch.tied));
  }
  const checks = checksOf(way.others);
  return way.narrowing.ranges.flatMap((range, at) => {
    const { parameters } = way.narrowing;
    const byRange = { sql: range.where, parameters };
    if (range.along === column.column) {
      const tied = range.isNull === true || undefined;
      return behind
        .filter(({ isNull }) => (isNull ?? range.isNull) === (range.isNull ?? isNull))
        .map((stretch) => walked(tableOf(list, range.index), [byRange, stretch, looking(list.base), checks], tied ?? stretch.tied));
    }
    const isLarge = (way.sizes[at] ?? list.few) >= list.few;
    if (isLarge && range.inOrder?.column === column.column) {
      return [merged(list, range.inOrder, behind, [{ sql: range.where, parameters }, list.base, checks], { column, request })];
    }
    if (isLarge) {
      return behind.map((stretch) => walked(tableOf(list, column.index), [list.base, stretch, looking(byRange), checks], stretch.tied));
    }
    const anywhere = { sql: behind.map(({ sql }) => `(${sql})`).join(' OR '), parameters: parametersOf(behind) };
    return [sorted(reached(list, range, parameters, [looking(anywhere), checks], column))];
  });
}

/** The first rows of all parts of an order that another table has. */
function merged<T extends Row>(
  list: OrderedList<T>,
  inOrder: InOrder,
  behind: readonly Stretch[],
  conditions: readonly Sql[],
  asked: Asked,
): Sql {
  const { table, value, id, parts } = inOrder;
  const { order, limit } = asked.request;
  const inThatTable = (sql: string): string => sql.replaceAll(`k.${asked.column.column}`, `w.${value}`).replaceAll('k.id', `w.${id}`);
  const first = (...names: readonly string[]): string =>
    `ORDER BY ${names.map((name) => `${name} ${order.direction}`).join(', ')} LIMIT ${limit + 1}`;
  const checks = conditions.map(looking);
  const terms = parts.flatMap((part) =>
    behind.map((stretch) => ({
      // CROSS, so that SQLite, too, goes along the other table.
      sql: `SELECT w.${id} AS id, w.${value} AS value FROM ${table} w CROSS JOIN ${list.table} k
        WHERE k.id = w.${id} AND ${part.sql} AND ${inThatTable(stretch.sql)} AND ${checks.map(({ sql }) => sql).join(' AND ')}
        ${stretch.tied ? first(`w.${id}`) : first(`w.${value}`, `w.${id}`)}`,
      parameters: parametersOf([part, stretch, ...checks]),
    })),
  );
  const { sql, parameters } = unionOf(terms);
  const different = `SELECT DISTINCT found.id AS id, found.value AS value FROM (${sql}) found`;
  return { sql: `SELECT collected.id AS id FROM (${different}) collected ${first('collected.value', 'collected.id')}`, parameters };
}

/** Counts each part, up to `COUNT_LIMIT`. */
async function countsOf<T extends Row>(list: OrderedList<T>, ways: readonly Way[], { column }: Asked): Promise<number[]> {
  const terms = ways.map((way) =>
    way === null
      ? [select(tableOf(list, column.index), [list.base])]
      : way.narrowing.ranges.map((range) => reached(list, range, way.narrowing.parameters, [checksOf(way.others)])),
  );
  const counted = await totals(
    list.rows,
    terms.flat().map(({ sql, parameters }) => ({
      sql: `COUNT(*) AS total FROM (${sql} LIMIT ${COUNT_LIMIT}) counted`,
      parameters,
    })),
  );
  let at = 0;
  return terms.map((part) =>
    Math.min(
      COUNT_LIMIT,
      part.map(() => counted[at++] ?? 0).reduce((sum, total) => sum + total, 0),
    ),
  );
}

/** The rows of a range by its own index: in the order of that, so that no optimizer takes another. */
function reached<T extends Row>(
  list: OrderedList<T>,
  { ids, where, rest = '1 = 1', along, isNull, index }: Range,
  parameters: Sql['parameters'],
  more: readonly Sql[],
  column?: OrderColumn,
): Sql {
  const conditions = [looking(list.base), ...more];
  if (ids !== undefined) {
    const found = [{ sql: 'k.id = found.id', parameters }, looking({ sql: rest, parameters })];
    return select(`(${ids}) found JOIN ${tableOf(list)}`, [...found, ...conditions], column);
  }
  const term = select(tableOf(list, index), [{ sql: where, parameters }, ...conditions], column);
  return along === undefined ? term : { ...term, sql: `${term.sql} ORDER BY k.${isNull === true ? 'id' : along}` };
}

const tableOf = <T extends Row>({ rows, table }: OrderedList<T>, index?: string): string =>
  index === undefined ? `${table} k` : `${table} k ${byIndex(rows.dataSource.options.type === 'mysql' ? 'mysql' : 'sqlite', index)}`;

const select = (from: string, conditions: readonly Sql[], value?: OrderColumn): Sql => ({
  sql: `SELECT k.id AS id${value ? `, k.${value.column} AS value` : ''} FROM ${from} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`,
  parameters: parametersOf(conditions),
});

const looking = ({ sql, parameters }: Sql): Sql => ({ sql: lookedAt(sql).join(), parameters });

const checksOf = (narrowings: readonly Narrowing[]): Sql => ({
  sql: ['1 = 1', ...lookedAt(...narrowings.map(conditionOf))].join(' AND '),
  parameters: parametersOf(narrowings),
});

const parametersOf = (of: readonly Pick<Sql, 'parameters'>[]): Sql['parameters'] =>
  Object.assign({}, ...of.map(({ parameters }) => parameters)) as Sql['parameters'];

/** The single number that each of these tells, in one statement. */
async function totals(rows: Rows, counts: readonly Sql[]): Promise<number[]> {
  if (counts.length === 0) return [];
  const { sql, parameters } = unionOf(counts.map((count, place) => ({ ...count, sql: `SELECT ${place} AS place, ${count.sql}` })));
  const [bound, values] = rows.dataSource.driver.escapeQueryWithParameters(sql, parameters);
  const told = await rows.query<{ place: unknown; total: unknown }[]>(bound, values);
  const byPlace = new Map(told.map(({ place, total }) => [Number(place), Number(total)]));
  return counts.map((_, place) => byPlace.get(place) ?? 0);
}
