import { type KeyObject, randomBytes } from 'node:crypto';
import { seal, unseal } from '../sealing/index.js';

/** A shared secret as whoever may see it is told. */
export interface SharedSecret {
  /** `whsec_` and the key in base64, as every library of Standard Webhooks takes it. */
  readonly secret: string;
  readonly createdAt: Date;
}

const PREFIX = 'whsec_';
/** Standard Webhooks: from 24 to 64. */
const BYTES = 32;
/** How long the secret before a new one signs as well: receivers have a day to change theirs. */
export const GRACE_MS = 86_400_000;

const sealedFor = (organizationId: string): string => `the shared secret of ${organizationId}`;

/** A new secret's bytes. */
export const newSecret = (): Buffer => randomBytes(BYTES);

/** As it is told. */
export const written = (secret: Buffer): string => PREFIX + secret.toString('base64');

/** As it is stored: it opens under this key and as this organization's, and as nothing else. */
export const closed = (secret: Buffer, key: KeyObject, organizationId: string): Buffer => seal(secret, key, sealedFor(organizationId));

/** What was stored. One that does not open was put there by somebody else, or the service was given another key. */
export function opened(sealed: Buffer, key: KeyObject, organizationId: string): Buffer {
  const secret = unseal(sealed, key, sealedFor(organizationId));
  if (!secret) throw new Error('a shared secret does not open under this ENCRYPTION_KEY');
  return secret;
}
