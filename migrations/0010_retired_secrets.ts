import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, createTable } from './table.js';

/** Every secret that a key had before, so that one that is still tried is recognised. None of them ever comes back. */
export class RetiredSecrets0010 implements MigrationInterface {
  readonly name = 'RetiredSecrets1795219200010';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'retired_secrets',
      columns: (type) => [
        `api_key_id ${type.id} NOT NULL`,
        // SHA-256 of the secret.
        `digest ${type.bytes(32)} NOT NULL`,
        // When it was replaced; it may have had a grace after that.
        `retired_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (api_key_id, digest)`,
        `CONSTRAINT retired_secrets_digest CHECK (LENGTH(digest) = 32)`,
        `CONSTRAINT retired_secrets_key FOREIGN KEY (api_key_id) REFERENCES api_keys (id)`,
      ],
    });
    await appendOnly(runner, 'retired_secrets', 'digest');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retired_secrets');
  }
}
