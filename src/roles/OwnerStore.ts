import { IsNull } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type UserRow, UserRows } from '../people/UserRow.js';

/** Rows of users as far as OWNER asks about them: it is for people only, and one of them always stays. */
export class OwnerStore {
  constructor(private readonly rows: Rows) {}

  /** The active people who are granted OWNER in an organization, directly. */
  async activeOwners(organizationId: string): Promise<string[]> {
    const owns = `EXISTS (SELECT 1 FROM grants g WHERE g.subject_id = u.id AND g.namespace_id = :organizationId AND g.role_id = 'rol_owner')`;
    const found = await this.rows
      .createQueryBuilder(UserRows, 'u')
      .select('u.id', 'id')
      .where(`u.organizationId = :organizationId AND u.kind = 'HUMAN' AND u.active = :active AND u.removedAt IS NULL`, {
        organizationId,
        active: true,
      })
      .andWhere(owns)
      .getRawMany<Pick<UserRow, 'id'>>();
    return found.map(({ id }) => id);
  }

  /** Whether a user is a person who can sign in now. */
  async isActiveHuman(id: string): Promise<boolean> {
    return this.rows.existsBy(UserRows, { id, kind: 'HUMAN', active: true, removedAt: IsNull() });
  }
}
