import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** All four kinds in one table: flat spheres of authority. Containment is two columns, for display and reach. */
export class Namespaces0001 implements MigrationInterface {
  readonly name = 'Namespaces1795219200001';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'namespaces',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `kind ${type.text(16)} NOT NULL`,
        // The tenant. An organization stands for itself here.
        `organization_id ${type.id} NOT NULL`,
        `application_id ${type.id} NULL`,
        `name ${type.text(100)} NOT NULL`,
        `name_key ${type.text(200)} NOT NULL`,
        `description ${type.text(500)} NULL`,
        `created_at ${type.instant} NOT NULL`,
        `updated_at ${type.instant} NOT NULL`,
        // A deleted namespace keeps its row: keys, grants and the audit trail still tell its name.
        `deleted_at ${type.instant} NULL`,
        `CONSTRAINT namespaces_containment CHECK ((kind = 'ORGANIZATION' AND organization_id = id AND application_id IS NULL) OR (kind = 'APPLICATION' AND application_id IS NULL) OR (kind = 'WORKSPACE' AND application_id IS NOT NULL) OR kind = 'USER_GROUP')`,
        `CONSTRAINT namespaces_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
        `CONSTRAINT namespaces_application FOREIGN KEY (application_id) REFERENCES namespaces (id)`,
      ],
      indexes: {
        namespaces_by_organization: 'organization_id, kind, id',
        namespaces_by_application: 'application_id, kind, id',
        namespaces_by_name: 'organization_id, kind, name_key',
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE namespaces');
  }
}
