import { z } from 'zod';
import { messageTypes, type WebhookEvent } from './WebhookEvent.js';

/** A webhook as this room and its readers know it. */
export interface Webhook {
  readonly id: string;
  readonly organizationId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly active: boolean;
  readonly createdAt: Date;
  /** When a message was last taken by the receiver. */
  readonly lastDeliveryAt: Date | null;
  /** When and why a try last failed. */
  readonly lastFailure: string | null;
}

/** How many webhooks an organization may have. */
export const MOST_WEBHOOKS = 20;

const known = Object.keys(messageTypes) as WebhookEvent[];

/** What a webhook is told of: at least one event, each once, in the order of the catalogue. */
export const eventList = z
  .array(z.enum(known, 'holds an event that does not exist'), 'must be a list of events')
  .min(1, 'is empty: name at least one event')
  .transform((given) => known.filter((event) => given.includes(event)));

/**
 * What the audit trail tells of a webhook. Of its URL only the host: many receivers carry a secret in the path, and the
 * trail is read by more people than webhooks are.
 */
export const told = ({ url, events, active }: Pick<Webhook, 'url' | 'events' | 'active'>) => ({ host: new URL(url).host, events, active });
