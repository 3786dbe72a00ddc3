import type { Rows } from './Database.js';

/** What a store needs to know of a permit. */
interface PermitLike<A extends string> {
  readonly action: A;
  readonly target: string;
  readonly transaction: object;
}

/**
 * Checks, before a change, that its permit was decided on the rows of this very transaction and is for this thing.
 * A mismatch is a fault of ours, never the caller's: it stops the change.
 */
export function permitted(permit: PermitLike<string>, rows: Rows, target: string): void {
  if (permit.transaction !== rows) throw new Error(`a permit for ${permit.action} was used outside its transaction`);
  if (permit.target !== target) throw new Error(`a permit for ${permit.action} was used on another target`);
}
