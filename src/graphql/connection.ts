import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { cursorOf, type Page } from '../domain/index.js';

/** Arguments of every list. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: 'How many, from 1 to 100; 20 if left out.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor from an earlier answer: the page begins behind it.' })
  after?: string | null;
}

/** Arguments of lists that can be searched by name. */
@ArgsType()
export class SearchArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'The start of a name; upper and lower case are the same. At most 100 characters.' })
  search?: string | null;
}

@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether there is more behind this page.' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether this page began behind a cursor.' })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first row; null on an empty page.' })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row; null on an empty page.' })
  endCursor: string | null;
}

/** A page in Relay's words. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfoType;
  readonly totalCount: () => Promise<number>;
}

/** A page whose rows nobody counts, or with a way to count them. */
type Listed<T> = Omit<Page<T>, 'count'> & Partial<Pick<Page<T>, 'count'>>;

/** Turns a page of rows into a Relay connection. Rows without an id say what their cursor is. */
export function connectionOf<T extends { readonly id: string }>(page: Listed<T>): Connection<T>;
export function connectionOf<T>(page: Listed<T>, cursor: (item: T) => string): Connection<T>;
export function connectionOf<T>(
  { items, hasNextPage, hasPreviousPage, count = () => Promise.resolve(items.length) }: Listed<T>,
  cursor = (item: T): string => cursorOf((item as { readonly id: string }).id),
): Connection<T> {
  const edges = items.map((node) => ({ cursor: cursor(node), node }));
  return {
    edges,
    nodes: items,
    pageInfo: { hasNextPage, hasPreviousPage, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount: count,
  };
}

/** The connection of a list that the caller may not see: as empty as one with nothing in it. */
export const emptyConnection: Connection<never> = {
  edges: [],
  nodes: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: () => Promise.resolve(0),
};

/** Declares `<name>Edge` and `<name>Connection` over a node type; `counted`: whether it tells how many there are in all. */
export function connectionType(
  name: string,
  node: () => unknown,
  order = 'in the order of creation',
  counted: 'COUNTED' | 'UNCOUNTED' = 'COUNTED',
): { new (): object } {
  @ObjectType(`${name}Edge`, { description: `A ${name} in a list, with its cursor.` })
  class Edge {
    @Field(() => String, { description: 'The position in the list; give it as `after` to go on behind it.' })
    cursor: string;

    @Field(node as () => object, { description: `The ${name} itself.` })
    node: unknown;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name}s, ${order}.` })
  class ConnectionType {
    @Field(() => [Edge], { description: 'The rows of the page with their cursors.' })
    edges: Edge[];

    @Field(() => [node() as object], { description: 'The rows of the page.' })
    nodes: unknown[];

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo: PageInfoType;
  }
  if (counted === 'COUNTED') {
    const description = 'How many there are that the caller may see, counted only when asked for and up to 10,000.';
    Field(() => Int, { simple: true, description })(ConnectionType.prototype, 'totalCount');
  }
  return ConnectionType;
}
