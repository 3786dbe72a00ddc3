import type { Rows } from '../database/index.js';
import type { PresentedSecret } from './credential.js';
import { RetiredSecretStore } from './RetiredSecretStore.js';

/**
 * Of each pair, in their order, whether that secret once was that key's; at most some hundreds in one call. For the log,
 * behind the answer: whoever presents a retired secret is told what a wrong one is told, and in the same time. A secret
 * in its grace is among them too, so only what was refused is worth asking about.
 */
export const retiredAmong = (rows: Rows, presented: readonly PresentedSecret[]): Promise<boolean[]> =>
  new RetiredSecretStore(rows).among(presented);
