import { createHash } from 'node:crypto';
import { type Database, deleteInBatches } from '../database/index.js';
import { Refusal } from '../domain/index.js';
import type { Change } from './Change.js';
import { type IdempotencyKey, IdempotencyStore } from './IdempotencyStore.js';

/** For how long a key is remembered. */
const KEPT_MS = 86_400_000;
/** Rows that one transaction forgets, so that nobody waits for it. */
const BATCH = 500;

/**
 * A create that is done once under the `Idempotency-Key` of its request (R68). What was made is kept in the transaction
 * that made it, while the tenant's row is held: of requests that meet, one makes it and the others are told its id.
 */
export class Once {
  private constructor(
    private readonly keyDigest: Buffer,
    private readonly inputDigest: Buffer,
  ) {}

  /** `nth`: which create of its request this is; two in one request are two under the same key. */
  static of(key: string, nth: number, field: string, input: unknown): Once {
    return new Once(digestOf([key, nth]), digestOf([field, input]));
  }

  /** Refuses a repetition, told to the same caller only. A create that failed has left nothing behind, and may be repeated. */
  async assertFirst(change: Change): Promise<void> {
    // Whoever was withdrawn meanwhile is refused before anything is looked up.
    await change.caller();
    const made = await new IdempotencyStore(change.rows).find(this.keyOf(change));
    if (!made || made.createdAt.getTime() + KEPT_MS <= change.now.getTime()) return;
    const message = made.inputDigest.equals(this.inputDigest)
      ? 'This was made already under this Idempotency-Key; `createdId` is what was made. No secret is told twice.'
      : 'This Idempotency-Key was used with another input; `createdId` is what was made then. Use a new key for each new thing.';
    throw new Refusal({ code: 'CONFLICT', message, createdId: made.createdId });
  }

  /** Keeps what the change has made. */
  async keep(change: Change): Promise<void> {
    const { made } = change;
    if (!made) throw new Error('a create has recorded nothing that it made');
    await new IdempotencyStore(change.rows).keep(made, {
      ...this.keyOf(change),
      inputDigest: this.inputDigest,
      createdId: made.target,
      createdAt: change.now,
    });
  }

  private keyOf({ principal }: Change): IdempotencyKey {
    const principalId = principal.kind === 'KEY' ? principal.keyId : principal.userId;
    return { organizationId: principal.organizationId, principalId, keyDigest: this.keyDigest };
  }
}

/** Forgets the keys that were used a day ago or earlier, batch by batch until `stop`; how many. */
export function purgeIdempotencyKeys(database: Database, now: Date, stop?: AbortSignal): Promise<number> {
  const until = new Date(now.getTime() - KEPT_MS);
  return deleteInBatches(database, BATCH, (rows, most) => new IdempotencyStore(rows).purge(until, most), stop);
}

/** SHA-256 of a value, the same whatever the order of its fields. A password is no part of it: a digest of one that is guessable tells it. */
function digestOf(value: unknown): Buffer {
  const told = (name: string, part: unknown): unknown => {
    if (name === 'password') return undefined;
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  };
  return createHash('sha256').update(JSON.stringify(value, told)).digest();
}
