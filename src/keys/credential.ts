import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Environment, environments } from '../authority/index.js';
import { ID_DIGITS, idKind } from '../domain/index.js';

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
const ID_LENGTH = 26;

const label = { PRODUCTION: 'prod', STAGING: 'stg', DEVELOPMENT: 'dev' } as const satisfies Record<Environment, string>;

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

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

/** By a byte, what it counts as a digit; −1: it is none. */
const countsOf = (digits: string): Int8Array => Int8Array.from({ length: 256 }, (_each, byte) => digits.indexOf(String.fromCharCode(byte)));
const counts = countsOf(DIGITS);
const idCounts = countsOf(ID_DIGITS);

/**
 * What is read stands here as bytes while it is read: at each use of a key it is looked at letter by letter, and a string is asked for
 * each in a way of its own, by where it came from. In UTF-8, so that a letter of none of the alphabets is never taken for a digit.
 */
const read = Buffer.alloc(96);
const KEY = Buffer.from('key_');

/** The form of the credentials of each environment. */
const forms = environments.map((environment) => {
  const head = Buffer.from(`${PREFIX}${label[environment]}_`);
  const gap = head.length + ID_LENGTH;
  const end = gap + 1 + SECRET_LENGTH;
  return { environment, head, id: head.length, gap, end, length: end + CHECKSUM_LENGTH };
});
type Form = (typeof forms)[number];

const beginsWith = (head: Buffer): boolean => {
  for (let at = 0; at < head.length; at += 1) if (read[at] !== head[at]) return false;
  return true;
};

const areDigits = (digits: Int8Array, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if ((digits[read[at] ?? 0] ?? -1) < 0) return false;
  return true;
};

const FIRST_TOO_LARGE = '8'.charCodeAt(0);
const GAP = '_'.charCodeAt(0);

/** Whether so many bytes are a credential of that form, but for its checksum. */
const isOf = ({ head, id, gap, length }: Form, bytes: number): boolean =>
  bytes === length &&
  beginsWith(head) &&
  read[gap] === GAP &&
  (read[id] ?? FIRST_TOO_LARGE) < FIRST_TOO_LARGE &&
  areDigits(idCounts, id, gap) &&
  areDigits(counts, gap + 1, length);

/** Of each byte its part of a CRC-32, in reverse (ISO 3309). */
const parts = Int32Array.from({ length: 256 }, (_each, byte) => {
  let part = byte;
  for (let bit = 0; bit < 8; bit += 1) part = part & 1 ? (part >>> 1) ^ 0xedb88320 : part >>> 1;
  return part;
});

/** Whether it ends in the checksum of what stands before that; worked out here, because for so few bytes the way into zlib is the longer part. */
function endsInChecksum({ end, length }: Form): boolean {
  let crc = -1;
  for (let at = 0; at < end; at += 1) crc = (parts[(crc ^ (read[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  let told = 0;
  for (let at = end; at < length; at += 1) told = told * DIGITS.length + (counts[read[at] ?? 0] ?? 0);
  return told === ~crc >>> 0;
}

/** Reads a credential; null where the form or the checksum is wrong. */
export function parseCredential(text: string): ParsedCredential | null {
  const bytes = read.write(text);
  for (const form of forms) {
    if (!isOf(form, bytes)) continue;
    if (!endsInChecksum(form)) return null;
    const { environment, id, gap, end } = form;
    // The key's own id, written over the end of the head: put together from two strings it would be looked up by its letters.
    read.set(KEY, id - KEY.length);
    return { keyId: read.toString('latin1', id - KEY.length, gap), environment, digest: digestOf(text.slice(gap + 1, end)) };
  }
  return null;
}

/** The credential of the pair of S3.3, a key id and a secret; the checksum says which environment it is of. Null where none fits. */
export function credentialOfPair(keyId: string, secret: string): string | null {
  if (idKind(keyId) !== 'key') return null;
  return (
    environments.map((environment) => `${hintOf(keyId, environment)}_${secret}`).find((text) => parseCredential(text) !== null) ?? null
  );
}
