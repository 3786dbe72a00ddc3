import { randomUUID } from 'node:crypto';
import type { Database } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { SharedSecrets } from '../secrets/index.js';
import { DeliveryStore } from './DeliveryStore.js';
import { LaneStore, type Lease } from './LaneStore.js';
import { signatureOf } from './message.js';
import { nextTry, TRIES } from './schedule.js';
import { sendMessage, type Sending, type Sent } from './sendMessage.js';
import type { Webhook } from './Webhook.js';
import type { WebhookDeliveryRow } from './WebhookDeliveryRow.js';
import { messageTypes } from './WebhookEvent.js';
import { WebhookStore } from './WebhookStore.js';

/** What delivering needs. */
export interface Delivering {
  readonly database: Database;
  readonly clock: Clock;
  readonly sharedSecrets: SharedSecrets;
  readonly sending: Sending;
  /** Told how each try ended. */
  readonly tried?: (outcome: 'delivered' | 'failed') => void;
}

const LEASE_MS = 60_000;
/** Nothing is begun in the last part of a lease: a try that is under way must have ended before another replica begins. */
const MARGIN_MS = 30_000;
const BATCH = 20;
/** Messages to one receiver that are under way at once; never two about one key. */
const AT_ONCE = 4;

/**
 * Sends what is due to one webhook, unless another replica does so now. First tries of messages about one key leave in
 * the order of the audit chain, one after the other. Answers whether it was this replica's turn.
 */
export async function deliver(parts: Delivering, webhookId: string, stop: AbortSignal): Promise<boolean> {
  const { clock, database } = parts;
  const now = clock();
  const lease: Lease = { webhookId, id: randomUUID(), until: new Date(now.getTime() + LEASE_MS) };
  if (!(await database.transact((rows) => new LaneStore(rows).lease(lease, now)))) return false;
  try {
    for (;;) {
      const batch = await new DeliveryStore(database.reader).due(webhookId, clock(), BATCH);
      if (batch.length === 0 || !(await deliverBatch(parts, lease, batch, stop))) return true;
    }
  } finally {
    await database.transact((rows) => new LaneStore(rows).release(lease));
  }
}

/** Sends a batch. False: stop here, and let other webhooks have their turn. */
async function deliverBatch(parts: Delivering, lease: Lease, batch: readonly WebhookDeliveryRow[], stop: AbortSignal): Promise<boolean> {
  const byKey = [...Map.groupBy(batch, ({ apiKeyId }) => apiKeyId).values()];
  let goesOn = true;
  const one = async (delivery: WebhookDeliveryRow): Promise<void> => {
    let went = false;
    try {
      went = await attempt(parts, lease, delivery, stop);
    } finally {
      // Not `&&=`: it would write over the "no" of another worker that came while this one waited.
      if (!went) goesOn = false;
    }
  };
  const worker = async (): Promise<void> => {
    for (let next = byKey.shift(); next; next = byKey.shift()) {
      for (const delivery of next) if (goesOn) await one(delivery);
    }
  };
  // Also where one throws, the lease is kept until the tries of the others have ended.
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return goesOn;
}

/** Tries one message once and writes how it ended. False: nothing more is to be begun under this lease. */
async function attempt(parts: Delivering, lease: Lease, delivery: WebhookDeliveryRow, stop: AbortSignal): Promise<boolean> {
  const { clock, database, sending, sharedSecrets } = parts;
  const now = clock();
  const { webhookId, messageId, body } = delivery;
  const webhook = (await new WebhookStore(database.reader).byIds([webhookId])).get(webhookId);
  if (stop.aborted || !webhook?.active || lease.until.getTime() - now.getTime() < MARGIN_MS) return false;
  const secrets = await sharedSecrets.signing(database.reader, webhook.organizationId, now);
  if (secrets.length === 0) throw new Error('a webhook has no shared secret to sign with');
  const timestamp = Math.floor(now.getTime() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Bailiwick-Webhooks',
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secrets, messageId, timestamp, body),
  };
  const sent = await sendMessage({ url: webhook.url, headers, body }, sending, stop);
  // As after a crash: nobody knows whether the receiver has it, so it is sent again.
  if (sent.outcome === 'STOPPED') return false;
  parts.tried?.(wasTaken(sent) ? 'delivered' : 'failed');
  await settle(parts, webhook, delivery, sent);
  return sent.outcome !== 'TIMED_OUT';
}

const wasTaken = (sent: Sent): boolean => sent.outcome === 'ANSWERED' && sent.status >= 200 && sent.status < 300;
const GONE = 410;

function settle({ clock, database }: Delivering, { id, url }: Webhook, delivery: WebhookDeliveryRow, sent: Sent): Promise<void> {
  const now = clock();
  return database.transact(async (rows) => {
    const [lanes, deliveries] = [new LaneStore(rows), new DeliveryStore(rows)];
    const taken = wasTaken(sent);
    const again = taken ? null : nextTry(delivery.attempts + 1, now);
    if (!(await deliveries.settle(delivery, again))) return;
    if (taken) return lanes.tellDelivered(id, now);
    const isGone = sent.outcome === 'ANSWERED' && sent.status === GONE && (await lanes.switchOff(id, url, now));
    if (isGone) await deliveries.clear(id);
    const then = isGone ? ' The webhook was switched off.' : again === null ? ' Given up.' : '';
    const what = `${messageTypes[delivery.event]} about ${delivery.apiKeyId}`;
    await lanes.tellFailure(id, `${now.toISOString()} ${what}, try ${delivery.attempts + 1} of ${TRIES}: ${reasonOf(sent)}.${then}`);
  });
}

/** Why a try failed, in words that tell nothing of what is inside. */
function reasonOf(sent: Sent): string {
  switch (sent.outcome) {
    case 'ANSWERED':
      return `the receiver answered ${sent.status}`;
    case 'TIMED_OUT':
      return 'the receiver did not answer in time';
    case 'UNTRUSTED':
      return 'the receiver’s certificate is not to be trusted, or it speaks no TLS';
    case 'NOT_PUBLIC':
      return 'the host leads to no public address';
    case 'UNREACHABLE':
    case 'STOPPED':
      return 'the receiver could not be reached';
  }
}
