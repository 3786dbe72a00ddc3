import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Database } from '../database/index.js';
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

/** RFC 7638: the hash of the required members, in the order of their names. */
const thumbprint = ({ crv, kty, x }: Pick<PublicJwk, 'crv' | 'kty' | 'x'>): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');

/** A new pair, with its private half sealed. */
function newSigningKey(id: string, encryptionKey: KeyObject, createdAt: Date): SigningKeyRow {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const kid = thumbprint(key);
  const sealed = seal(privateKey.export({ format: 'der', type: 'pkcs8' }), encryptionKey, kid);
  return { id, publicJwk: { ...key, kid, alg: 'EdDSA', use: 'sig' }, privateKey: sealed, createdAt };
}

/** The keys of access tokens. The newest signs; each of them is published and verifies. */
export class SigningKeys {
  private readonly store: SigningKeyStore;
  private readonly encryptionKey: KeyObject;
  private current: Signer | undefined;
  private verifiers = new Map<string, KeyObject>();
  private jwks: readonly PublicJwk[] = [];
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  private constructor(
    database: Database,
    private readonly clock: Clock,
    encryptionKey: Buffer,
  ) {
    this.store = new SigningKeyStore(database);
    this.encryptionKey = encryptionKeyOf(encryptionKey);
  }

  /** The keys of this database; the first is made where there is none. Throws `WrongEncryptionKey`. */
  static async open(database: Database, clock: Clock, encryptionKey: Buffer): Promise<SigningKeys> {
    const keys = new SigningKeys(database, clock, encryptionKey);
    await keys.read();
    if (!keys.current) {
      await keys.store.insert(newSigningKey(FIRST, keys.encryptionKey, keys.clock()));
      await keys.read();
    }
    return keys;
  }

  get signer(): Signer {
    if (!this.current) throw new Error('there is no signing key');
    return this.current;
  }

  /** The public key of that id, also of one that another replica has made since; null if there is none. */
  async verifier(kid: string): Promise<KeyObject | null> {
    if (!this.verifiers.has(kid)) await this.readIfStale();
    return this.verifiers.get(kid) ?? null;
  }

  /** The public keys, as they are published. */
  async published(): Promise<readonly PublicJwk[]> {
    await this.readIfStale();
    return this.jwks;
  }

  private async readIfStale(): Promise<void> {
    if (performance.now() - this.readAt < READ_AGAIN_AFTER_MS) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const sentAt = performance.now();
    const rows = await this.store.all();
    const [newest] = rows;
    if (newest && newest.publicJwk.kid !== this.current?.kid) this.current = this.open(newest);
    this.jwks = rows.map(({ publicJwk }) => publicJwk);
    this.verifiers = new Map(this.jwks.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]));
    this.readAt = sentAt;
  }

  private open({ publicJwk: { kid }, privateKey }: SigningKeyRow): Signer {
    const opened = unseal(privateKey, this.encryptionKey, kid);
    if (!opened) throw new WrongEncryptionKey();
    return { kid, privateKey: createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' }) };
  }
}
