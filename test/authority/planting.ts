import * as fc from 'fast-check';
import type { Action, Attempt, KeyFacts, KeyQuestion, NamespaceFacts, Person } from '../../src/authority/index.js';
import { type Calculus, real } from './calculus.js';
import type { Property } from './questions.js';

/** How a bug is planted, and how the laws are shown to find it. Most bugs tell the real calculus something untrue. */

type Law = (calculus: Calculus) => Property;

/** A fixed seed: what is found is found every time. */
const settings = { seed: 20_240_613, numRuns: 1000, endOnFailure: true } as const;

/** The bug is in the parts given; each of these laws finds it, and holds for the real calculus on the same inputs. */
export const planted = (bug: string, parts: Partial<Calculus>, ...catching: readonly Law[]): void =>
  test(`is caught: ${bug}`, () => {
    for (const law of catching) {
      const { failed, numRuns } = fc.check(law({ ...real, ...parts }), settings);
      expect(failed).toBe(true);
      expect(fc.check(law(real), { ...settings, numRuns }).failed).toBe(false);
    }
  });

/** Something else in place of what was told. */
export type Tamper<T> = (told: T, there: NamespaceFacts) => T;

export const heldOf = (tamper: Tamper<Person>): Pick<Calculus, 'held'> => ({
  held: (person, there) => real.held(tamper(person, there), there),
});

export const effectiveOf = (tamper: Tamper<KeyFacts>): Pick<Calculus, 'effective' | 'firstShut'> => ({
  effective: (key, there) => real.effective(tamper(key, there), there),
  firstShut: (key, question) => real.firstShut(tamper(key, question.namespace ?? key.home), question),
});

export const shutOf = (
  tamper: (key: KeyFacts, question: KeyQuestion) => readonly [KeyFacts, KeyQuestion],
): Pick<Calculus, 'firstShut'> => ({
  firstShut: (key, question) => real.firstShut(...tamper(key, question)),
});

export const decideOf = (tamper: (attempt: Attempt<Action>) => Attempt<Action>): Pick<Calculus, 'decide'> => ({
  decide: (attempt) => real.decide(tamper(attempt)),
});

/** Both of the people behind a key, changed alike. */
export const both = (key: KeyFacts, change: (person: Person) => Person): KeyFacts => ({
  ...key,
  people: [change(key.people[0]), change(key.people[1])],
});

/** A person as if nobody had deactivated or removed them. */
export const awake = (person: Person): Person => ({ ...person, state: 'ACTIVE' });
