import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** Encrypts and authenticates: nonce, ciphertext, tag. What is sealed for one thing does not open as another's. */
export function seal(plain: Buffer, key: KeyObject, sealedFor: string): Buffer {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(Buffer.from(sealedFor, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed; null where the key, the thing or a byte is another. */
export function unseal(sealed: Buffer, key: KeyObject, sealedFor: string): Buffer | null {
  if (sealed.length < NONCE_LENGTH + TAG_LENGTH) return null;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_LENGTH), { authTagLength: TAG_LENGTH });
  decipher.setAAD(Buffer.from(sealedFor, 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_LENGTH, -TAG_LENGTH)), decipher.final()]);
  } catch {
    return null;
  }
}
