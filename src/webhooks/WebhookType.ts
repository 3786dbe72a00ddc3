import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { WebhookEvent } from './WebhookEvent.js';

export const WebhookEventEnum = {
  API_KEY_CREATED: 'API_KEY_CREATED',
  API_KEY_UPDATED: 'API_KEY_UPDATED',
  API_KEY_REVOKED: 'API_KEY_REVOKED',
  API_KEY_REGENERATED: 'API_KEY_REGENERATED',
  API_KEY_DELETED: 'API_KEY_DELETED',
  API_KEY_EXPIRING: 'API_KEY_EXPIRING',
} as const;
registerEnumType(WebhookEventEnum, {
  name: 'WebhookEvent',
  description: 'What a webhook is told of; a message names it as `type`.',
  valuesConfig: {
    API_KEY_CREATED: { description: '`apiKey.created`: a key was created or imported.' },
    API_KEY_UPDATED: { description: '`apiKey.updated`: a key was edited, or reactivated.' },
    API_KEY_REVOKED: { description: '`apiKey.revoked`: a key was revoked, also because its user was removed.' },
    API_KEY_REGENERATED: { description: '`apiKey.regenerated`: a key has a new secret.' },
    API_KEY_DELETED: { description: '`apiKey.deleted`: a key was deleted, also because its namespace was.' },
    API_KEY_EXPIRING: { description: '`apiKey.expiring`: a working key expires within seven days; told once.' },
  },
});

@ObjectType('Webhook', {
  implements: NodeType,
  description: "Signed with the organization's shared secret as Standard Webhooks prescribe.",
})
export class WebhookType extends NodeType {
  @Field(() => String, { description: 'Where messages are sent.' })
  url: string;

  @Field(() => [WebhookEventEnum], { description: 'What it is told of.' })
  events: WebhookEvent[];

  @Field(() => Boolean, { description: 'False: nothing is sent. A receiver that answers 410 switches it off.' })
  active: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the receiver last took a message; null: never at this URL.' })
  lastDeliveryAt: Date | null;

  @Field(() => String, { nullable: true, description: 'When and why a try last failed at this URL; null: none has.' })
  lastFailure: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;
}
