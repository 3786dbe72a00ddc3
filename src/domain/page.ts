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

/** How a list is ordered that has more orders than one: by a field of its own, and by id where that is the same. */
export interface Order<F extends string = string> {
  readonly field: F;
  readonly direction: 'ASC' | 'DESC';
}

/** Where a row stands in an order. Null is before every value in ASC, and behind every one in DESC. */
export interface Place {
  readonly value: string | Date | null;
  readonly id: string;
}

/** One page of an ordered list to fetch: so many rows, after that place. */
export interface OrderedPageRequest<F extends string = string> {
  readonly limit: number;
  readonly order: Order<F>;
  readonly after: Place | null;
}

/** One page as it was found, in its list's order. */
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

/** The order of every list that has no other; its cursors are those of all of them. */
export const inOrderOfCreation = { field: 'CREATED_AT', direction: 'ASC' } as const;
const isOfCreation = ({ field, direction }: Order): boolean =>
  field === inOrderOfCreation.field && direction === inOrderOfCreation.direction;

/** The cursor of a place in an order: good in that order, in that direction, and in no other. */
export function orderedCursorOf(order: Order, { value, id }: Place): string {
  if (isOfCreation(order)) return cursorOf(id);
  const { field, direction } = order;
  return Buffer.from(JSON.stringify([field, direction, value, id]), 'utf8').toString('base64url');
}

function placeFromCursor(order: Order, cursor: string): { readonly value: string | null; readonly id: string } | null {
  if (isOfCreation(order)) {
    const id = idFromCursor(cursor);
    return id === null ? null : { value: null, id };
  }
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [, , value, id] = parts as unknown[];
  if (typeof id !== 'string' || idKind(id) === null || !(value === null || typeof value === 'string')) return null;
  // What we did not write exactly so ourselves, in this order, is no cursor here.
  return orderedCursorOf(order, { value, id }) === cursor ? { value, id } : null;
}

const notACursor = (): Error => badInput('after', 'after is no cursor of this list: copy an endCursor or a cursor from an earlier answer.');

/** How many rows a page holds: `first`, from 1 to 100; 20 if left out. */
export function pageSize(first: number | null | undefined): number {
  const limit = first ?? DEFAULT_SIZE;
  if (limit < 1 || limit > LARGEST_SIZE) throw badInput('first', `first must be from 1 to ${LARGEST_SIZE}.`);
  return limit;
}

/**
 * Checks the arguments of an ordered list. `valueOf` reads the value of a place from the text in a cursor, and says
 * `undefined` to what no row can have.
 */
export function orderedPageRequest<F extends string>(
  args: PageArguments,
  order: Order<F>,
  valueOf: (text: string | null) => Place['value'] | undefined,
): OrderedPageRequest<F> {
  const limit = pageSize(args.first);
  if (args.after === null || args.after === undefined) return { limit, order, after: null };
  const place = placeFromCursor(order, args.after);
  const value = place ? valueOf(place.value) : undefined;
  if (!place || value === undefined) throw notACursor();
  return { limit, order, after: { value, id: place.id } };
}

/** Checks the arguments of a list: `first` from 1 to 100, 20 if left out; `after` a cursor of ours. */
export function pageRequest({ first, after }: PageArguments): PageRequest {
  const limit = pageSize(first);
  if (after === null || after === undefined) return { limit, after: null };
  const id = idFromCursor(after);
  if (id === null) throw badInput('after', 'after is no cursor: copy an endCursor or a cursor from an earlier answer.');
  return { limit, after: id };
}

/** The same page with its items in other words. */
export const mapPage = <T, U>(page: Page<T>, to: (item: T) => U): Page<U> => ({ ...page, items: page.items.map(to) });

/** A page with nothing on it. */
export const emptyPage: Page<never> = { items: [], hasNextPage: false, hasPreviousPage: false, count: () => Promise.resolve(0) };
