import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { WebhookEventEnum, WebhookType } from './WebhookType.js';

const url =
  'An https URL of at most 2,000 characters, without user name, password or fragment, of a host of the public internet; other targets are for the operator to allow.';

@InputType({ description: 'A new webhook; `organization:manage` is needed in the organization, and a shared secret must be there.' })
export class CreateWebhookInput {
  @Field(() => ID, { description: 'The organization whose events are told.' })
  organizationId: string;

  @Field(() => String, { description: url })
  url: string;

  @Field(() => [WebhookEventEnum], { description: 'What it is told of; at least one event.' })
  events: string[];
}

@InputType({ description: 'What changes of a webhook; `organization:manage` is needed.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: 'The webhook.' })
  id: string;

  @Field(() => String, { nullable: true, description: `Left out: kept. ${url}` })
  url?: string | null;

  @Field(() => [WebhookEventEnum], { nullable: true, description: 'The whole new list, at least one. Left out: kept.' })
  events?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Left out: kept. False: what waits is dropped. True: it is told of what happens from then on.',
  })
  active?: boolean | null;
}

@InputType({ description: 'A webhook that goes; `organization:manage` is needed.' })
export class DeleteWebhookInput {
  @Field(() => ID, { description: 'The webhook.' })
  id: string;
}

@ObjectType({ description: 'The webhook that was created.' })
export class CreateWebhookPayload {
  @Field(() => WebhookType, { description: 'The new webhook.' })
  webhook: unknown;
}

@ObjectType({ description: 'The webhook as it is now.' })
export class UpdateWebhookPayload {
  @Field(() => WebhookType, { description: 'The webhook.' })
  webhook: unknown;
}

@ObjectType({ description: 'The webhook is gone.' })
export class DeleteWebhookPayload {
  @Field(() => ID, { description: 'The id it had.' })
  deletedWebhookId: string;
}
