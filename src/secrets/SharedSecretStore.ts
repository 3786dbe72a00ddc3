import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { type SharedSecretRow, SharedSecretRows } from './SharedSecretRow.js';

/** Rows of shared secrets: at most one of each organization. */
export class SharedSecretStore {
  constructor(private readonly rows: Rows) {}

  find(organizationId: string): Promise<SharedSecretRow | null> {
    return this.rows.findOneBy(SharedSecretRows, { organizationId });
  }

  exists(organizationId: string): Promise<boolean> {
    return this.rows.existsBy(SharedSecretRows, { organizationId });
  }

  async insert(permit: Permit<'sharedSecret.rotate'>, row: SharedSecretRow): Promise<void> {
    permitted(permit, this.rows, row.organizationId);
    await this.rows.insert(SharedSecretRows, row);
  }

  async replace(permit: Permit<'sharedSecret.rotate'>, { organizationId, ...row }: SharedSecretRow): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows.update(SharedSecretRows, { organizationId }, row);
  }

  async delete(permit: Permit<'organization.delete'>, organizationId: string): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows.delete(SharedSecretRows, { organizationId });
  }
}
