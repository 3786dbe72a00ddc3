import { timingSafeEqual } from 'node:crypto';
import { Semaphore } from 'async-mutex';
import { compare } from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { type Database, isDuplicate } from '../database/index.js';
import { Refusal } from '../domain/index.js';
import { type Candidate, ImportedSecretStore } from './ImportedSecretStore.js';

const AT_ONCE = 2;
const MOST_WAITING = 100;
/** Of one organization, so that the guesses of one keep no other from asking. */
const MOST_WAITING_OF_ONE = 10;
/** What bcrypt takes in; it ignores whatever follows, so that a longer text would match by its start. */
const MOST_BYTES = 72;

/** Credentials of which is remembered whose they are. */
const MOST_REMEMBERED = 50_000;

/** Whether bcrypt sees all of it: it also stops at the character NUL. */
const fits = (text: string): boolean => Buffer.byteLength(text, 'utf8') <= MOST_BYTES && !text.includes('\0');

/**
 * Compares presented credentials with imported bcrypt digests, two at a time: they run on the pool that also reads files.
 * The first that is right is replaced by SHA-256, so that each costs this once.
 */
export class ImportedSecrets {
  private readonly turns = new Semaphore(AT_ONCE);
  private pending = 0;
  /** The key by tenant and digest: what was right once. Whether the key still lives is asked of it. */
  private readonly owners = new LRUCache<string, string>({ max: MOST_REMEMBERED });
  private readonly pendingOf = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The key that a credential was of when it was last asked about, if that is remembered. */
  ownerOf(organizationId: string, digest: Buffer): string | undefined {
    return this.owners.get(nameOf(organizationId, digest));
  }

  /** Remembers that a credential is that key's. */
  remember(organizationId: string, digest: Buffer, keyId: string): void {
    this.owners.set(nameOf(organizationId, digest), keyId);
  }

  /** Whether the text is the credential of the candidate; `digest` is its SHA-256. */
  async matches({ apiKeyId, organizationId, bcryptDigest, digest: known }: Candidate, text: string, digest: Buffer): Promise<boolean> {
    if (known) return timingSafeEqual(known, digest);
    if (bcryptDigest === null || !fits(text)) return false;
    const equal = await this.inTurn(organizationId, () => compare(text, bcryptDigest));
    if (equal) await this.replace(apiKeyId, bcryptDigest, digest);
    return equal;
  }

  private async replace(apiKeyId: string, bcryptDigest: string, digest: Buffer): Promise<void> {
    try {
      await this.database.transact((rows) => new ImportedSecretStore(rows).replace(apiKeyId, bcryptDigest, digest));
    } catch (error) {
      // Another key has this very credential as SHA-256: that one is found first from now on.
      if (!isDuplicate(error)) this.failed(error);
    }
  }

  private async inTurn<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const ofOne = this.pendingOf.get(organizationId) ?? 0;
    if (this.pending >= AT_ONCE + MOST_WAITING || ofOne >= AT_ONCE + MOST_WAITING_OF_ONE) {
      throw new Refusal({
        code: 'UNAVAILABLE',
        message: 'Too many old credentials are being compared at once. Try again in a few seconds.',
        retryAfterSeconds: 5,
      });
    }
    this.count(organizationId, 1);
    try {
      return await this.turns.runExclusive(work);
    } finally {
      this.count(organizationId, -1);
    }
  }

  private count(organizationId: string, more: 1 | -1): void {
    this.pending += more;
    const ofOne = (this.pendingOf.get(organizationId) ?? 0) + more;
    if (ofOne > 0) this.pendingOf.set(organizationId, ofOne);
    else this.pendingOf.delete(organizationId);
  }
}

const nameOf = (organizationId: string, digest: Buffer): string => `${organizationId} ${digest.toString('base64')}`;
