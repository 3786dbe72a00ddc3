export { resolveHost, type ResolveHost } from './resolveHost.js';
export type { Targets } from './targetUrl.js';
export { endWebhooksOf, mayViewWebhooks, webhooksById } from './viewWebhook.js';
export { WebhookDispatcher } from './WebhookDispatcher.js';
