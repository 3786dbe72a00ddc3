import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, createTable } from './table.js';

/** What was done, by whom, to what: written in the transaction of the change, chained by hash within the tenant; and what was refused. */
export class AuditEvents0007 implements MigrationInterface {
  readonly name = 'AuditEvents1795219200007';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'audit_events',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        // Null for a denial: those stand outside the chain.
        `sequence ${type.integer} NULL`,
        `at ${type.instant} NOT NULL`,
        `action ${type.text(64)} NOT NULL`,
        `outcome ${type.text(8)} NOT NULL`,
        `reason ${type.text(500)} NULL`,
        `actor_id ${type.id} NULL`,
        `actor_api_key_id ${type.id} NULL`,
        `target_id ${type.id} NULL`,
        `namespace_id ${type.id} NULL`,
        `changes ${type.json} NULL`,
        `request_id ${type.text(64)} NOT NULL`,
        `previous_hash ${type.bytes(32)} NULL`,
        `hash ${type.bytes(32)} NULL`,
      ],
      indexes: {
        audit_events_by_time: 'organization_id, id',
        audit_events_by_target: 'organization_id, target_id, id',
        audit_events_by_actor: 'organization_id, actor_id, id',
        audit_events_by_action: 'organization_id, action, id',
      },
      uniques: { audit_events_chain: 'organization_id, sequence' },
    });
    await appendOnly(runner, 'audit_events', 'sequence');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_events');
  }
}
