import type { Rows } from '../database/index.js';
import { LastUseStore } from './LastUseStore.js';

/** Says of keys when they were last used, where that is later than what is known. */
export const markUsed = (rows: Rows, uses: readonly { readonly apiKeyId: string; readonly at: Date }[]): Promise<void> =>
  new LastUseStore(rows).mark(uses);
