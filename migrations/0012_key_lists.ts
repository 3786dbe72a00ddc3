import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, addIndex, createTable, dropIndex } from './table.js';

/**
 * What lists of keys are narrowed and ordered by. Each index costs at every import, so there is none for each pair of a filter
 * and an order: a list either reads the few keys that a filter finds by the filter's index and sorts them, or, where it finds many,
 * walks the tenant's living keys in the order and meets them soon. Hence four indexes for the four orders, and one for each filter
 * that may find few; `deleted_at` stands in front, so that nothing walks past what was deleted in years. Writing `last_used_at` touches one.
 */
const indexes: Readonly<Record<string, string>> = {
  // The orders. An expiry and a last use are also ranges that a filter asks for.
  api_keys_in_order_of_creation: 'organization_id, deleted_at, id',
  api_keys_in_order_of_names: 'organization_id, deleted_at, name_key, id',
  api_keys_in_order_of_last_use: 'organization_id, deleted_at, last_used_at, id',
  api_keys_in_order_of_expiry: 'organization_id, deleted_at, expires_at, id',
  // The filters that have no index yet. A status is a range of expiries among what is stopped or not.
  api_keys_by_status: 'organization_id, deleted_at, stopped, expires_at, id',
  api_keys_by_environment: 'organization_id, environment, id',
  api_keys_by_role: 'organization_id, role_id, id',
};

/** The first one of these covers what this one was for. */
const replaced = { api_keys_by_organization: 'organization_id, id' } as const;

const BATCH = 500;
const WORD = /(?<=[^\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]/gu;

interface Indexed {
  readonly id: string;
  readonly organization_id: string;
  readonly name_key: string;
  readonly permissions: string;
}

export class KeyLists0012 implements MigrationInterface {
  readonly name = 'KeyLists1795219200012';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'api_keys', 'stopped', (type) => `${type.flag} NOT NULL DEFAULT 0`);
    // Two tables of living keys, written with them. They are read by ranges of their own and refer to nothing, as any index.
    await createTable(runner, {
      name: 'api_key_permissions',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL`,
        `permission ${type.text(100)} NOT NULL`,
        `api_key_id ${type.id} NOT NULL`,
        `PRIMARY KEY (organization_id, permission, api_key_id)`,
      ],
      indexes: { api_key_permissions_by_key: 'api_key_id' },
      clustered: true,
    });
    await createTable(runner, {
      name: 'api_key_words',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL`,
        // What of a name begins at one of its words but the first: where the name itself begins, `name_key` tells.
        `words ${type.text(200)} NOT NULL`,
        `api_key_id ${type.id} NOT NULL`,
        `PRIMARY KEY (organization_id, words, api_key_id)`,
      ],
      indexes: { api_key_words_by_key: 'api_key_id' },
      clustered: true,
    });
    await runner.query('UPDATE api_keys SET stopped = 1 WHERE revoked_at IS NOT NULL');
    // DISTINCT keeps MySQL from merging this into the update of the same table.
    await runner.query(`UPDATE api_keys SET stopped = 1 WHERE created_by_api_key_id IN (SELECT ended.id FROM (
      SELECT DISTINCT parent.id FROM api_keys parent WHERE parent.revoked_at IS NOT NULL OR parent.deleted_at IS NOT NULL) ended)`);
    await indexKeys(runner);
    for (const [index, columns] of Object.entries(indexes)) await addIndex(runner, 'api_keys', index, columns);
    for (const index of Object.keys(replaced)) await dropIndex(runner, 'api_keys', index);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [index, columns] of Object.entries(replaced)) await addIndex(runner, 'api_keys', index, columns);
    for (const index of Object.keys(indexes)) await dropIndex(runner, 'api_keys', index);
    await runner.query('DROP TABLE api_key_words');
    await runner.query('DROP TABLE api_key_permissions');
    await runner.query('ALTER TABLE api_keys DROP COLUMN stopped');
  }
}

/** Enters the keys that there are. Begins anew where an earlier run was cut off. */
async function indexKeys(runner: QueryRunner): Promise<void> {
  await runner.query('DELETE FROM api_key_permissions');
  await runner.query('DELETE FROM api_key_words');
  for (let after = ''; ;) {
    const keys = (await runner.query(
      `SELECT id, organization_id, name_key, permissions FROM api_keys WHERE deleted_at IS NULL AND id > ? ORDER BY id LIMIT ${BATCH}`,
      [after],
    )) as Indexed[];
    const last = keys.at(-1);
    if (!last) return;
    after = last.id;
    const permissions = keys.flatMap((key) => (JSON.parse(key.permissions) as string[]).map((name) => [key.organization_id, name, key.id]));
    const words = keys.flatMap((key) => wordsOf(key.name_key).map((text) => [key.organization_id, text, key.id]));
    await insert(runner, 'api_key_permissions (organization_id, permission, api_key_id)', permissions);
    await insert(runner, 'api_key_words (organization_id, words, api_key_id)', words);
  }
}

/** As the service splits names today; it may do otherwise later, and write these rows anew. */
const wordsOf = (nameKey: string): string[] => [...nameKey.matchAll(WORD)].map(({ index }) => nameKey.slice(index));

async function insert(runner: QueryRunner, into: string, rows: readonly string[][]): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const some = rows.slice(from, from + BATCH);
    await runner.query(`INSERT INTO ${into} VALUES ${some.map(() => '(?, ?, ?)').join(', ')}`, some.flat());
  }
}
