import { In } from 'typeorm';
import type { TenantSettings } from '../access/index.js';
import { TenantRows } from '../access/TenantRow.js';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';

/** Rows of tenants, as far as their organization decides about them. */
export class TenantStore {
  constructor(private readonly rows: Rows) {}

  async settings(organizationIds: readonly string[]): Promise<ReadonlyMap<string, TenantSettings>> {
    const found = await this.rows.findBy(TenantRows, { organizationId: In([...organizationIds]) });
    return new Map(found.map(({ organizationId, ...row }) => [organizationId, row]));
  }

  async configure(permit: Permit<'organization.configure'>, organizationId: string, settings: Partial<TenantSettings>): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows.update(TenantRows, { organizationId }, settings);
  }
}
