import { type FindOperator, In } from 'typeorm';
import { afterPrefix, firstValues, insertRows, type Rows } from '../database/index.js';
import { searchKey } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyPermissionRows, ApiKeyWordNameRows, ApiKeyWordRows } from './ApiKeyIndexRow.js';
import { ApiKeyRows } from './ApiKeyRow.js';

type Indexed = Pick<ApiKey, 'id' | 'organizationId'>;

const BATCH = 500;
const WORD = /(?<=[^\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+/gu;
/** What a text begins with, as far as it is one word. */
const FIRST = /^[\p{L}\p{M}\p{N}]+/u;
/** So many words are walked beside each other; of more, each has few keys. */
const MOST_WORDS = 16;

/** What of a name begins at one of its words but the first, as it is searched: `nightly export`, of `Our nightly export`, and `export`. */
export function laterWords(name: string): string[] {
  const key = searchKey(name);
  return [...new Set([...key.matchAll(WORD)].map(({ index }) => key.slice(index)))];
}

/** The rows by which keys are found by a permission or a word. Written in the transaction that writes the keys, by their store. */
export class ApiKeyIndexStore {
  constructor(private readonly rows: Rows) {}

  /** Enters new keys. */
  async add(...keys: readonly (Indexed & Pick<ApiKey, 'name' | 'permissions'>)[]): Promise<void> {
    await insertRows(this.rows, ApiKeyPermissionRows, keys.flatMap(permissionRows));
    await this.addWords(keys);
  }

  /** Enters what has changed of a key. */
  async change(apiKeyId: string, { name, permissions }: { readonly name?: string; readonly permissions?: string[] }): Promise<void> {
    if (name === undefined && permissions === undefined) return;
    const key = await this.rows.findOneOrFail(ApiKeyRows, { select: { id: true, organizationId: true }, where: { id: apiKeyId } });
    if (permissions !== undefined) {
      await this.rows.delete(ApiKeyPermissionRows, { apiKeyId });
      await insertRows(this.rows, ApiKeyPermissionRows, permissionRows({ ...key, permissions }));
    }
    if (name !== undefined) {
      await this.removeWords({ apiKeyId });
      await this.addWords([{ ...key, name }]);
    }
  }

  /** Takes out keys that are deleted. */
  async remove(...apiKeyIds: readonly string[]): Promise<void> {
    for (let from = 0; from < apiKeyIds.length; from += BATCH) {
      const some = In(apiKeyIds.slice(from, from + BATCH));
      await this.rows.delete(ApiKeyPermissionRows, { apiKeyId: some });
      await this.removeWords({ apiKeyId: some });
    }
  }

  /** Takes out every key at home in a namespace that is deleted with them. */
  async removeOfNamespace(namespaceId: string): Promise<void> {
    const found = await this.rows.find(ApiKeyRows, { select: { id: true }, where: { namespaceId } });
    await this.remove(...found.map(({ id }) => id));
  }

  /** The words with which a name must go on, one of them, to be found by a text behind its start; null where they are too many. */
  async wordsOf(organizationId: string, text: string): Promise<string[] | null> {
    const [word] = FIRST.exec(text) ?? [];
    if (word === undefined) return null;
    // More than a word: that one is whole.
    if (word !== text) return [word];
    const range = { table: 'api_key_word_names', column: 'word', where: ['organization_id', organizationId] } as const;
    const words = await firstValues(this.rows, { ...range, from: word, to: afterPrefix(word) }, MOST_WORDS + 1);
    return words.length > MOST_WORDS ? null : words;
  }

  private async addWords(keys: readonly (Indexed & Pick<ApiKey, 'name'>)[]): Promise<void> {
    await insertRows(this.rows, ApiKeyWordRows, keys.flatMap(wordRows));
    await insertRows(this.rows, ApiKeyWordNameRows, keys.flatMap(wordNameRows));
  }

  private async removeWords(of: { readonly apiKeyId: string | FindOperator<string> }): Promise<void> {
    await this.rows.delete(ApiKeyWordRows, of);
    await this.rows.delete(ApiKeyWordNameRows, of);
  }
}

const permissionRows = ({ organizationId, id, permissions }: Indexed & Pick<ApiKey, 'permissions'>) =>
  [...new Set(permissions)].map((permission) => ({ organizationId, permission, apiKeyId: id }));

const wordRows = ({ organizationId, id, name }: Indexed & Pick<ApiKey, 'name'>) =>
  laterWords(name).map((words) => ({ organizationId, words, apiKeyId: id }));

const wordNameRows = ({ organizationId, id, name }: Indexed & Pick<ApiKey, 'name'>) => {
  const nameKey = searchKey(name);
  return [...new Set(nameKey.match(WORD))].map((word) => ({ organizationId, word, nameKey, apiKeyId: id }));
};
