import { In } from 'typeorm';
import { insertRows, type Rows } from '../database/index.js';
import { searchKey } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyPermissionRows, ApiKeyWordRows } from './ApiKeyIndexRow.js';
import { ApiKeyRows } from './ApiKeyRow.js';

type Indexed = Pick<ApiKey, 'id' | 'organizationId'>;

const BATCH = 500;
const WORD = /(?<=[^\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]/gu;

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
    await insertRows(this.rows, ApiKeyWordRows, keys.flatMap(wordRows));
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
      await this.rows.delete(ApiKeyWordRows, { apiKeyId });
      await insertRows(this.rows, ApiKeyWordRows, wordRows({ ...key, name }));
    }
  }

  /** Takes out keys that are deleted. */
  async remove(...apiKeyIds: readonly string[]): Promise<void> {
    for (let from = 0; from < apiKeyIds.length; from += BATCH) {
      const some = In(apiKeyIds.slice(from, from + BATCH));
      await this.rows.delete(ApiKeyPermissionRows, { apiKeyId: some });
      await this.rows.delete(ApiKeyWordRows, { apiKeyId: some });
    }
  }

  /** Takes out every key at home in a namespace that is deleted with them. */
  async removeOfNamespace(namespaceId: string): Promise<void> {
    const found = await this.rows.find(ApiKeyRows, { select: { id: true }, where: { namespaceId } });
    await this.remove(...found.map(({ id }) => id));
  }
}

const permissionRows = ({ organizationId, id, permissions }: Indexed & Pick<ApiKey, 'permissions'>) =>
  [...new Set(permissions)].map((permission) => ({ organizationId, permission, apiKeyId: id }));

const wordRows = ({ organizationId, id, name }: Indexed & Pick<ApiKey, 'name'>) =>
  laterWords(name).map((words) => ({ organizationId, words, apiKeyId: id }));
