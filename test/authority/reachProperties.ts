import * as fc from 'fast-check';
import { type Calculus, must, mustEqual } from './calculus.js';
import { universe } from './designTables.js';
import { namespaceFacts } from './facts.js';
import type { Property } from './questions.js';
import { reaches } from './referenceModel.js';
import { worlds } from './world.js';

/** The law about what a home lets through, for whichever implementation it is given. */

/** reach is what the reference model says, for every pair of namespaces; reachable names no less and, while nothing is deleted, no more. */
export const reachIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    const all = world.namespaces.map(({ id }) => id);
    for (const [home, target] of all.flatMap((one) => all.map((other) => [one, other] as const))) {
      const [from, to] = [namespaceFacts(world, home), namespaceFacts(world, target)];
      const through = calculus.reach(from, to);
      const expected = universe.filter((name) => reaches(world, home, target, name));
      mustEqual(through === 'everything' ? universe : through, expected, `reach from ${home} to ${target}`);

      const { ids: named, childrenOf } = calculus.reachable(from);
      const among = named.includes(target) || (childrenOf !== null && to.applicationId === childrenOf);
      must(from.deleted || to.deleted || among === expected.length > 0, `${target} reachable from ${home}: ${among}`);
      must(new Set(named).size === named.length && named.every((id) => all.includes(id)), `named from ${home}: ${named.join()}`);
      must(childrenOf === (from.kind === 'APPLICATION' ? home : null), `the children of ${String(childrenOf)} from ${home}`);
    }
  });
