import * as fc from 'fast-check';
import { type Calculus, must } from './calculus.js';
import { verdictOf, withKey } from './lawProperties.js';
import { inquired, type Property } from './questions.js';
import { row } from './referenceModel.js';

/** The laws about what narrows a key beside its permissions, for whichever implementation they are given. */

/** Law 5: a key that is restricted to nothing, or to no network, is never valid; nor is a restricted one that is asked about nothing (R79). */
export const emptyRestrictionsAllowNothing = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const { resource, address, ...bare } of inquiries) {
      const whole = { ...bare, ...(resource && { resource }), ...(address && { address }) };
      for (const narrowed of [{ things: [] }, { networks: [] }]) {
        must(verdictOf(calculus, withKey(world, bare.key, narrowed), whole) !== null, 'an empty restriction allowed something');
      }
      const { things, networks } = row(world.keys, bare.key);
      must(!(things || networks) || verdictOf(calculus, world, bare) !== null, 'a restricted key was valid for nothing in particular');
    }
  });

/** A restriction never allows what is refused without it. */
export const narrowingNeverWidens = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const inquiry of inquiries.filter((each) => verdictOf(calculus, world, each) === null)) {
      const free = withKey(world, inquiry.key, { things: null, networks: null });
      must(verdictOf(calculus, free, inquiry) === null, 'a restriction opened a gate');
    }
  });
