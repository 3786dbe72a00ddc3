import { LocalWithdrawals } from '../../src/withdrawals/index.js';

/** The withdrawals of a part that is tested without anybody who remembers keys. */
export const nobodyRemembers = new LocalWithdrawals({ forget: () => undefined, forgetAll: () => undefined });
