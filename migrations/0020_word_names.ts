import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

const BATCH = 500;
const WORD = /(?<=[^\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+/gu;

/**
 * The later words of living keys' names, each with its keys in the order of names: where many keys have a word, the first ones of
 * them are met at once. `api_key_words` has the same keys in the order of what follows the word.
 */
export class WordNames0020 implements MigrationInterface {
  readonly name = 'WordNames1795219200020';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'api_key_word_names',
      columns: (type) => [
        `organization_id ${type.id} NOT NULL`,
        `word ${type.text(200)} NOT NULL`,
        `name_key ${type.text(200)} NOT NULL`,
        `api_key_id ${type.id} NOT NULL`,
        `PRIMARY KEY (organization_id, word, name_key, api_key_id)`,
      ],
      indexes: { api_key_word_names_by_key: 'api_key_id' },
      clustered: true,
    });
    await indexNames(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_key_word_names');
  }
}

/** Enters the keys that there are. Begins anew where an earlier run was cut off. */
async function indexNames(runner: QueryRunner): Promise<void> {
  await runner.query('DELETE FROM api_key_word_names');
  for (let after = ''; ;) {
    const keys = (await runner.query(
      `SELECT id, organization_id, name_key FROM api_keys WHERE deleted_at IS NULL AND id > ? ORDER BY id LIMIT ${BATCH}`,
      [after],
    )) as { id: string; organization_id: string; name_key: string }[];
    const last = keys.at(-1);
    if (!last) return;
    after = last.id;
    const rows = keys.flatMap(({ id, organization_id, name_key }) =>
      [...new Set(name_key.match(WORD))].map((word) => [organization_id, word, name_key, id]),
    );
    for (let from = 0; from < rows.length; from += BATCH) {
      const some = rows.slice(from, from + BATCH);
      await runner.query(
        `INSERT INTO api_key_word_names (organization_id, word, name_key, api_key_id) VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}`,
        some.flat(),
      );
    }
  }
}
