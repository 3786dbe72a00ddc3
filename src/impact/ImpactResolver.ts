import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { type AccessImpact, accessImpact } from './accessImpact.js';
import { accessImpactInput } from './acts.js';
import { AccessImpactInput, AccessImpactType } from './ImpactType.js';

@Resolver()
export class ImpactQueries {
  @Query(() => AccessImpactType, { description: 'Which keys an act would weaken, before it is done.' })
  accessImpact(
    @Arg('input', () => AccessImpactInput, { description: 'Exactly one act.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ): Promise<AccessImpact> {
    return accessImpact(act, parseInput(accessImpactInput, input));
  }
}
