import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/**
 * What keys were used for, use by use. Ids sort by the time of the use, so that every index is also one by time. Nothing
 * refers to the keys: their log outlives them (S2.8).
 */
export class VerificationLogs0015 implements MigrationInterface {
  readonly name = 'VerificationLogs1795219200015';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'verification_logs',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `namespace_id ${type.id} NOT NULL`,
        `environment ${type.text(16)} NOT NULL`,
        `api_key_id ${type.id} NOT NULL`,
        `user_id ${type.id} NOT NULL`,
        `at ${type.instant} NOT NULL`,
        `code ${type.text(32)} NOT NULL`,
        `http_status ${type.integer} NOT NULL`,
        `retired_secret ${type.flag} NOT NULL`,
        `requested_permissions ${type.json} NOT NULL`,
        `resource ${type.text(255)} NULL`,
        `client_ip ${type.text(45)} NULL`,
        `latency_ms ${type.real} NOT NULL`,
        `request_id ${type.text(64)} NOT NULL`,
        // More than 1 on the row that stands for the uses of a busy minute that are not listed one by one.
        `uses ${type.integer} NOT NULL`,
      ],
      indexes: {
        verification_logs_by_tenant: 'organization_id, id',
        verification_logs_by_code: 'organization_id, code, id',
        verification_logs_by_key: 'api_key_id, id',
        verification_logs_by_home: 'namespace_id, environment, id',
        verification_logs_by_user: 'user_id, id',
      },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE verification_logs');
  }
}
