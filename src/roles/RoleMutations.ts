import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { createRole, createRoleInput } from './createRole.js';
import { definePermission, definePermissionInput } from './definePermission.js';
import { deleteRole, deleteRoleInput } from './deleteRole.js';
import { grantRole, grantRoleInput } from './grantRole.js';
import { GrantRoleInput, GrantRolePayload, RevokeGrantInput, RevokeGrantPayload } from './GrantInputs.js';
import { removePermission, removePermissionInput } from './removePermission.js';
import { revokeGrant, revokeGrantInput } from './revokeGrant.js';
import * as inputs from './RoleInputs.js';
import { updateRole, updateRoleInput } from './updateRole.js';

@Resolver()
export class RoleMutations {
  @Mutation(() => inputs.DefinePermissionPayload, {
    description: "Registers a permission of the tenant's own services. Names under a built-in resource are refused.",
  })
  async definePermission(
    @Arg('input', () => inputs.DefinePermissionInput, { description: 'The new permission.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ) {
    return { permission: await definePermission(act, parseInput(definePermissionInput, input)) };
  }

  @Mutation(() => inputs.RemovePermissionPayload, { description: 'CONFLICT while a role or a key holds it.' })
  async removePermission(
    @Arg('input', () => inputs.RemovePermissionInput, { description: 'Which permission.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ) {
    return { removedName: await removePermission(act, parseInput(removePermissionInput, input)) };
  }

  @Mutation(() => inputs.CreateRolePayload, { description: "Creates a role of the organization's own." })
  async createRole(
    @Arg('input', () => inputs.CreateRoleInput, { description: 'The new role.' }) input: unknown,
    @Ctx() { act, revealed }: GraphContext,
  ) {
    const role = await createRole(act, parseInput(createRoleInput, input));
    revealed.add(role.id);
    return { role };
  }

  @Mutation(() => inputs.UpdateRolePayload, {
    description: 'Changes a custom role. Whoever is granted it gets what is added at once; keys stay as they are.',
  })
  async updateRole(
    @Arg('input', () => inputs.UpdateRoleInput, { description: 'What changes.' }) input: unknown,
    @Ctx() { act, revealed }: GraphContext,
  ) {
    const role = await updateRole(act, parseInput(updateRoleInput, input));
    revealed.add(role.id);
    return { role };
  }

  @Mutation(() => inputs.DeleteRolePayload, { description: 'CONFLICT while a grant uses it; keys issued at it keep their permissions.' })
  async deleteRole(
    @Arg('input', () => inputs.DeleteRoleInput, { description: 'Which role.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ) {
    return { deletedRoleId: await deleteRole(act, parseInput(deleteRoleInput, input)) };
  }

  @Mutation(() => GrantRolePayload, { description: 'Exactly one of `userId` and `userGroupId`.' })
  async grantRole(
    @Arg('input', () => GrantRoleInput, { description: 'Which role, where, for whom.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ) {
    return { grant: await grantRole(act, parseInput(grantRoleInput, input)) };
  }

  @Mutation(() => RevokeGrantPayload, { description: 'Ends a grant. The last active OWNER of an organization stays: CONFLICT.' })
  async revokeGrant(@Arg('input', () => RevokeGrantInput, { description: 'Which grant.' }) input: unknown, @Ctx() { act }: GraphContext) {
    return { revokedGrantId: await revokeGrant(act, parseInput(revokeGrantInput, input)) };
  }
}
