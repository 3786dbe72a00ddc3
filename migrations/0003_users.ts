import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** Users, each in exactly one organization, and their memberships of groups. */
export class Users0003 implements MigrationInterface {
  readonly name = 'Users1795219200003';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'users',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `kind ${type.text(8)} NOT NULL`,
        `name ${type.text(100)} NOT NULL`,
        `name_key ${type.text(200)} NOT NULL`,
        `email ${type.text(254)} NULL`,
        // Null for service users and for removed users, whose address is free again.
        `email_key ${type.text(254)} NULL`,
        `password_digest ${type.text(72)} NULL`,
        `must_change_password ${type.flag} NOT NULL`,
        `active ${type.flag} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `updated_at ${type.instant} NOT NULL`,
        `removed_at ${type.instant} NULL`,
        `CONSTRAINT users_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
      ],
      indexes: {
        users_by_organization: 'organization_id, id',
        users_by_name: 'organization_id, name_key',
        users_by_email: 'email_key',
      },
      uniques: { users_email: 'organization_id, email_key' },
    });
    await createTable(runner, {
      name: 'group_members',
      columns: (type) => [
        `user_group_id ${type.id} NOT NULL`,
        `user_id ${type.id} NOT NULL`,
        `added_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (user_group_id, user_id)`,
        `CONSTRAINT group_members_group FOREIGN KEY (user_group_id) REFERENCES namespaces (id)`,
        `CONSTRAINT group_members_user FOREIGN KEY (user_id) REFERENCES users (id)`,
      ],
      indexes: { group_members_by_user: 'user_id, user_group_id' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE group_members');
    await runner.query('DROP TABLE users');
  }
}
