import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn } from './table.js';

/** What an organization decides about its keys: who may create them, and how long they may live. */
export class TenantSettings0008 implements MigrationInterface {
  readonly name = 'TenantSettings1795219200008';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'tenants', 'members_may_create_api_keys', (type) => `${type.flag} NOT NULL DEFAULT 1`);
    await addColumn(runner, 'tenants', 'max_api_key_lifetime_days', (type) => `${type.integer} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tenants DROP COLUMN max_api_key_lifetime_days');
    await runner.query('ALTER TABLE tenants DROP COLUMN members_may_create_api_keys');
  }
}
