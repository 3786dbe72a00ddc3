import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Database, isDuplicate } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import { encryptionKeyOf, seal, unseal } from '../sealing/index.js';
import type { PublicJwk, SigningKeyRow } from './SigningKeyRow.js';
import { SigningKeyStore } from './SigningKeyStore.js';

/** The database was encrypted under another key than the one that was handed in. */
export class WrongEncryptionKey extends Error {
  override readonly name = 'WrongEncryptionKey';

  constructor() {
    super('ENCRYPTION_KEY does not fit this database: start with the key under which it was first used');
  }
}

/** The key that signs now. */
export interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

const FIRST = '1';
/** How long an answer about an unknown key holds: made-up tokens do not become a statement each. */
const READ_AGAIN_AFTER_MS = 1_000;
/** How often somebody who signs looks for a newer key. */
const LOOK_AFTER_MS = 60_000;
/**
 * How long a key is published before it signs. Whoever keeps the published keys, for the five minutes that they are told to
 * or while a proxy adds some, knows it then; and so does every replica that signs.
 */
export const PUBLISHED_AHEAD_MS = 3_600_000;

/** RFC 7638: the hash of the required members, in the order of their names. */
const thumbprint = ({ crv, kty, x }: Pick<PublicJwk, 'crv' | 'kty' | 'x'>): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');

/** A new pair, with its private half sealed. */
export function newSigningKey(id: string, encryptionKey: KeyObject, createdAt: Date): SigningKeyRow {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const kid = thumbprint(key);
  const sealed = seal(privateKey.export({ format: 'der', type: 'pkcs8' }), encryptionKey, kid);
  return { id, publicJwk: { ...key, kid, alg: 'EdDSA', use: 'sig' }, privateKey: sealed, createdAt };
}

/** Of all keys, the newest first, the one that signs: the newest that was published for long enough, else the first ever. */
export const signing = (keys: readonly SigningKeyRow[], now: Date): SigningKeyRow | undefined =>
  keys.find(({ createdAt }) => now.getTime() - createdAt.getTime() >= PUBLISHED_AHEAD_MS) ?? keys.at(-1);

/** The keys of access tokens. One signs; each of them is published and verifies. */
export class SigningKeys {
  private readonly store: SigningKeyStore;
  private readonly encryptionKey: KeyObject;
  /** The newest first. */
  private rows: readonly SigningKeyRow[] = [];
  private signers = new Map<string, Signer>();
  private verifiers = new Map<string, KeyObject>();
  private readAt = -Infinity;
  private lookedAt = -Infinity;
  private reading: Promise<void> | undefined;

  private constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    encryptionKey: Buffer,
  ) {
    this.store = new SigningKeyStore(database.reader);
    this.encryptionKey = encryptionKeyOf(encryptionKey);
  }

  /** The keys of this database; the first is made where there is none. Throws `WrongEncryptionKey`. */
  static async open(database: Database, clock: Clock, encryptionKey: Buffer): Promise<SigningKeys> {
    const keys = new SigningKeys(database, clock, encryptionKey);
    await keys.read();
    if (keys.rows.length === 0) {
      await insertSigningKey(keys.database, newSigningKey(FIRST, keys.encryptionKey, keys.clock()));
      await keys.read();
    }
    return keys;
  }

  /**
   * The key that signs now. A database that is away does not stop somebody whose session was just made: a key that was
   * known within the hour signs as well, since no newer one can sign before it was published for that long.
   */
  async signer(): Promise<Signer> {
    const sinceLooked = Math.abs(this.clock().getTime() - this.lookedAt);
    if (sinceLooked >= LOOK_AFTER_MS) {
      await this.readOnce().catch((error: unknown) => {
        if (sinceLooked >= PUBLISHED_AHEAD_MS) throw error;
      });
    }
    const row = signing(this.rows, this.clock());
    const signer = row && this.signers.get(row.publicJwk.kid);
    if (!signer) throw new Error('there is no signing key');
    return signer;
  }

  /** The public key of that id, also of one that another replica has made since; null if there is none. */
  async verifier(kid: string): Promise<KeyObject | null> {
    if (!this.verifiers.has(kid)) await this.readIfStale();
    return this.verifiers.get(kid) ?? null;
  }

  /** The public keys, as they are published. */
  async published(): Promise<readonly PublicJwk[]> {
    await this.readIfStale();
    return this.rows.map(({ publicJwk }) => publicJwk);
  }

  private async readIfStale(): Promise<void> {
    if (performance.now() - this.readAt >= READ_AGAIN_AFTER_MS) await this.readOnce();
  }

  private async readOnce(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const sentAt = performance.now();
    const lookedAt = this.clock().getTime();
    const rows = await this.store.all();
    this.signers = new Map(rows.map((row) => [row.publicJwk.kid, this.signers.get(row.publicJwk.kid) ?? this.open(row)]));
    this.verifiers = new Map(rows.map(({ publicJwk }) => [publicJwk.kid, createPublicKey({ key: { ...publicJwk }, format: 'jwk' })]));
    this.rows = rows;
    this.readAt = sentAt;
    this.lookedAt = lookedAt;
  }

  private open({ publicJwk: { kid }, privateKey }: SigningKeyRow): Signer {
    const opened = unseal(privateKey, this.encryptionKey, kid);
    if (!opened) throw new WrongEncryptionKey();
    return { kid, privateKey: createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' }) };
  }
}

/** Stores a key, unless another replica has stored that one meanwhile: then theirs is the key. */
export async function insertSigningKey(database: Database, row: SigningKeyRow): Promise<void> {
  try {
    await database.transact((rows) => new SigningKeyStore(rows).insert(row));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}
