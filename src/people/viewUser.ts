import type { Rows } from '../database/index.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

/** Users by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function usersById(rows: Rows, ids: readonly string[]): Promise<(User | null)[]> {
  const found = await new UserStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}
