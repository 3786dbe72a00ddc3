import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { createApplication, createApplicationInput } from './createApplication.js';
import { createOrganization, createOrganizationInput } from './createOrganization.js';
import { createUserGroup, createUserGroupInput } from './createUserGroup.js';
import { createWorkspace, createWorkspaceInput } from './createWorkspace.js';
import { deleteNamespace, deleteNamespaceInput } from './deleteNamespace.js';
import { type Namespace, redescribed } from './Namespace.js';
import * as inputs from './NamespaceInputs.js';
import { updateNamespace } from './updateNamespace.js';
import { updateOrganization, updateOrganizationInput } from './updateOrganization.js';

const kept = 'Here and in every update: left out is kept, null is cleared, null where it cannot be empty is BAD_USER_INPUT.';

/** A payload shows what the act made even where a later read would not. */
function revealing({ revealed }: GraphContext, namespace: Namespace): Namespace {
  revealed.add(namespace.id);
  return namespace;
}

@Resolver()
export class NamespaceMutations {
  @Mutation(() => inputs.CreateOrganizationPayload, {
    description: 'A new tenant with its first OWNER; for those who hold `organization:create`, the owners of the first organization.',
  })
  async createOrganization(@Arg('input', () => inputs.CreateOrganizationInput) input: unknown, @Ctx() context: GraphContext) {
    const { act, passwords, revealed } = context;
    const founded = await createOrganization(act, passwords, parseInput(createOrganizationInput, input));
    revealed.add(founded.organization.id).add(founded.owner.id);
    return founded;
  }

  @Mutation(() => inputs.DeleteNamespacePayload, {
    description: 'CONFLICT while it still holds other namespaces; deletes its keys and grants.',
  })
  async deleteNamespace(@Arg('input', () => inputs.DeleteNamespaceInput) input: unknown, @Ctx() { act }: GraphContext) {
    return { deletedNamespaceId: await deleteNamespace(act, parseInput(deleteNamespaceInput, input)) };
  }

  @Mutation(() => inputs.CreateApplicationPayload, { description: 'Creates an application; its creator holds ADMIN there.' })
  async createApplication(@Arg('input', () => inputs.CreateApplicationInput) input: unknown, @Ctx() context: GraphContext) {
    return { application: revealing(context, await createApplication(context.act, parseInput(createApplicationInput, input))) };
  }

  @Mutation(() => inputs.CreateWorkspacePayload, { description: 'Creates a workspace; its creator holds ADMIN there.' })
  async createWorkspace(@Arg('input', () => inputs.CreateWorkspaceInput) input: unknown, @Ctx() context: GraphContext) {
    return { workspace: revealing(context, await createWorkspace(context.act, parseInput(createWorkspaceInput, input))) };
  }

  @Mutation(() => inputs.CreateUserGroupPayload, { description: 'Creates a user group in exactly one of the two parents.' })
  async createUserGroup(@Arg('input', () => inputs.CreateUserGroupInput) input: unknown, @Ctx() context: GraphContext) {
    return { userGroup: revealing(context, await createUserGroup(context.act, parseInput(createUserGroupInput, input))) };
  }

  @Mutation(() => inputs.UpdateOrganizationPayload, { description: kept })
  async updateOrganization(@Arg('input', () => inputs.UpdateOrganizationInput) input: unknown, @Ctx() context: GraphContext) {
    return {
      organization: revealing(context, await updateOrganization(context.act, parseInput(updateOrganizationInput, input))),
    };
  }

  @Mutation(() => inputs.UpdateApplicationPayload, { description: 'Renames or redescribes an application.' })
  async updateApplication(@Arg('input', () => inputs.UpdateApplicationInput) input: unknown, @Ctx() context: GraphContext) {
    return {
      application: revealing(context, await updateNamespace(context.act, 'APPLICATION', parseInput(redescribed('APPLICATION'), input))),
    };
  }

  @Mutation(() => inputs.UpdateWorkspacePayload, { description: 'Renames or redescribes a workspace.' })
  async updateWorkspace(@Arg('input', () => inputs.UpdateWorkspaceInput) input: unknown, @Ctx() context: GraphContext) {
    return { workspace: revealing(context, await updateNamespace(context.act, 'WORKSPACE', parseInput(redescribed('WORKSPACE'), input))) };
  }

  @Mutation(() => inputs.UpdateUserGroupPayload, { description: 'Renames or redescribes a user group.' })
  async updateUserGroup(@Arg('input', () => inputs.UpdateUserGroupInput) input: unknown, @Ctx() context: GraphContext) {
    return {
      userGroup: revealing(context, await updateNamespace(context.act, 'USER_GROUP', parseInput(redescribed('USER_GROUP'), input))),
    };
  }
}
