import { In, IsNull, LessThan, MoreThan, Not, type SelectQueryBuilder } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type UserRow, UserRows } from '../people/UserRow.js';
import { ableToSignIn } from './PasswordStore.js';
import { RefreshTokenRows } from './RefreshTokenRow.js';
import type { Session } from './Session.js';
import { SessionRows } from './SessionRow.js';

/** Whose session it is, as they are now. */
export interface SessionHolder {
  readonly userId: string;
  readonly organizationId: string;
  readonly mustChangePassword: boolean;
}

/** Rows of sessions. Who acts on a session has proved to be its user: by the password, or by a token of the session. */
export class SessionStore {
  constructor(private readonly rows: Rows) {}

  async insert(session: Session): Promise<void> {
    await this.rows.insert(SessionRows, session);
  }

  /** Whose session it is that is not over, and of which tenant, whatever has become of them. */
  async userOf(sessionId: string, now: Date): Promise<Pick<SessionHolder, 'userId' | 'organizationId'> | null> {
    const user = await this.users(sessionId, now).getOne();
    return user && { userId: user.id, organizationId: user.organizationId };
  }

  /** Who holds a session, in one statement: null once it is over, or while its user cannot sign in. */
  async holder(sessionId: string, now: Date): Promise<SessionHolder | null> {
    const user = await ableToSignIn(this.users(sessionId, now)).getOne();
    return user && { userId: user.id, organizationId: user.organizationId, mustChangePassword: user.mustChangePassword };
  }

  /** Ends a session; false if it was over already. */
  async end(sessionId: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      SessionRows,
      { id: sessionId, endedAt: IsNull(), expiresAt: MoreThan(now) },
      { endedAt: now },
    );
    return affected === 1;
  }

  /** Ends the sessions of a user, all or all but one; answers how many. */
  async endAllOf(userId: string, now: Date, butId?: string): Promise<number> {
    const others = butId === undefined ? {} : { id: Not(butId) };
    const { affected } = await this.rows.update(
      SessionRows,
      { userId, endedAt: IsNull(), expiresAt: MoreThan(now), ...others },
      { endedAt: now },
    );
    return affected ?? 0;
  }

  /** Deletes sessions, and their refresh tokens, that were over before then: so many at the most; how many. */
  async deleteOver(before: Date, most: number): Promise<number> {
    const over = await this.rows.find(SessionRows, {
      select: { id: true },
      where: [{ endedAt: LessThan(before) }, { expiresAt: LessThan(before) }],
      order: { id: 'ASC' },
      take: most,
    });
    if (over.length === 0) return 0;
    const ids = over.map(({ id }) => id);
    await this.rows.delete(RefreshTokenRows, { sessionId: In(ids) });
    await this.rows.delete(SessionRows, { id: In(ids) });
    return ids.length;
  }

  private users(sessionId: string, now: Date): SelectQueryBuilder<UserRow> {
    return this.rows
      .createQueryBuilder(UserRows, 'u')
      .select(['u.id', 'u.organizationId', 'u.mustChangePassword'])
      .innerJoin(SessionRows.options.name, 's', 's.userId = u.id')
      .where('s.id = :sessionId AND s.endedAt IS NULL AND s.expiresAt > :now', { sessionId, now });
  }
}
