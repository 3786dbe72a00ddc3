/** Some of the rows of a list, named `k`, that one index finds. */
export interface Range {
  readonly where: string;
  /** That index; left out where it is the primary key's, or another table's. */
  readonly index?: string;
  /** A query of their ids as `id`, where another table's index finds them; else `where` does. It may find more, which `rest` takes out. */
  readonly ids?: string;
  readonly rest?: string;
  /** The column by which that index has them in order, or of which they are a range. */
  readonly along?: string;
  /** Where another table has these rows in the order of a column, in a few parts. */
  readonly inOrder?: InOrder;
  /** Whether that column is null in this range; left out: it may be. */
  readonly isNull?: boolean;
}

/**
 * Another table, named `w`, whose index has rows of a list in an order: within each part, a value and then an id. A part may have
 * more rows than the range, and two parts the same.
 */
export interface InOrder {
  readonly column: string;
  readonly table: string;
  readonly value: string;
  readonly id: string;
  readonly parts: readonly Sql[];
}

/** What narrows a list: rows of any of these ranges, which have no row in common. */
export interface Narrowing {
  readonly ranges: readonly Range[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A statement or a part of one, with the parameters that are bound to its names. */
export interface Sql {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A narrowing to rows that one condition tells. */
export const narrowing = (parameters: Narrowing['parameters'], ...ranges: readonly Range[]): Narrowing => ({ ranges, parameters });

/** The condition that a narrowing is. */
export const conditionOf = ({ ranges }: Narrowing): string =>
  ranges.length === 0 ? '1 = 0' : `(${ranges.map(({ where }) => where).join(' OR ')})`;

/**
 * Conditions that are looked at on each row and never chosen as the way to it. No optimizer looks inside `IS TRUE` for a range
 * of an index: left to guess, each of them sometimes sorts a million rows to show fifty.
 */
export const lookedAt = (...conditions: readonly string[]): string[] => conditions.map((sql) => `(${sql}) IS TRUE`);

/** Several queries as one, each with a limit of its own. */
export function unionOf(parts: readonly Sql[]): Sql {
  return {
    sql: parts.map(({ sql }, at) => `SELECT * FROM (${sql}) part${at}`).join(' UNION ALL '),
    parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)) as Sql['parameters'],
  };
}
