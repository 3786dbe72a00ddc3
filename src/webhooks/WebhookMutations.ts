import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { createWebhook, createWebhookInput } from './createWebhook.js';
import { deleteWebhook, deleteWebhookInput } from './deleteWebhook.js';
import { updateWebhook, updateWebhookInput } from './updateWebhook.js';
import * as inputs from './WebhookInputs.js';

@Resolver()
export class WebhookMutations {
  @Mutation(() => inputs.CreateWebhookPayload, {
    description: 'Registers a URL that is told of events from now on. CONFLICT while the organization has no shared secret.',
  })
  async createWebhook(
    @Arg('input', () => inputs.CreateWebhookInput, { description: 'The new webhook.' }) input: unknown,
    @Ctx() { act, webhookTargets }: GraphContext,
  ) {
    return { webhook: await createWebhook(act, parseInput(createWebhookInput(webhookTargets), input)) };
  }

  @Mutation(() => inputs.UpdateWebhookPayload, { description: 'Changes where it leads or what it is told of, or switches it off and on.' })
  async updateWebhook(
    @Arg('input', () => inputs.UpdateWebhookInput, { description: 'What changes.' }) input: unknown,
    @Ctx() { act, webhookTargets }: GraphContext,
  ) {
    return { webhook: await updateWebhook(act, parseInput(updateWebhookInput(webhookTargets), input)) };
  }

  @Mutation(() => inputs.DeleteWebhookPayload, { description: 'Takes a webhook away; what waits is not sent any more.' })
  async deleteWebhook(
    @Arg('input', () => inputs.DeleteWebhookInput, { description: 'Which webhook.' }) input: unknown,
    @Ctx() { act }: GraphContext,
  ) {
    return { deletedWebhookId: await deleteWebhook(act, parseInput(deleteWebhookInput, input)) };
  }
}
