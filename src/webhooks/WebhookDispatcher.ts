import { setImmediate as turn } from 'node:timers/promises';
import { deliver, type Delivering } from './deliver.js';
import { LaneStore } from './LaneStore.js';
import { writeMessages } from './writeMessages.js';

/** How often expiries are looked for where nothing else happens. */
const SCAN_MS = 60_000;
/** Receivers that are sent to at once. */
const MOST_LANES = 32;

/**
 * Tells webhooks what happens. The audit chain is the outbox: a change and its event commit together, and each webhook
 * follows its tenant's chain from its own place. Every replica runs one of these; rows of the database decide between them.
 */
export class WebhookDispatcher {
  private readonly lanes = new Map<string, Promise<boolean>>();
  private readonly stop = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private rounds: Promise<unknown> = Promise.resolve();
  private waking = false;

  /** Receivers that this replica is sending to. */
  get sending(): number {
    return this.lanes.size;
  }

  constructor(
    private readonly parts: Delivering,
    private readonly failed: (error: unknown) => void,
    /** How often it looks for what has happened; null: only when it is asked to. */
    lookEveryMs: number | null,
  ) {
    if (lookEveryMs === null) return;
    this.timer = setInterval(() => void this.wake(), lookEveryMs);
    this.timer.unref();
  }

  /** Does all that there is to do now, and waits until it is done. */
  async flush(): Promise<void> {
    for (let more = true; more;) {
      more = await this.round();
      const gotOn = await Promise.all(this.lanes.values());
      more ||= gotOn.includes(true);
    }
  }

  /** Stops. What is under way is broken off, and sent again by whoever runs next. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.stop.abort();
    await this.rounds;
    await Promise.all(this.lanes.values());
  }

  private async wake(): Promise<void> {
    if (this.waking) return;
    this.waking = true;
    while (await this.round());
    this.waking = false;
  }

  /** Writes new messages and begins to send what is due; whether there is more to write. */
  private round(): Promise<boolean> {
    const round = this.rounds.then(async () => {
      const more = await this.orFault(() => this.write());
      await this.orFault(() => this.begin());
      return more;
    });
    this.rounds = round;
    return round;
  }

  /** Writes one transaction of each webhook that is behind: neither a fault nor a backlog of one keeps the others waiting. */
  private async write(): Promise<boolean> {
    const { clock, database } = this.parts;
    let more = false;
    for (const webhookId of await new LaneStore(database.reader).behind(new Date(clock().getTime() - SCAN_MS))) {
      if (this.stop.signal.aborted) return false;
      if (await this.orFault(() => writeMessages(database, webhookId, clock()))) more = true;
      // SQLite answers without ever waiting: requests have their turn in between.
      await turn();
    }
    return more;
  }

  private async begin(): Promise<boolean> {
    const { clock, database } = this.parts;
    for (const webhookId of shuffled(await new LaneStore(database.reader).due(clock()))) {
      if (this.stop.signal.aborted || this.lanes.size >= MOST_LANES) break;
      if (this.lanes.has(webhookId)) continue;
      const lane = this.orFault(() => deliver(this.parts, webhookId, this.stop.signal)).finally(() => this.lanes.delete(webhookId));
      this.lanes.set(webhookId, lane);
    }
    return this.lanes.size > 0;
  }

  /** What the work says; "no", and the fault told, where it throws. */
  private async orFault(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      this.failed(error);
      return false;
    }
  }
}

/** In any order: where there are more receivers than may be sent to at once, none is always the last. */
const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
