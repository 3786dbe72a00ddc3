import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** How often each key was used, hour by hour. Nothing refers to the keys: what was counted outlives them (S2.8). */
export class Usage0014 implements MigrationInterface {
  readonly name = 'Usage1795219200014';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'usage_hours',
      columns: (type) => [
        `api_key_id ${type.id} NOT NULL`,
        `hour ${type.instant} NOT NULL`,
        `verified ${type.integer} NOT NULL`,
        `denied ${type.integer} NOT NULL`,
        `rate_limited ${type.integer} NOT NULL`,
        `PRIMARY KEY (api_key_id, hour)`,
      ],
      // For the purge.
      indexes: { usage_hours_by_time: 'hour, api_key_id' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_hours');
  }
}
