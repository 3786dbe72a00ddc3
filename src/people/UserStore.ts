import { In } from 'typeorm';
import type { Rows } from '../database/index.js';
import type { User } from './User.js';
import { type UserRow, UserRows } from './UserRow.js';

const toUser = ({ id, organizationId, kind, name, email, active, createdAt, removedAt }: UserRow): User => ({
  id,
  organizationId,
  kind,
  name,
  email,
  active: active && removedAt === null,
  createdAt,
  removedAt,
});

/** Rows of users. */
export class UserStore {
  constructor(private readonly rows: Rows) {}

  /** Users by id, removed ones too: their name-tags outlive them. */
  async byIds(ids: readonly string[]): Promise<Map<string, User>> {
    const found = await this.rows.findBy(UserRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toUser(row)]));
  }
}
