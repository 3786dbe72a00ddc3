import { timingSafeEqual } from 'node:crypto';
import type { KeyFacts } from '../authority/index.js';
import type { KeyContext } from '../contexts/index.js';
import type { ParsedCredential } from '../keys/index.js';

const dummy = Buffer.alloc(32, 1);

/** Whether a presented secret is the key's: then the key as that secret makes it. WRONG and RETIRED are of a key that lives. */
export type SecretAnswer = { readonly facts: KeyFacts } | 'WRONG' | 'RETIRED' | 'NONE';

/**
 * Compares a credential with the two secrets that a key may have: the current one or, while its grace lasts, the one before,
 * which comes with the issuer that it had: the people behind a key are its user and who obtained the secret in use (C12).
 * Takes the same time whether there is a key or not, and which of them it is (R33).
 */
export function secretOf(context: KeyContext | null, { environment, digest }: ParsedCredential, now: number): SecretAnswer {
  const { earlier = null } = context?.known ?? {};
  const isCurrent = timingSafeEqual(context?.known.digest ?? dummy, digest);
  const isEarlier = timingSafeEqual(earlier?.digest ?? dummy, digest);
  if (context?.environment !== environment) return 'NONE';
  if (isCurrent) return context.known;
  return isEarlier && earlier && now < earlier.until ? earlier : 'WRONG';
}

/** The same of an imported credential, found to be right elsewhere: it is the secret of the key's first generation. */
export function importedSecretOf(context: KeyContext | null, now: number): SecretAnswer {
  if (!context) return 'NONE';
  const { known } = context;
  if (known.generation === 1) return known;
  const { earlier, generation } = known;
  return generation === 2 && earlier && now < earlier.until ? earlier : 'RETIRED';
}
