import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphContext } from '../graphql/GraphContext.js';
import { OrganizationType } from '../namespaces/NamespaceType.js';
import { mayViewWebhooks, webhooksOfOrganizations } from './viewWebhook.js';
import type { Webhook } from './Webhook.js';
import { WebhookType } from './WebhookType.js';

@Resolver(() => OrganizationType)
export class OrganizationWebhookFields {
  @FieldResolver(() => [WebhookType], { description: 'For who may use `organization:manage` there; else empty.' })
  async webhooks(@Root() { id }: { readonly id: string }, @Ctx() { act, loaders }: GraphContext): Promise<Webhook[]> {
    return (await mayViewWebhooks(act, id)) ? loaders.load(webhooksOfOrganizations, id) : [];
  }
}
