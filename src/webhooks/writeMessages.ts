import type { Database, Rows } from '../database/index.js';
import { eventOf, touchedBy } from './AuditedChange.js';
import { DeliveryStore } from './DeliveryStore.js';
import { HappeningStore } from './HappeningStore.js';
import { LaneStore } from './LaneStore.js';
import { bodyOf, messageId, type ToldKey } from './message.js';
import type { Webhook } from './Webhook.js';
import type { WebhookEvent } from './WebhookEvent.js';
import type { WebhookLaneRow } from './WebhookLaneRow.js';
import { WebhookStore } from './WebhookStore.js';

/** Events that are read, and messages that are written, in one transaction. */
const MOST = 500;
const DAY_MS = 86_400_000;
/** How long ahead an expiry is announced. */
const AHEAD_MS = 7 * DAY_MS;
/** Longer than `AHEAD_MS`: while an announcement is kept it is not made again, and after that the key has expired. */
const KEPT_MS = AHEAD_MS + DAY_MS;

/** What one transaction writes for one webhook. */
class Writing {
  private readonly deliveries: DeliveryStore;
  private room = MOST;
  places: number;

  constructor(
    rows: Rows,
    private readonly webhook: Webhook,
    lane: WebhookLaneRow,
    private readonly now: Date,
  ) {
    this.deliveries = new DeliveryStore(rows);
    this.places = lane.places;
  }

  get left(): number {
    return this.room;
  }

  async tell(event: WebhookEvent, keys: readonly ToldKey[], auditEventId: string | null, at: Date): Promise<void> {
    const { webhook, now } = this;
    const messages = keys.map((key) => ({
      webhookId: webhook.id,
      messageId: messageId(auditEventId, key.id),
      event,
      apiKeyId: key.id,
      body: bodyOf(event, key, at, now),
      attempts: 0,
      dueAt: now,
      createdAt: now,
    }));
    this.places += await this.deliveries.add(webhook.id, messages, this.places);
    this.room -= keys.length;
  }
}

/**
 * Writes the messages of what has happened since this webhook was written last, in the order of the audit chain, and of
 * keys that expire soon. One replica does it at a time, in one transaction with the webhook's place in the chain, so that
 * nothing is left out and nothing is written twice. Answers whether there may be more.
 */
export const writeMessages = (database: Database, webhookId: string, now: Date): Promise<boolean> =>
  database.transact(async (rows) => {
    const lanes = new LaneStore(rows);
    const lane = await lanes.hold(webhookId);
    const webhook = (await new WebhookStore(rows).byIds([webhookId])).get(webhookId);
    if (!lane || !webhook?.active) return false;
    const writing = new Writing(rows, webhook, lane, now);
    const cursor = await tellChanges(new HappeningStore(rows), writing, webhook, lane);
    const isCurrent = !cursor.more && (await tellExpiring(new HappeningStore(rows), writing, webhook, now));
    if (isCurrent) await new DeliveryStore(rows).purge(webhookId, new Date(now.getTime() - KEPT_MS));
    const { cursorSequence, cursorKeyId } = cursor;
    await lanes.advance(webhookId, { cursorSequence, cursorKeyId, places: writing.places, scannedAt: isCurrent ? now : lane.scannedAt });
    return !isCurrent;
  });

interface Cursor {
  readonly cursorSequence: number;
  readonly cursorKeyId: string | null;
  readonly more: boolean;
}

async function tellChanges(happenings: HappeningStore, writing: Writing, webhook: Webhook, lane: WebhookLaneRow): Promise<Cursor> {
  let { cursorSequence, cursorKeyId } = lane;
  const changes = await happenings.changesAfter(webhook.organizationId, cursorSequence, MOST);
  for (const change of changes) {
    const event = eventOf(change);
    if (event !== null && webhook.events.includes(event)) {
      const { left } = writing;
      const keys = left === 0 ? [] : await happenings.keysTouched(webhook.organizationId, touchedBy(change), cursorKeyId, left);
      await writing.tell(event, keys, change.id, change.at);
      cursorKeyId = keys.at(-1)?.id ?? cursorKeyId;
      // As many as there was room for: the rest of this event comes with the next transaction.
      if (keys.length === left) return { cursorSequence, cursorKeyId, more: true };
    }
    [cursorSequence, cursorKeyId] = [change.sequence, null];
  }
  return { cursorSequence, cursorKeyId, more: changes.length === MOST };
}

/** Whether all has been told that there was to tell. */
async function tellExpiring(happenings: HappeningStore, writing: Writing, webhook: Webhook, now: Date): Promise<boolean> {
  if (!webhook.events.includes('API_KEY_EXPIRING')) return true;
  const { left } = writing;
  const until = new Date(now.getTime() + AHEAD_MS);
  const keys = left === 0 ? [] : await happenings.keysExpiring(webhook.organizationId, webhook.id, now, until, left);
  await writing.tell('API_KEY_EXPIRING', keys, null, now);
  return keys.length < left;
}
