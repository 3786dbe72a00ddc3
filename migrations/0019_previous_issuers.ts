import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn } from './table.js';

/** Whoever obtained the secret before the current one: while its grace lasts, it is worth what they and the key's user hold. */
export class PreviousIssuers0019 implements MigrationInterface {
  readonly name = 'PreviousIssuers1795219200019';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'api_keys', 'previous_issued_by', (type) => `${type.id} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys DROP COLUMN previous_issued_by');
  }
}
