import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** The tenant's own roles and permissions (built-in ones are code), and who holds which role where. */
export class Roles0004 implements MigrationInterface {
  readonly name = 'Roles1795219200004';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'permission_definitions',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL`,
        `name ${type.text(100)} NOT NULL`,
        `label ${type.text(100)} NOT NULL`,
        `description ${type.text(500)} NULL`,
        `created_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (organization_id, name)`,
        `CONSTRAINT permission_definitions_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
      ],
    });
    await createTable(runner, {
      name: 'roles',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `name ${type.text(100)} NOT NULL`,
        // Null once deleted, so that the name is free again.
        `name_key ${type.text(200)} NULL`,
        `description ${type.text(500)} NULL`,
        `permissions ${type.json} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `updated_at ${type.instant} NOT NULL`,
        `deleted_at ${type.instant} NULL`,
        `CONSTRAINT roles_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
      ],
      uniques: { roles_name: 'organization_id, name_key' },
    });
    await createTable(runner, {
      name: 'grants',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `namespace_id ${type.id} NOT NULL`,
        `role_id ${type.id} NOT NULL`,
        // A user or a user group; the id's first letters tell which.
        `subject_id ${type.id} NOT NULL`,
        `granted_by ${type.id} NULL`,
        `created_at ${type.instant} NOT NULL`,
        `CONSTRAINT grants_namespace FOREIGN KEY (namespace_id) REFERENCES namespaces (id)`,
      ],
      indexes: { grants_by_namespace: 'namespace_id, id', grants_by_role: 'organization_id, role_id, namespace_id' },
      uniques: { grants_once: 'subject_id, namespace_id, role_id' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE grants');
    await runner.query('DROP TABLE roles');
    await runner.query('DROP TABLE permission_definitions');
  }
}
