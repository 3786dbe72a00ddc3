import type { Memory, Withdrawals, Written } from './Withdrawals.js';

/** Where one process has the database to itself, forgetting in it is all there is to do. */
export class LocalWithdrawals implements Withdrawals {
  constructor(private readonly memory: Memory) {}

  write(_rows: unknown, subjects: readonly string[]): Promise<Written | null> {
    return Promise.resolve(subjects.length > 0 ? { subjects, number: null } : null);
  }

  settle(written: Written | null): Promise<void> {
    if (written) this.memory.forget(written.subjects);
    return Promise.resolve();
  }
}
