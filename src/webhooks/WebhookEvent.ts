/** What a webhook may be told of, and the `type` that its messages then bear. */
export const messageTypes = {
  API_KEY_CREATED: 'apiKey.created',
  API_KEY_UPDATED: 'apiKey.updated',
  API_KEY_REVOKED: 'apiKey.revoked',
  API_KEY_REGENERATED: 'apiKey.regenerated',
  API_KEY_DELETED: 'apiKey.deleted',
  API_KEY_EXPIRING: 'apiKey.expiring',
} as const;

export type WebhookEvent = keyof typeof messageTypes;
