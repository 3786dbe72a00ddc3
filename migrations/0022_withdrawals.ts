import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** What replicas tell each other: a log of what was withdrawn, numbered in the order of commits, and who has read it how far. */
export class Withdrawals0022 implements MigrationInterface {
  readonly name = 'Withdrawals1795219200022';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'change_sequence',
      columns: (type) => [
        `id ${type.integer} NOT NULL PRIMARY KEY`,
        // The last number that was given. Whoever takes the next one holds this row until the commit: so numbers commit in order.
        `number bigint NOT NULL`,
        `CONSTRAINT change_sequence_single CHECK (id = 1)`,
      ],
    });
    const [row] = (await runner.query('SELECT number FROM change_sequence WHERE id = 1')) as unknown[];
    if (!row) await runner.query('INSERT INTO change_sequence (id, number) VALUES (1, 0)');
    await createTable(runner, {
      name: 'change_log',
      columns: (type) => [
        `number bigint NOT NULL`,
        // A key, a user or an organization: whatever rests on it is read anew.
        `subject_id ${type.id} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (number, subject_id)`,
      ],
      indexes: { change_log_by_age: 'created_at' },
    });
    await createTable(runner, {
      name: 'replicas',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        // The last number that it has applied.
        `acknowledged bigint NOT NULL`,
        `seen_at ${type.instant} NOT NULL`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['replicas', 'change_log', 'change_sequence']) await runner.query(`DROP TABLE ${table}`);
  }
}
