import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** The shared secret of an organization, which signs what the service sends out; sealed, because it must be readable again. */
export class SharedSecrets0016 implements MigrationInterface {
  readonly name = 'SharedSecrets1795219200016';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'shared_secrets',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL PRIMARY KEY`,
        // AES-256-GCM under ENCRYPTION_KEY, bound to the organization.
        `sealed ${type.bytes(128)} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        // The secret before this one, which signs as well until then.
        `previous_sealed ${type.bytes(128)} NULL`,
        `previous_until ${type.instant} NULL`,
        `CONSTRAINT shared_secrets_organization FOREIGN KEY (organization_id) REFERENCES tenants (organization_id)`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shared_secrets');
  }
}
