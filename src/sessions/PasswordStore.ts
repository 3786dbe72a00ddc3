import type { SelectQueryBuilder } from 'typeorm';
import type { Rows } from '../database/index.js';
import { addressKey } from '../domain/index.js';
import { NamespaceRows } from '../namespaces/NamespaceRow.js';
import { type UserRow, UserRows } from '../people/UserRow.js';

/** Somebody who can sign in, with what their password is compared with. */
export interface SignInUser {
  readonly id: string;
  readonly organizationId: string;
  readonly passwordDigest: string;
  readonly mustChangePassword: boolean;
}

/** Narrows users, as rows of `u`, to the people who can sign in: active, with a password, in an organization that lives (R69). */
export const ableToSignIn = (users: SelectQueryBuilder<UserRow>): SelectQueryBuilder<UserRow> =>
  users
    .innerJoin(NamespaceRows.options.name, 'o', 'o.id = u.organizationId AND o.deletedAt IS NULL')
    .andWhere('u.kind = :human AND u.active = :active AND u.removedAt IS NULL AND u.passwordDigest IS NOT NULL', {
      human: 'HUMAN',
      active: true,
    });

const toSignInUser = ({ id, organizationId, passwordDigest, mustChangePassword }: UserRow): SignInUser => {
  if (passwordDigest === null) throw new Error('a user without a password was found among those who can sign in');
  return { id, organizationId, passwordDigest, mustChangePassword };
};

/** Rows of users as sign-in needs them. */
export class PasswordStore {
  constructor(private readonly rows: Rows) {}

  /** Who can sign in with this address, in one organization or in all; two are enough to know that there are several. */
  async byEmail(email: string, organizationId: string | null): Promise<SignInUser[]> {
    const users = this.users().andWhere('u.emailKey = :emailKey', { emailKey: addressKey(email) });
    if (organizationId !== null) users.andWhere('u.organizationId = :organizationId', { organizationId });
    return (await users.orderBy('u.id').limit(2).getMany()).map(toSignInUser);
  }

  /** The user of that id; null if they cannot sign in. */
  async find(userId: string): Promise<SignInUser | null> {
    const user = await this.users().andWhere('u.id = :userId', { userId }).getOne();
    return user && toSignInUser(user);
  }

  /** Gives a user the password they have chosen; false if theirs is another by now. */
  async replace({ id, passwordDigest }: SignInUser, digest: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      UserRows,
      { id, passwordDigest },
      { passwordDigest: digest, mustChangePassword: false, updatedAt: now },
    );
    return affected === 1;
  }

  private users(): SelectQueryBuilder<UserRow> {
    const users = this.rows
      .createQueryBuilder(UserRows, 'u')
      .select(['u.id', 'u.organizationId', 'u.passwordDigest', 'u.mustChangePassword'])
      .where('1 = 1');
    return ableToSignIn(users);
  }
}
