import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `users`. The password's digest stays in this room and in sign-in. */
export interface UserRow {
  id: string;
  organizationId: string;
  kind: 'HUMAN' | 'SERVICE';
  name: string;
  nameKey: string;
  email: string | null;
  emailKey: string | null;
  passwordDigest: string | null;
  mustChangePassword: boolean;
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
  removedAt: Date | null;
}

const { flag, id, instant, optional, primaryId, text } = columns;

export const UserRows = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    kind: text('kind'),
    name: text('name'),
    nameKey: text('name_key'),
    email: optional(text('email')),
    emailKey: optional(text('email_key')),
    passwordDigest: optional(text('password_digest')),
    mustChangePassword: flag('must_change_password'),
    active: flag('active'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    removedAt: optional(instant('removed_at')),
  },
});
