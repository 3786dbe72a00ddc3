import { createSecretKey, type KeyObject } from 'node:crypto';

const BYTES = 32;

/** ENCRYPTION_KEY as ciphers take it: it prints as an object, never as its bytes. */
export function encryptionKeyOf(bytes: Buffer): KeyObject {
  if (bytes.length !== BYTES) throw new Error(`ENCRYPTION_KEY must be ${BYTES} bytes`);
  return createSecretKey(bytes);
}
