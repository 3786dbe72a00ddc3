import type { z } from 'zod';
import type { Act } from '../access/index.js';
import type { Rows } from '../database/index.js';
import { encryptionKeyOf } from '../sealing/index.js';
import { revealSharedSecret, type revealSharedSecretInput } from './revealSharedSecret.js';
import { rotateSharedSecret, type rotateSharedSecretInput } from './rotateSharedSecret.js';
import type { SharedSecret } from './SharedSecret.js';
import { signingSecrets } from './signingSecrets.js';

/** The door to shared secrets: whoever goes through it never holds the key under which they are kept. */
export interface SharedSecrets {
  readonly rotate: (act: Act, input: z.output<typeof rotateSharedSecretInput>) => Promise<SharedSecret>;
  readonly reveal: (act: Act, input: z.output<typeof revealSharedSecretInput>) => Promise<SharedSecret>;
  /** What signs for an organization now, the newest first; empty where it has none. */
  readonly signing: (rows: Rows, organizationId: string, now: Date) => Promise<readonly Buffer[]>;
}

/** Opens the door to shared secrets, which are kept under these 32 bytes. */
export function createSharedSecrets(encryptionKey: Buffer): SharedSecrets {
  const key = encryptionKeyOf(encryptionKey);
  return {
    rotate: (act, input) => rotateSharedSecret(act, key, input),
    reveal: (act, input) => revealSharedSecret(act, key, input),
    signing: (rows, organizationId, now) => signingSecrets(rows, key, organizationId, now),
  };
}
