import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/**
 * Webhooks: what admins say of them, how far each has come in its tenant's audit chain, and what waits to be sent.
 * The second is a row of its own, written in the background, so that no edit waits for a delivery.
 */
export class Webhooks0017 implements MigrationInterface {
  readonly name = 'Webhooks1795219200017';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'webhooks',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `url ${type.text(2000)} NOT NULL`,
        `events ${type.json} NOT NULL`,
        `active ${type.flag} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `updated_at ${type.instant} NOT NULL`,
        `CONSTRAINT webhooks_organization FOREIGN KEY (organization_id) REFERENCES tenants (organization_id)`,
      ],
      indexes: { webhooks_by_organization: 'organization_id, id' },
    });
    await createTable(runner, {
      name: 'webhook_lanes',
      columns: (type) => [
        `webhook_id ${type.id} NOT NULL PRIMARY KEY`,
        // The last event of the audit chain whose messages all wait or are sent.
        `cursor_sequence ${type.integer} NOT NULL`,
        // Of the event after it: the last key that has been told of already, where there are many.
        `cursor_key_id ${type.id} NULL`,
        // Messages so far: the place of the newest.
        `places ${type.integer} NOT NULL`,
        `scanned_at ${type.instant} NULL`,
        // One replica at a time sends for a webhook; one that dies lets go when the lease ends.
        `lease_id ${type.text(36)} NULL`,
        `leased_until ${type.instant} NULL`,
        `last_delivery_at ${type.instant} NULL`,
        `last_failure ${type.text(500)} NULL`,
      ],
    });
    await createTable(runner, {
      name: 'webhook_deliveries',
      columns: (type) => [
        `webhook_id ${type.id} NOT NULL`,
        `place ${type.integer} NOT NULL`,
        // The same at each try, and the same for the same event whoever writes it: receivers drop repeats by it.
        `message_id ${type.text(80)} NOT NULL`,
        `event ${type.text(32)} NOT NULL`,
        `api_key_id ${type.id} NOT NULL`,
        `body ${type.json} NOT NULL`,
        `attempts ${type.integer} NOT NULL`,
        // Null: delivered, or given up.
        `due_at ${type.instant} NULL`,
        `created_at ${type.instant} NOT NULL`,
        `PRIMARY KEY (webhook_id, place)`,
      ],
      indexes: {
        webhook_deliveries_due: 'due_at, webhook_id',
        webhook_deliveries_waiting: 'webhook_id, due_at, created_at',
        webhook_deliveries_by_key: 'webhook_id, api_key_id, event',
      },
      uniques: { webhook_deliveries_once: 'webhook_id, message_id' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_deliveries', 'webhook_lanes', 'webhooks']) await runner.query(`DROP TABLE ${table}`);
  }
}
