import { type KeyUse, isAllowed } from './KeyUse.js';
import type { UsageHourRow } from './UsageHourRow.js';

/** When a key was last used. */
export interface LastUse {
  readonly apiKeyId: string;
  readonly at: Date;
}

/** What is known of a key since the last time all was taken. */
interface Counted {
  /** Milliseconds since the epoch; null while every use was denied. */
  lastUsedAt: number | null;
  /** The hour that is being counted. */
  hour: UsageHourRow | null;
}

const HOUR_MS = 3_600_000;

/** Counts uses by key and hour. What waits here grows with the number of keys that are used, not with their uses. */
export class UsageCounts {
  private keys = new Map<string, Counted>();
  private hours: UsageHourRow[] = [];

  note(use: KeyUse): void {
    const at = use.at.getTime();
    const apiKeyId = use.key.id;
    let counted = this.keys.get(apiKeyId);
    if (!counted) {
      counted = { lastUsedAt: null, hour: null };
      this.keys.set(apiKeyId, counted);
    }
    // A denied use is no use (C16).
    if (isAllowed(use)) counted.lastUsedAt = Math.max(counted.lastUsedAt ?? at, at);
    if (!use.counted) return;
    const start = Math.floor(at / HOUR_MS) * HOUR_MS;
    if (counted.hour?.hour.getTime() !== start) {
      counted.hour = { apiKeyId, hour: new Date(start), verified: 0, denied: 0, rateLimited: 0 };
      this.hours.push(counted.hour);
    }
    if (isAllowed(use)) counted.hour.verified += 1;
    else if (use.code === 'RATE_LIMITED') counted.hour.rateLimited += 1;
    else counted.hour.denied += 1;
  }

  /** Hands out what was counted and begins anew. In the order of keys, so that writers take the locks of rows in one order. */
  take(): { readonly hours: readonly UsageHourRow[]; readonly lastUses: readonly LastUse[] } {
    const lastUses: LastUse[] = [];
    for (const [apiKeyId, { lastUsedAt }] of this.keys) if (lastUsedAt !== null) lastUses.push({ apiKeyId, at: new Date(lastUsedAt) });
    const hours = this.hours.sort((a, b) => compare(a.apiKeyId, b.apiKeyId) || a.hour.getTime() - b.hour.getTime());
    this.keys = new Map();
    this.hours = [];
    return { hours, lastUses: lastUses.sort((a, b) => compare(a.apiKeyId, b.apiKeyId)) };
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
