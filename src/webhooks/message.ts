import { createHmac } from 'node:crypto';
import { type KeyLife, keyStatus } from '../authority/index.js';
import type { ApiKey } from '../keys/index.js';
import { messageTypes, type WebhookEvent } from './WebhookEvent.js';

/** What of a key a message tells. Never its secret, a digest, or its metadata. */
export type ToldKey = Pick<
  ApiKey,
  | 'id'
  | 'name'
  | 'namespaceId'
  | 'organizationId'
  | 'environment'
  | 'userId'
  | 'createdAt'
  | 'updatedAt'
  | 'expiresAt'
  | 'revokedAt'
  | 'revokedPermanently'
  | 'deletedAt'
> & { readonly parent: KeyLife | null };

/** The life of a key, as its status is told from. */
export const lifeOf = ({ revokedAt, deletedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'deletedAt' | 'expiresAt'>): KeyLife => ({
  stopped: revokedAt !== null || deletedAt !== null,
  expiresAt: expiresAt?.getTime() ?? null,
});

/** The body of a message, as Standard Webhooks shape it: the key as it is when the message is written. */
export function bodyOf(event: WebhookEvent, key: ToldKey, at: Date, now: Date): string {
  const { id, name, namespaceId, organizationId, environment, userId, createdAt, updatedAt, expiresAt, revokedAt } = key;
  const status = keyStatus({ ...lifeOf(key), parent: key.parent }, now.getTime());
  const { revokedPermanently, deletedAt } = key;
  const lived = { status, createdAt, updatedAt, expiresAt, revokedAt, revokedPermanently, deletedAt };
  const data = { id, name, namespaceId, organizationId, environment, userId, ...lived };
  return JSON.stringify({ type: messageTypes[event], timestamp: at, data });
}

const bare = (id: string): string => id.slice(id.indexOf('_') + 1);

/** Names a message by what it tells: an audit event and one of the keys that it touched, or the end of a key. */
export const messageId = (auditEventId: string | null, apiKeyId: string): string =>
  `msg_${auditEventId === null ? 'expiring' : bare(auditEventId)}_${bare(apiKeyId)}`;

/** The `webhook-signature` of a message: one signature of each secret, the newest first. */
export const signatureOf = (secrets: readonly Buffer[], id: string, timestamp: number, body: string): string =>
  secrets.map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ');
