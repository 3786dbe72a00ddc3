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
  private readonly lanes = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private rounds: Promise<unknown> = Promise.resolve();
  private waking = false;

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
    while ((await this.round()) > 0) await Promise.all(this.lanes.values());
    await Promise.all(this.lanes.values());
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
    await this.round();
    this.waking = false;
  }

  /** Writes new messages and begins to send what is due; how many receivers it has begun to send to. */
  private round(): Promise<number> {
    const round = this.rounds.then(async () => {
      try {
        await this.write();
        return await this.begin();
      } catch (error) {
        this.failed(error);
        return 0;
      }
    });
    this.rounds = round;
    return round;
  }

  private async write(): Promise<void> {
    const { clock, database } = this.parts;
    const behind = await new LaneStore(database.reader).behind(new Date(clock().getTime() - SCAN_MS));
    for (const webhookId of behind) {
      while (!this.stop.signal.aborted && (await writeMessages(database, webhookId, clock())));
    }
  }

  private async begin(): Promise<number> {
    const { clock, database } = this.parts;
    let begun = 0;
    for (const webhookId of shuffled(await new LaneStore(database.reader).due(clock()))) {
      if (this.stop.signal.aborted || this.lanes.size >= MOST_LANES) break;
      if (this.lanes.has(webhookId)) continue;
      const lane = deliver(this.parts, webhookId, this.stop.signal)
        .catch(this.failed)
        .finally(() => this.lanes.delete(webhookId));
      this.lanes.set(webhookId, lane);
      begun += 1;
    }
    return begun;
  }
}

/** In any order: where there are more receivers than may be sent to at once, none is always the last. */
const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
