import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { createApplication, createApplicationInput } from './createApplication.js';
import { createUserGroup, createUserGroupInput } from './createUserGroup.js';
import { createWorkspace, createWorkspaceInput } from './createWorkspace.js';
import { redescribed } from './Namespace.js';
import * as inputs from './NamespaceInputs.js';
import { updateNamespace } from './updateNamespace.js';

const kept = 'Here and in every update: left out is kept, null is cleared, null where it cannot be empty is BAD_USER_INPUT.';

@Resolver()
export class NamespaceMutations {
  @Mutation(() => inputs.CreateApplicationPayload, { description: 'Creates an application; its creator holds ADMIN there.' })
  async createApplication(@Arg('input', () => inputs.CreateApplicationInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { application: await createApplication(act, parseInput(createApplicationInput, input)) };
  }

  @Mutation(() => inputs.CreateWorkspacePayload, { description: 'Creates a workspace; its creator holds ADMIN there.' })
  async createWorkspace(@Arg('input', () => inputs.CreateWorkspaceInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { workspace: await createWorkspace(act, parseInput(createWorkspaceInput, input)) };
  }

  @Mutation(() => inputs.CreateUserGroupPayload, { description: 'Creates a user group in exactly one of the two parents.' })
  async createUserGroup(@Arg('input', () => inputs.CreateUserGroupInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { userGroup: await createUserGroup(act, parseInput(createUserGroupInput, input)) };
  }

  @Mutation(() => inputs.UpdateOrganizationPayload, { description: kept })
  async updateOrganization(@Arg('input', () => inputs.UpdateOrganizationInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { organization: await updateNamespace(act, 'ORGANIZATION', parseInput(redescribed('ORGANIZATION'), input)) };
  }

  @Mutation(() => inputs.UpdateApplicationPayload, { description: 'Renames or redescribes an application.' })
  async updateApplication(@Arg('input', () => inputs.UpdateApplicationInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { application: await updateNamespace(act, 'APPLICATION', parseInput(redescribed('APPLICATION'), input)) };
  }

  @Mutation(() => inputs.UpdateWorkspacePayload, { description: 'Renames or redescribes a workspace.' })
  async updateWorkspace(@Arg('input', () => inputs.UpdateWorkspaceInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { workspace: await updateNamespace(act, 'WORKSPACE', parseInput(redescribed('WORKSPACE'), input)) };
  }

  @Mutation(() => inputs.UpdateUserGroupPayload, { description: 'Renames or redescribes a user group.' })
  async updateUserGroup(@Arg('input', () => inputs.UpdateUserGroupInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { userGroup: await updateNamespace(act, 'USER_GROUP', parseInput(redescribed('USER_GROUP'), input)) };
  }
}
