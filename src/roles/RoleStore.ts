import { In, IsNull } from 'typeorm';
import { builtInRoles, type Permission, type Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { searchKey } from '../domain/index.js';
import { GrantRows } from './GrantRow.js';
import type { CustomRole, Role } from './Role.js';
import { type RoleRow, RoleRows } from './RoleRow.js';

/** What an edit says anew. */
export interface RoleEdit {
  readonly name?: string;
  readonly description?: string | null;
  readonly permissions?: readonly Permission[];
}

const toCustomRole = ({ nameKey: _nameKey, updatedAt: _updatedAt, permissions, ...row }: RoleRow): CustomRole => ({
  ...row,
  permissions: permissions as Permission[],
  builtIn: false,
  assignableToApiKeys: true,
});

const reservedKeys: ReadonlySet<string> = new Set(builtInRoles.map(({ name }) => searchKey(name)));

/** Rows of the tenants' own roles. */
export class RoleStore {
  constructor(private readonly rows: Rows) {}

  /** Custom roles by id, deleted ones too: their name-tags outlive them. */
  async byIds(ids: readonly string[]): Promise<Map<string, CustomRole>> {
    const found = await this.rows.findBy(RoleRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toCustomRole(row)]));
  }

  /** The living custom roles of each of these tenants, in the order of creation. */
  async ofOrganizations(organizationIds: readonly string[]): Promise<Map<string, Role[]>> {
    const found = await this.rows.find(RoleRows, {
      where: { organizationId: In([...organizationIds]), deletedAt: IsNull() },
      order: { id: 'ASC' },
    });
    return Map.groupBy(found.map(toCustomRole), ({ organizationId }) => organizationId);
  }

  /** A living custom role of that tenant. */
  async find(organizationId: string, id: string): Promise<CustomRole | null> {
    const row = await this.rows.findOneBy(RoleRows, { id, organizationId, deletedAt: IsNull() });
    return row && toCustomRole(row);
  }

  /** Whether a role of the tenant, or one that is built in, has that name already, in whatever case. */
  async isTaken(organizationId: string, name: string, exceptId?: string): Promise<boolean> {
    const nameKey = searchKey(name);
    if (reservedKeys.has(nameKey)) return true;
    const row = await this.rows.findOne(RoleRows, { select: { id: true }, where: { organizationId, nameKey } });
    return row !== null && row.id !== exceptId;
  }

  /** Where a role is granted. */
  async grantedIn(organizationId: string, roleId: string): Promise<string[]> {
    const found = await this.rows.find(GrantRows, { select: { id: true, namespaceId: true }, where: { organizationId, roleId } });
    return [...new Set(found.map(({ namespaceId }) => namespaceId))];
  }

  async insert(permit: Permit<'role.create'>, role: CustomRole): Promise<void> {
    permitted(permit, this.rows, role.id);
    await this.rows.insert(RoleRows, {
      id: role.id,
      organizationId: role.organizationId,
      name: role.name,
      nameKey: searchKey(role.name),
      description: role.description,
      permissions: [...role.permissions],
      createdAt: role.createdAt,
      updatedAt: role.createdAt,
      deletedAt: null,
    });
  }

  async edit(permit: Permit<'role.update'>, id: string, { name, description, permissions }: RoleEdit, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    const said = {
      ...(name !== undefined && { name, nameKey: searchKey(name) }),
      ...(description !== undefined && { description }),
      ...(permissions !== undefined && { permissions: [...permissions] }),
    };
    await this.rows.update(RoleRows, { id, deletedAt: IsNull() }, { ...said, updatedAt: now });
  }

  /** False if it was deleted already. Its name is free again. */
  async delete(permit: Permit<'role.delete'>, id: string, now: Date): Promise<boolean> {
    permitted(permit, this.rows, id);
    const { affected } = await this.rows.update(RoleRows, { id, deletedAt: IsNull() }, { deletedAt: now, updatedAt: now, nameKey: null });
    return affected === 1;
  }
}
