import { In } from 'typeorm';
import type { Permission } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { PermissionDefinitionRows } from './PermissionDefinitionRow.js';

/** A permission that a tenant's own services have registered. */
export interface RegisteredPermission {
  readonly name: Permission;
  readonly label: string;
  readonly description: string | null;
  readonly builtIn: false;
}

/** Rows of the permissions that tenants have registered. */
export class PermissionStore {
  constructor(private readonly rows: Rows) {}

  /** What each of these tenants has registered, by name. */
  async ofOrganizations(organizationIds: readonly string[]): Promise<ReadonlyMap<string, readonly RegisteredPermission[]>> {
    const found = await this.rows.find(PermissionDefinitionRows, {
      where: { organizationId: In([...organizationIds]) },
      order: { name: 'ASC' },
    });
    const byTenant = Map.groupBy(found, ({ organizationId }) => organizationId);
    return new Map(
      [...byTenant].map(([id, rows]) => [
        id,
        rows.map(({ name, label, description }) => ({ name: name as Permission, label, description, builtIn: false })),
      ]),
    );
  }
}
