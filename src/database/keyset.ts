import { In, type FindOptionsWhere, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { COUNT_LIMIT, type Page, type PageRequest } from '../domain/index.js';

type Row = ObjectLiteral & { id: string };

/**
 * One page of a query in the order of ids, or against it: rows that others insert or delete meanwhile move nothing. Counting, when
 * somebody asks for it, stops at `COUNT_LIMIT`.
 */
export async function keysetPage<T extends Row>(
  query: SelectQueryBuilder<T>,
  request: PageRequest,
  direction: 'ASC' | 'DESC' = 'ASC',
): Promise<Page<T>> {
  const { alias } = query;
  const counted = query.clone();
  const found = await behind(query, request, direction)
    .orderBy(`${alias}.id`, direction)
    .limit(request.limit + 1)
    .getMany();
  return pageOf(found, request, async () => {
    const [sql, parameters] = counted.select(`${alias}.id`).limit(COUNT_LIMIT).getQueryAndParameters();
    const [row] = await query.dataSource.manager.query<{ total: unknown }[]>(`SELECT COUNT(*) AS total FROM (${sql}) counted`, parameters);
    return Number(row?.total);
  });
}

/**
 * The same page for each of many parents, in two statements however many there are. `by` is the property that names
 * the parent; the query is narrowed to the parents already.
 */
export async function keysetPages<T extends Row>(
  query: SelectQueryBuilder<T>,
  by: string & keyof T,
  parents: readonly string[],
  request: PageRequest,
): Promise<ReadonlyMap<string, Page<T>>> {
  const { alias, dataSource } = query;
  const counted = query.clone();
  const [sql, parameters] = behind(query, request)
    .select(`${alias}.id`, 'id')
    .addSelect(`ROW_NUMBER() OVER (PARTITION BY ${alias}.${by} ORDER BY ${alias}.id)`, 'place')
    .getQueryAndParameters();
  const places = await dataSource.manager.query<Row[]>(`SELECT id FROM (${sql}) ranked WHERE place <= ?`, [
    ...(parameters as unknown[]),
    request.limit + 1,
  ]);
  const target = query.expressionMap.mainAlias?.metadata.target ?? alias;
  const found = await dataSource.manager.find<T>(target, {
    where: { id: In(places.map(({ id }) => id)) } as FindOptionsWhere<T>,
    order: { id: 'ASC' } as never,
  });
  const byParent = Map.groupBy(found, (row) => row[by] as string);

  let counting: Promise<Map<string, number>> | undefined;
  const counts = async (): Promise<Map<string, number>> => {
    const totals = await counted
      .select(`${alias}.${by}`, 'parent')
      .addSelect('COUNT(*)', 'total')
      .groupBy(`${alias}.${by}`)
      .getRawMany<{ parent: string; total: unknown }>();
    return new Map(totals.map(({ parent, total }) => [parent, Math.min(Number(total), COUNT_LIMIT)]));
  };
  return new Map(
    parents.map((parent) => [
      parent,
      pageOf(byParent.get(parent) ?? [], request, async () => {
        counting ??= counts();
        return (await counting).get(parent) ?? 0;
      }),
    ]),
  );
}

const behind = <T extends Row>(
  query: SelectQueryBuilder<T>,
  { after }: PageRequest,
  direction: 'ASC' | 'DESC' = 'ASC',
): SelectQueryBuilder<T> =>
  after === null ? query : query.andWhere(`${query.alias}.id ${direction === 'ASC' ? '>' : '<'} :keysetAfter`, { keysetAfter: after });

const pageOf = <T>(found: readonly T[], { limit, after }: PageRequest, count: () => Promise<number>): Page<T> => ({
  items: found.slice(0, limit),
  hasNextPage: found.length > limit,
  hasPreviousPage: after !== null,
  count,
});

/** The end of the range of texts that start with `prefix`: compared by code points on every database. */
export const afterPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`;
