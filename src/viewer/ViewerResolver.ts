import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Principal } from '../access/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { NodeType } from '../graphql/NodeType.js';
import { apiKeysById } from '../keys/index.js';
import { ApiKeyType } from '../keys/ApiKeyType.js';
import { usersById } from '../people/index.js';
import { UserType } from '../people/UserType.js';
import { findNode } from './findNode.js';
import { ViewerType } from './ViewerType.js';

/** What a viewer is resolved from. */
type Viewing = { readonly principal: Principal; readonly environment: string | null };

@Resolver()
export class ViewerQueries {
  @Query(() => ViewerType, { description: 'Who is asking.' })
  viewer(@Ctx() { act: { principal } }: GraphContext): Viewing {
    return { principal, environment: principal.kind === 'KEY' ? principal.environment : null };
  }

  @Query(() => NodeType, { nullable: true, description: 'Anything with an id that the caller sees; else null.' })
  node(@Arg('id', () => ID, { description: 'An id from an earlier answer.' }) id: string, @Ctx() { act }: GraphContext) {
    return findNode(act, id);
  }
}

@Resolver(() => ViewerType)
export class ViewerFields {
  @FieldResolver(() => UserType, { description: 'The signed-in user, or the user that the API key acts for.' })
  async user(@Root() { principal }: Viewing, @Ctx() { act, loaders }: GraphContext) {
    if (principal.kind === 'USER') return loaders.load(usersById, principal.userId);
    const caller = await act.caller();
    return caller.kind === 'KEY' ? loaders.load(usersById, caller.key.people[0].id) : null;
  }

  @FieldResolver(() => ApiKeyType, { nullable: true, description: 'Null for a signed-in user.' })
  apiKey(@Root() { principal }: Viewing, @Ctx() { loaders }: GraphContext) {
    return principal.kind === 'KEY' ? loaders.load(apiKeysById, principal.keyId) : null;
  }
}
