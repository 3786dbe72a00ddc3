import type { WebhookEvent } from './WebhookEvent.js';

/** An event of a tenant's audit chain, as far as webhooks read it. */
export interface AuditedChange {
  readonly id: string;
  readonly sequence: number;
  readonly at: Date;
  readonly action: string;
  readonly targetId: string | null;
  readonly changes: object | null;
}

/** Which keys an audited change touched: the target itself, those listed, or those that ended with a person or a namespace. */
export type Touched =
  | { readonly by: 'KEY'; readonly ids: readonly string[] }
  | { readonly by: 'USER_REMOVED' | 'NAMESPACE_DELETED'; readonly id: string; readonly at: Date };

const eventOfAction: Readonly<Record<string, WebhookEvent>> = {
  'apiKey.create': 'API_KEY_CREATED',
  'apiKey.createForUser': 'API_KEY_CREATED',
  'apiKey.import': 'API_KEY_CREATED',
  'apiKey.update': 'API_KEY_UPDATED',
  'apiKey.reactivate': 'API_KEY_UPDATED',
  'apiKey.revoke': 'API_KEY_REVOKED',
  'apiKey.regenerate': 'API_KEY_REGENERATED',
  'apiKey.delete': 'API_KEY_DELETED',
  'user.remove': 'API_KEY_REVOKED',
  'application.delete': 'API_KEY_DELETED',
  'workspace.delete': 'API_KEY_DELETED',
  'userGroup.delete': 'API_KEY_DELETED',
};

/** What webhooks are told of a change; null where it is about no key. */
export const eventOf = ({ action }: AuditedChange): WebhookEvent | null => eventOfAction[action] ?? null;

/** The keys that a change was about. */
export function touchedBy({ action, targetId, at, changes }: AuditedChange): Touched {
  if (action === 'user.remove') return { by: 'USER_REMOVED', id: targetId ?? '', at };
  if (action.endsWith('.delete') && action !== 'apiKey.delete') return { by: 'NAMESPACE_DELETED', id: targetId ?? '', at };
  if (action === 'apiKey.import') return { by: 'KEY', ids: listedIn(changes) };
  return { by: 'KEY', ids: targetId === null ? [] : [targetId] };
}

/** The keys that an import has made, as it tells them. */
function listedIn(changes: object | null): readonly string[] {
  const { after } = (changes ?? {}) as { after?: { apiKeyIds?: unknown } };
  return Array.isArray(after?.apiKeyIds) ? after.apiKeyIds.filter((id): id is string => typeof id === 'string') : [];
}
