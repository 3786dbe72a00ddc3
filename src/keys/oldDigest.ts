import { z } from 'zod';
import { isOurs, PREFIX } from './credential.js';

/** How the digest of an old credential is written. */
export type DigestAlgorithm = 'SHA256_HEX' | 'SHA256_BASE64' | 'SHA256_BASE64URL' | 'BCRYPT';

const SHA256_BYTES = 32;
/** Cost 4 to 12: a higher one would buy nothing, and cost a core for seconds at each wrong guess. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-2])\$[./A-Za-z0-9]{53}$/;
const SHORTEST_HEAD = 4;
/** Of the clear head of a credential. */
export const LONGEST_HEAD = 64;
/** Visible characters of ASCII. */
const HEAD = /^[\x21-\x7e]{4,64}$/;

/** Every start of a text that may be the clear head of a credential, up to a length. */
export const startsOf = (text: string, longest = LONGEST_HEAD): string[] =>
  Array.from({ length: Math.max(0, Math.min(text.length, longest) - SHORTEST_HEAD + 1) }, (_, more) => text.slice(0, SHORTEST_HEAD + more));

const encodings = { SHA256_HEX: 'hex', SHA256_BASE64: 'base64', SHA256_BASE64URL: 'base64url' } as const;

/** The 32 bytes of a SHA-256 digest, written in exactly one way; null where they are not. */
function bytesOf(text: string, encoding: 'hex' | 'base64' | 'base64url'): Buffer | null {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length !== SHA256_BYTES) return null;
  const written = encoding === 'hex' ? text.toLowerCase() : encoding === 'base64url' ? text.replace(/=$/, '') : text;
  return bytes.toString(encoding) === written ? bytes : null;
}

/** What is kept of an old credential: its SHA-256, or its bcrypt digest and the head by which it is found. */
export type OldDigest = { readonly sha256: string } | { readonly bcrypt: string; readonly head: string };

interface Written {
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
  readonly lookupPrefix?: string | null | undefined;
}

/** Reads a digest as it was sent; complains on its field. */
export function readOldDigest({ digest, algorithm, lookupPrefix }: Written, context: z.RefinementCtx): OldDigest {
  const wrong = (field: string, message: string): never => {
    context.addIssue({ code: 'custom', path: [field], message });
    return z.NEVER;
  };
  if (algorithm === 'BCRYPT') {
    if (!BCRYPT.test(digest)) return wrong('digest', 'is no bcrypt digest of cost 4 to 12');
    if (!lookupPrefix) return wrong('lookupPrefix', 'is needed: a bcrypt digest can only be found by the clear head of its credential');
    if (!HEAD.test(lookupPrefix)) return wrong('lookupPrefix', 'must be 4 to 64 visible characters without spaces');
    if (isOurs(lookupPrefix)) return wrong('lookupPrefix', `must not begin with ${PREFIX}: so do the credentials of this service`);
    // PHP's name for what everybody else calls 2b.
    return { bcrypt: digest.replace(/^\$2y\$/, '$2b$'), head: lookupPrefix };
  }
  const encoding = encodings[algorithm];
  const bytes = bytesOf(digest, encoding);
  if (!bytes) return wrong('digest', `is no SHA-256 digest: write its 32 bytes in ${encoding}`);
  if (lookupPrefix) return wrong('lookupPrefix', 'is only for BCRYPT: a SHA-256 digest is found by itself');
  return { sha256: bytes.toString('base64') };
}
