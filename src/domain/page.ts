import { idKind } from './id.js';
import { badInput } from './refusal.js';

/** Arguments of every list, as the client sends them. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** One page to fetch: so many rows, after the row with that id. */
export interface PageRequest {
  readonly limit: number;
  readonly after: string | null;
}

/** One page as it was found, in the order of ids, and so of creation. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** How many there are in all, counted only when asked and up to `COUNT_LIMIT`. */
  readonly count: () => Promise<number>;
}

const DEFAULT_SIZE = 20;
const LARGEST_SIZE = 100;
/** Where counting stops: a number that a person reads as "many". */
export const COUNT_LIMIT = 10_000;

/** The cursor of a row. Opaque to clients; a position, not a secret: it gives no access. */
export const cursorOf = (id: string): string => Buffer.from(`id:${id}`, 'utf8').toString('base64url');

function idFromCursor(cursor: string): string | null {
  const id = Buffer.from(cursor, 'base64url').toString('utf8').slice('id:'.length);
  return idKind(id) !== null && cursorOf(id) === cursor ? id : null;
}

/** Checks the arguments of a list: `first` from 1 to 100, 20 if left out; `after` a cursor of ours. */
export function pageRequest({ first, after }: PageArguments): PageRequest {
  const limit = first ?? DEFAULT_SIZE;
  if (limit < 1 || limit > LARGEST_SIZE) throw badInput('first', `first must be from 1 to ${LARGEST_SIZE}.`);
  if (after === null || after === undefined) return { limit, after: null };
  const id = idFromCursor(after);
  if (id === null) throw badInput('after', 'after is no cursor: copy an endCursor or a cursor from an earlier answer.');
  return { limit, after: id };
}

/** The same page with its items in other words. */
export const mapPage = <T, U>(page: Page<T>, to: (item: T) => U): Page<U> => ({ ...page, items: page.items.map(to) });

/** A page with nothing on it. */
export const emptyPage: Page<never> = { items: [], hasNextPage: false, hasPreviousPage: false, count: () => Promise.resolve(0) };
