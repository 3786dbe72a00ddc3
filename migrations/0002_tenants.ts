import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/**
 * One row for each organization: the row that every change in the tenant writes first, so that changes of one tenant
 * are decided one after the other, and the head of its audit chain. `installation` has one row: who came first.
 */
export class Tenants0002 implements MigrationInterface {
  readonly name = 'Tenants1795219200002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'tenants',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL PRIMARY KEY`,
        `is_first ${type.flag} NOT NULL`,
        `audit_sequence ${type.integer} NOT NULL`,
        `audit_hash ${type.bytes(32)} NOT NULL`,
        `CONSTRAINT tenants_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
      ],
    });
    await createTable(runner, {
      name: 'installation',
      columns: (type) => [
        `id ${type.integer} NOT NULL PRIMARY KEY`,
        `first_organization_id ${type.id} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `CONSTRAINT installation_single CHECK (id = 1)`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE installation');
    await runner.query('DROP TABLE tenants');
  }
}
