import * as authority from '../../src/authority/index.js';

type Judging =
  | 'held'
  | 'reach'
  | 'reachable'
  | 'effective'
  | 'usable'
  | 'hasRight'
  | 'seesNamespace'
  | 'seesUser'
  | 'seesGrant'
  | 'seesRoles'
  | 'seesKey'
  | 'isWithin';
type Asking = 'holdsIn' | 'holdsAnythingIn' | 'mayUseIn' | 'usesIn';
type Living = 'keyStatus' | 'explain' | 'effectiveThere' | 'missingThere';

/** What the laws are about: an implementation of the calculus, the real one or a deliberately wrong one. */
export interface Calculus extends Pick<typeof authority, Judging | Asking | Living> {
  readonly firstShut: (key: authority.KeyFacts, question: authority.KeyQuestion) => authority.GateCode | null;
  readonly decide: (attempt: authority.Attempt<authority.Action>) => authority.Decision<authority.Action>;
}

/** The implementation in src. */
export const real: Calculus = authority;

const told = (things: readonly unknown[]): string => things.map(String).join();

/** Says what was expected and what came, as far as they differ. */
export function mustEqual(actual: Iterable<unknown>, expected: Iterable<unknown>, about: string): void {
  const [left, right] = [new Set(actual), new Set(expected)];
  const extra = [...left].filter((each) => !right.has(each));
  const lacking = [...right].filter((each) => !left.has(each));
  if (extra.length > 0 || lacking.length > 0) throw new Error(`${about}: too much [${told(extra)}], too little [${told(lacking)}]`);
}

/** Says which of these should not have been there. */
export function mustBeIn(actual: Iterable<unknown>, allowed: Iterable<unknown>, about: string): void {
  const all = new Set(allowed);
  const extra = [...actual].filter((each) => !all.has(each));
  if (extra.length > 0) throw new Error(`${about}: too much [${told(extra)}]`);
}

/** Says that something which must hold does not. */
export function must(condition: boolean, about: string): void {
  if (!condition) throw new Error(about);
}
