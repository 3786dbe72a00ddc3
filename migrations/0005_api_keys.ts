import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, fixColumns } from './table.js';

/** API keys. What is fixed at creation is fixed here too: no statement can move a key to another user or lengthen its life. */
export class ApiKeys0005 implements MigrationInterface {
  readonly name = 'ApiKeys1795219200005';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'api_keys',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `namespace_id ${type.id} NOT NULL`,
        `environment ${type.text(16)} NOT NULL`,
        `user_id ${type.id} NOT NULL`,
        `created_by ${type.id} NOT NULL`,
        // Whoever obtained the current secret.
        `issued_by ${type.id} NOT NULL`,
        `created_by_api_key_id ${type.id} NULL`,
        `name ${type.text(100)} NOT NULL`,
        `name_key ${type.text(200)} NOT NULL`,
        `description ${type.text(500)} NULL`,
        `role_id ${type.id} NULL`,
        `permissions ${type.json} NOT NULL`,
        `hint ${type.text(64)} NOT NULL`,
        // SHA-256 of the secret.
        `secret_digest ${type.bytes(32)} NOT NULL`,
        `expires_at ${type.instant} NULL`,
        `created_at ${type.instant} NOT NULL`,
        `updated_at ${type.instant} NOT NULL`,
        `revoked_at ${type.instant} NULL`,
        `revoked_by ${type.id} NULL`,
        `revoke_reason ${type.text(500)} NULL`,
        `revoked_permanently ${type.flag} NOT NULL`,
        // A deleted key keeps its row: its history stays (S2.8), and it is in no list.
        `deleted_at ${type.instant} NULL`,
        `CONSTRAINT api_keys_digest CHECK (LENGTH(secret_digest) = 32)`,
        `CONSTRAINT api_keys_namespace FOREIGN KEY (namespace_id) REFERENCES namespaces (id)`,
        `CONSTRAINT api_keys_user FOREIGN KEY (user_id) REFERENCES users (id)`,
        `CONSTRAINT api_keys_creator FOREIGN KEY (created_by) REFERENCES users (id)`,
        `CONSTRAINT api_keys_issuer FOREIGN KEY (issued_by) REFERENCES users (id)`,
      ],
      indexes: {
        api_keys_by_organization: 'organization_id, id',
        api_keys_by_namespace: 'namespace_id, id',
        api_keys_by_user: 'user_id, id',
        // MySQL would make an index of its own for each of these two references.
        api_keys_by_creator: 'created_by, id',
        api_keys_by_issuer: 'issued_by, id',
        api_keys_by_parent: 'created_by_api_key_id, id',
      },
    });
    await fixColumns(runner, 'api_keys', [
      'id',
      'organization_id',
      'namespace_id',
      'environment',
      'user_id',
      'created_by',
      'created_by_api_key_id',
      'expires_at',
      'created_at',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_keys');
  }
}
