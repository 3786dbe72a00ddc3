import { In, IsNull, Raw } from 'typeorm';
import type { Permission, Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { ApiKeyPermissionRows } from '../keys/ApiKeyIndexRow.js';
import { PermissionDefinitionRows } from './PermissionDefinitionRow.js';
import { RoleRows } from './RoleRow.js';

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

  async isRegistered(organizationId: string, name: Permission): Promise<boolean> {
    return this.rows.existsBy(PermissionDefinitionRows, { organizationId, name });
  }

  /** Whether a role of the tenant, or a key that is not deleted, still names a permission. */
  async isUsed(organizationId: string, name: Permission): Promise<boolean> {
    // As it stands in the JSON of a list, with its quotes; LIKE would take other cases of it for the same on SQLite.
    const permissions = Raw((column) => `INSTR(${column}, :name) > 0`, { name: JSON.stringify(name) });
    const where = { organizationId, deletedAt: IsNull(), permissions } as never;
    return (await this.rows.existsBy(RoleRows, where)) || this.rows.existsBy(ApiKeyPermissionRows, { organizationId, permission: name });
  }

  async insert(
    permit: Permit<'permission.define'>,
    organizationId: string,
    said: Omit<RegisteredPermission, 'builtIn'>,
    now: Date,
  ): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows.insert(PermissionDefinitionRows, { organizationId, ...said, createdAt: now });
  }

  /** False if there was no such permission. */
  async delete(permit: Permit<'permission.remove'>, organizationId: string, name: Permission): Promise<boolean> {
    permitted(permit, this.rows, organizationId);
    const { affected } = await this.rows.delete(PermissionDefinitionRows, { organizationId, name });
    return affected === 1;
  }
}
