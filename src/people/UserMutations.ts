import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { namespacesById } from '../namespaces/index.js';
import { addUserToGroup } from './addUserToGroup.js';
import { createUser, createUserInput } from './createUser.js';
import { membershipInput } from './membership.js';
import { removeUser, removeUserInput } from './removeUser.js';
import { removeUserFromGroup } from './removeUserFromGroup.js';
import { resetUserPassword, resetUserPasswordInput } from './resetUserPassword.js';
import { setUserActive, setUserActiveInput } from './setUserActive.js';
import { updateUser, updateUserInput } from './updateUser.js';
import * as inputs from './UserInputs.js';

@Resolver()
export class UserMutations {
  @Mutation(() => inputs.CreateUserPayload, {
    description: 'Without a password a human gets a temporary one, told once, to be changed at first sign-in.',
  })
  async createUser(
    @Arg('input', () => inputs.CreateUserInput, { description: 'The new user.' }) input: unknown,
    @Ctx() { act, passwords, revealed }: GraphContext,
  ) {
    const created = await createUser(act, parseInput(createUserInput, input), passwords);
    revealed.add(created.user.id);
    return created;
  }

  @Mutation(() => inputs.UpdateUserPayload, { description: 'Renames a user, or gives them another address.' })
  async updateUser(
    @Arg('input', () => inputs.UpdateUserInput, { description: 'What changes.' }) input: unknown,
    @Ctx() { act, revealed }: GraphContext,
  ) {
    const user = await updateUser(act, parseInput(updateUserInput, input));
    revealed.add(user.id);
    return { user };
  }

  @Mutation(() => inputs.SetUserActivePayload, {
    description: 'Deactivates a user or brings them back. What was revoked meanwhile stays revoked.',
  })
  async setUserActive(
    @Arg('input', () => inputs.SetUserActiveInput, { description: 'Who, and whether they may act.' }) input: unknown,
    @Ctx() { act, revealed }: GraphContext,
  ) {
    const user = await setUserActive(act, parseInput(setUserActiveInput, input));
    revealed.add(user.id);
    return { user };
  }

  @Mutation(() => inputs.ResetUserPasswordPayload, { description: "By an admin; ends the user's sessions." })
  async resetUserPassword(
    @Arg('input', () => inputs.ResetUserPasswordInput, { description: 'Whose password.' }) input: unknown,
    @Ctx() { act, passwords, revealed }: GraphContext,
  ) {
    const reset = await resetUserPassword(act, parseInput(resetUserPasswordInput, input), passwords);
    revealed.add(reset.user.id);
    return reset;
  }

  @Mutation(() => inputs.RemoveUserPayload, {
    description:
      "Ends the user's grants, memberships and sessions and permanently revokes their keys; keys that they issued for others deny.",
  })
  async removeUser(
    @Arg('input', () => inputs.RemoveUserInput, { description: 'Who is removed.' }) input: unknown,
    @Ctx() { act, loaders }: GraphContext,
  ) {
    const { id, organizationId } = await removeUser(act, parseInput(removeUserInput, input));
    return { removedUserId: id, organization: await loaders.load(namespacesById, organizationId) };
  }

  @Mutation(() => inputs.AddUserToGroupPayload, {
    description: 'Makes a user a member of a group: they hold at once all that it is granted.',
  })
  async addUserToGroup(
    @Arg('input', () => inputs.AddUserToGroupInput, { description: 'Who joins which group.' }) input: unknown,
    @Ctx() { act, loaders }: GraphContext,
  ) {
    return { userGroup: await loaders.load(namespacesById, await addUserToGroup(act, parseInput(membershipInput, input))) };
  }

  @Mutation(() => inputs.RemoveUserFromGroupPayload, { description: 'Takes a member out of a group.' })
  async removeUserFromGroup(
    @Arg('input', () => inputs.RemoveUserFromGroupInput, { description: 'Who leaves which group.' }) input: unknown,
    @Ctx() { act, loaders }: GraphContext,
  ) {
    return { userGroup: await loaders.load(namespacesById, await removeUserFromGroup(act, parseInput(membershipInput, input))) };
  }
}
