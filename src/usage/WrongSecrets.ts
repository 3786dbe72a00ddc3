import type { Rows } from '../database/index.js';
import { retiredAmong } from '../keys/index.js';
import { type KeyUse, type WrongSecret, usedKey } from './KeyUse.js';

/** Wrong secrets that wait to be looked up; of a flood of guesses the rest is not asked about. */
const MOST_WAITING = 1_000;
/** Looked up in one statement. */
const CHUNK = 200;

/**
 * Secrets that were refused: which of them are retired ones is asked behind the answer, so that the answer takes the same
 * time for all of them (R33). A secret that never was leaves nothing.
 */
export class WrongSecrets {
  private waiting: WrongSecret[] = [];

  note(wrong: WrongSecret): void {
    if (this.waiting.length < MOST_WAITING) this.waiting.push({ ...wrong, key: usedKey(wrong.key) });
  }

  /** Notes the uses of retired secrets among what waits. What could not be asked about waits on. */
  async noteRetired(rows: Rows, note: (use: KeyUse) => void): Promise<void> {
    for (let left = this.waiting.length; left > 0; left -= CHUNK) {
      const chunk = this.waiting.slice(0, Math.min(left, CHUNK));
      const answers = await retiredAmong(
        rows,
        chunk.map(({ key, digest }) => ({ keyId: key.id, digest })),
      );
      this.waiting.splice(0, chunk.length);
      for (const [index, wrong] of chunk.entries()) if (answers[index]) note(useOf(wrong));
    }
  }
}

const useOf = ({ digest: _digest, ...wrong }: WrongSecret): KeyUse => ({
  ...wrong,
  code: 'NOT_FOUND',
  counted: true,
  retiredSecret: true,
});
