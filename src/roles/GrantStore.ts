import { In } from 'typeorm';
import type { Action, Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import type { Grant } from './Grant.js';
import { GrantRows } from './GrantRow.js';

type Creation = 'organization.create' | 'application.create' | 'workspace.create' | 'userGroup.create';

/** Rows of grants. */
export class GrantStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, Grant>> {
    const found = await this.rows.findBy(GrantRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, row]));
  }

  /** The grants with which a new namespace begins. */
  async insertInitial(permit: Permit<Extract<Action, Creation>>, grants: readonly Grant[]): Promise<void> {
    for (const grant of grants) {
      permitted(permit, this.rows, grant.namespaceId);
      await this.rows.insert(GrantRows, grant);
    }
  }
}
