import type { Order, Place } from '../domain/index.js';

/** What a list is ordered by, before the id: a column and the property of its rows. */
export interface OrderColumn {
  readonly column: string;
  readonly property: string;
  readonly nullable: boolean;
  /** The index that has a list's rows in this order. */
  readonly index: string;
}

/** A condition of SQL on rows named `k`. */
export interface Stretch {
  readonly sql: string;
  /** Whether the column is null there; left out: it may be. */
  readonly isNull?: boolean;
  /** The column has one value there, so that the id alone is the order; said twice, MariaDB sorts. */
  readonly tied?: true;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * What lies behind a place in an order, as stretches that follow each other: each is one range of the order's index, where
 * `(value, id) > (?, ?)` or an OR of the same would be read from the beginning. Null is before all values, as on every database.
 */
export function stretches({ column, nullable }: OrderColumn, { direction }: Order, after: Place | null): readonly Stretch[] {
  if (after === null) return [{ sql: '1 = 1', parameters: {} }];
  const beyond = direction === 'ASC' ? '>' : '<';
  const { value, id } = after;
  const parameters = { afterValue: value, afterId: id };
  const behind = `k.id ${beyond} :afterId`;
  if (column === 'id') return [{ sql: behind, parameters }];
  if (value === null) {
    const ties = { sql: `k.${column} IS NULL AND ${behind}`, isNull: true, tied: true as const, parameters };
    return direction === 'ASC' ? [ties, { sql: `k.${column} IS NOT NULL`, isNull: false, parameters: {} }] : [ties];
  }
  const further = [
    { sql: `k.${column} = :afterValue AND ${behind}`, isNull: false, tied: true as const, parameters },
    { sql: `k.${column} ${beyond} :afterValue`, isNull: false, parameters },
  ];
  return direction === 'DESC' && nullable
    ? [...further, { sql: `k.${column} IS NULL`, isNull: true, tied: true as const, parameters: {} }]
    : further;
}
