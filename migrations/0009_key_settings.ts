import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, type Types } from './table.js';

const added: Readonly<Record<string, (type: Types) => string>> = {
  rate_limit: (type) => `${type.json} NULL`,
  restrictions: (type) => `${type.json} NULL`,
  allowed_cidrs: (type) => `${type.json} NULL`,
  metadata: (type) => `${type.json} NULL`,
  last_used_at: (type) => `${type.instant} NULL`,
  generation: (type) => `${type.integer} NOT NULL DEFAULT 1`,
  // SHA-256 of the secret before the current one, while its grace lasts.
  previous_secret_digest: (type) => `${type.bytes(32)} NULL`,
  previous_secret_expires_at: (type) => `${type.instant} NULL`,
};

/** What narrows a key, when it was last used, and the secret that it had before. */
export class KeySettings0009 implements MigrationInterface {
  readonly name = 'KeySettings1795219200009';

  async up(runner: QueryRunner): Promise<void> {
    for (const [column, definition] of Object.entries(added)) await addColumn(runner, 'api_keys', column, definition);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of Object.keys(added).reverse()) await runner.query(`ALTER TABLE api_keys DROP COLUMN ${column}`);
  }
}
