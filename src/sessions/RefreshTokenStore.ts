import { In, IsNull, LessThan } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type RefreshTokenRow, RefreshTokenRows } from './RefreshTokenRow.js';
import type { PresentedToken } from './refreshTokens.js';

const DIGEST_LENGTH = 32;

/** Rows of refresh tokens. */
export class RefreshTokenStore {
  constructor(private readonly rows: Rows) {}

  /** The token of that digest in that session, spent or not; null if there never was one. */
  async find({ digest, sessionId }: PresentedToken): Promise<RefreshTokenRow | null> {
    return this.rows.findOneBy(RefreshTokenRows, { digest, sessionId });
  }

  async insert({ digest, sessionId }: PresentedToken, now: Date): Promise<void> {
    // MySQL would pad a shorter one silently.
    if (digest.length !== DIGEST_LENGTH) throw new Error('a digest has the wrong length');
    await this.rows.insert(RefreshTokenRows, { digest, sessionId, createdAt: now, spentAt: null });
  }

  /** Spends a token; false if it was spent already. */
  async spend({ digest }: PresentedToken, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(RefreshTokenRows, { digest, spentAt: IsNull() }, { spentAt: now });
    return affected === 1;
  }

  /** Spends what is left of a session's tokens. */
  async spendAllOf(sessionId: string, now: Date): Promise<void> {
    await this.rows.update(RefreshTokenRows, { sessionId, spentAt: IsNull() }, { spentAt: now });
  }

  /** Deletes tokens that were spent before then: so many at the most; how many. */
  async deleteSpent(before: Date, most: number): Promise<number> {
    const spent = await this.rows.find(RefreshTokenRows, { select: { digest: true }, where: { spentAt: LessThan(before) }, take: most });
    if (spent.length > 0) await this.rows.delete(RefreshTokenRows, { digest: In(spent.map(({ digest }) => digest)) });
    return spent.length;
  }
}
