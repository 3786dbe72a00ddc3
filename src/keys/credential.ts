import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Environment, environments } from '../authority/index.js';
import { idKind } from '../domain/index.js';

/**
 * The credential's format: `bwk_<prod|stg|dev>_<id>_<secret><checksum>`. A prefix that secret scanners know, the key's id
 * without its `key_`, 32 random bytes in base62, and a CRC-32 in base62 over all before it, so that a mistyped or
 * made-up string is refused without asking a database.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62⁴³ > 2²⁵⁶ and 62⁶ > 2³². */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const FORM = /^bwk_(prod|stg|dev)_([0-7][0-9a-hjkmnp-tv-z]{25})_([0-9A-Za-z]{43})[0-9A-Za-z]{6}$/;

const label = { PRODUCTION: 'prod', STAGING: 'stg', DEVELOPMENT: 'dev' } as const satisfies Record<Environment, string>;
const environmentOf: Readonly<Record<string, Environment>> = { prod: 'PRODUCTION', stg: 'STAGING', dev: 'DEVELOPMENT' };

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

/** By the code of a digit, what it counts. */
const counts = Array.from({ length: 128 }, (_each, code) => DIGITS.indexOf(String.fromCharCode(code)));

/** Whether a text of base62 ends in the checksum of what stands before it. Read as a number and not written: it is asked at each use of a key. */
function endsInChecksum(text: string): boolean {
  const end = text.length - CHECKSUM_LENGTH;
  let told = 0;
  for (let at = end; at < text.length; at += 1) told = told * 62 + (counts[text.charCodeAt(at)] ?? 0);
  return told === crc32(text.slice(0, end));
}

/** What every credential of this service begins with. */
export const PREFIX = 'bwk_';

/** Whether a text means to be a credential of this service. What does is never looked for among those that were imported. */
export const isOurs = (text: string): boolean => text.startsWith(PREFIX);

/** The part of a credential that may be shown: all of it before the secret. */
export const hintOf = (keyId: string, environment: Environment): string => `${PREFIX}${label[environment]}_${keyId.slice('key_'.length)}`;

/**
 * What is stored of a secret: SHA-256; 256 random bits need no slow hash. By way of a string, which Node makes in a third of the time
 * that it takes to make a buffer outside of its heap.
 */
export const digestOf = (secret: string): Buffer => Buffer.from(hash('sha256', secret, 'binary'), 'latin1');

/** A new credential. `credential` and `secret` are told once; only `digest` is kept. */
export interface NewCredential {
  readonly credential: string;
  /** All after the last underscore, as HTTP Basic takes it. */
  readonly secret: string;
  readonly digest: Buffer;
}

/** Makes the credential of a key. */
export function makeCredential(keyId: string, environment: Environment): NewCredential {
  const random = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH);
  const body = `${hintOf(keyId, environment)}_${random}`;
  const secret = random + checksum(body);
  return { credential: `${hintOf(keyId, environment)}_${secret}`, secret, digest: digestOf(random) };
}

/** A credential that is well-formed; whether its secret is right is asked elsewhere. */
export interface ParsedCredential {
  readonly keyId: string;
  readonly environment: Environment;
  readonly digest: Buffer;
}

/** What a credential says of itself: the key that it is of, and the digest of its secret. */
export type PresentedSecret = Pick<ParsedCredential, 'keyId' | 'digest'>;

/** Reads a credential; null where the form or the checksum is wrong. */
export function parseCredential(text: string): ParsedCredential | null {
  const [, environmentLabel, id, random] = FORM.exec(text) ?? [];
  if (!environmentLabel || !id || !random) return null;
  const environment = environmentOf[environmentLabel];
  if (!environment || !endsInChecksum(text)) return null;
  return { keyId: `key_${id}`, environment, digest: digestOf(random) };
}

/** The credential of the pair of S3.3, a key id and a secret; the checksum says which environment it is of. Null where none fits. */
export function credentialOfPair(keyId: string, secret: string): string | null {
  if (idKind(keyId) !== 'key') return null;
  return (
    environments.map((environment) => `${hintOf(keyId, environment)}_${secret}`).find((text) => parseCredential(text) !== null) ?? null
  );
}
