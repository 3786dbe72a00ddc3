import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** What was made under which `Idempotency-Key`, so that a repeated request makes it once. */
export class IdempotencyKeys0011 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1795219200011';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'idempotency_keys',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL`,
        // The user or the API key that asked: nobody's keys clash with another's.
        `principal_id ${type.id} NOT NULL`,
        // SHA-256 of the key and of the place in the request.
        `key_digest ${type.bytes(32)} NOT NULL`,
        // SHA-256 of what was asked for, without passwords.
        `input_digest ${type.bytes(32)} NOT NULL`,
        `created_id ${type.id} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (organization_id, principal_id, key_digest)`,
        `CONSTRAINT idempotency_keys_key CHECK (LENGTH(key_digest) = 32)`,
        `CONSTRAINT idempotency_keys_input CHECK (LENGTH(input_digest) = 32)`,
        `CONSTRAINT idempotency_keys_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
      ],
      indexes: { idempotency_keys_by_age: 'created_at' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
