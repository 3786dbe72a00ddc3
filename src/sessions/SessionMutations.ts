import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { usersById } from '../people/index.js';
import { changePasswordInput } from './changePassword.js';
import { refreshSessionInput } from './refreshSession.js';
import * as inputs from './SessionInputs.js';
import type { SignedIn } from './Sessions.js';
import * as types from './SessionTypes.js';
import { signInInput } from './signIn.js';

/** A payload with its user, who is from now on the caller: they are shown themselves as any signed-in person is. */
async function payload(context: GraphContext, { userId, ...tokens }: SignedIn) {
  const principal = await context.sessions.authenticate(tokens.accessToken);
  if (principal) context.signedInAs(principal);
  context.revealed.add(userId);
  return {
    ...tokens,
    // Loaded when it is asked for: a promise that nobody waits for would bring the process down if it failed.
    get user() {
      return context.loaders.load(usersById, userId);
    },
  };
}

@Resolver()
export class SessionMutations {
  @Mutation(() => types.SignInPayload, { description: '`organizationId` is needed where the address exists in several organizations.' })
  async signIn(@Arg('input', () => inputs.SignInInput, { description: 'Who signs in.' }) input: unknown, @Ctx() context: GraphContext) {
    const { sessions, requestId } = context;
    return payload(context, await sessions.signIn(parseInput(signInInput, input), requestId));
  }

  @Mutation(() => types.RefreshSessionPayload, { description: 'A refresh token works once; using a spent one ends the session.' })
  async refreshSession(
    @Arg('input', () => inputs.RefreshSessionInput, { description: 'The session that goes on.' }) input: unknown,
    @Ctx() context: GraphContext,
  ) {
    const { sessions, requestId } = context;
    return payload(context, await sessions.refresh(parseInput(refreshSessionInput, input), requestId));
  }

  @Mutation(() => types.SignOutPayload, { description: "Ends the caller's session: its tokens are refused from now on." })
  async signOut(@Ctx() { act, sessions }: GraphContext) {
    await sessions.signOut(act);
    return { signedOut: true };
  }

  @Mutation(() => types.ChangePasswordPayload, { description: 'Ends all other sessions of the caller.' })
  async changePassword(
    @Arg('input', () => inputs.ChangePasswordInput, { description: 'The old password and the new one.' }) input: unknown,
    @Ctx() context: GraphContext,
  ) {
    const { act, sessions } = context;
    return payload(context, await sessions.changePassword(act, parseInput(changePasswordInput, input)));
  }
}
