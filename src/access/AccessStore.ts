import { In, IsNull } from 'typeorm';
import type { NamespaceFacts } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { type ApiKeyRow, ApiKeyRows } from '../keys/ApiKeyRow.js';
import { NamespaceRows } from '../namespaces/NamespaceRow.js';
import { GroupMemberRows } from '../people/GroupMemberRow.js';
import { UserRows } from '../people/UserRow.js';
import { GrantRows } from '../roles/GrantRow.js';
import { PermissionDefinitionRows } from '../roles/PermissionDefinitionRow.js';
import { RoleRows } from '../roles/RoleRow.js';
import { TenantRows } from './TenantRow.js';
import type { TenantSettings } from './TenantSettings.js';

/** A user as authority needs them: their state, and under which ids they are granted roles. */
export interface Subject {
  readonly id: string;
  readonly organizationId: string;
  readonly state: 'ACTIVE' | 'INACTIVE' | 'REMOVED';
  /** The user's own id and those of their groups. */
  readonly subjectIds: readonly string[];
}

/** Reads, in a handful of statements whatever the number of rows, the facts that authority decides on. */
export class AccessStore {
  constructor(private readonly rows: Rows) {}

  async namespaces(ids: readonly string[]): Promise<Map<string, NamespaceFacts>> {
    const found = await this.rows.findBy(NamespaceRows, { id: In([...ids]) });
    const organizations = found.filter(({ kind }) => kind === 'ORGANIZATION').map(({ id }) => id);
    const first = new Set(
      organizations.length === 0
        ? []
        : (await this.rows.findBy(TenantRows, { organizationId: In(organizations), isFirst: true })).map((row) => row.organizationId),
    );
    return new Map(
      found.map(({ id, kind, organizationId, applicationId, deletedAt }) => [
        id,
        { id, kind, organizationId, applicationId, deleted: deletedAt !== null, first: first.has(id) },
      ]),
    );
  }

  async subjects(userIds: readonly string[]): Promise<Map<string, Subject>> {
    const users = await this.rows.find(UserRows, {
      select: { id: true, organizationId: true, active: true, removedAt: true },
      where: { id: In([...userIds]) },
    });
    const memberships = await this.rows.findBy(GroupMemberRows, { userId: In([...userIds]) });
    const groups = Map.groupBy(memberships, ({ userId }) => userId);
    return new Map(
      users.map(({ id, organizationId, active, removedAt }) => {
        const state = removedAt !== null ? 'REMOVED' : active ? 'ACTIVE' : 'INACTIVE';
        const groupIds = (groups.get(id) ?? []).map(({ userGroupId }) => userGroupId);
        return [id, { id, organizationId, state, subjectIds: [id, ...groupIds] }];
      }),
    );
  }

  /** The living custom roles of a tenant; no grant has a deleted one. */
  async customRoles(organizationId: string): Promise<{ id: string; permissions: readonly string[] }[]> {
    return this.rows.find(RoleRows, { select: { id: true, permissions: true }, where: { organizationId, deletedAt: IsNull() } });
  }

  async registeredPermissions(organizationId: string): Promise<string[]> {
    const found = await this.rows.find(PermissionDefinitionRows, { select: { name: true }, where: { organizationId } });
    return found.map(({ name }) => name);
  }

  async grants(
    subjectIds: readonly string[],
    namespaceIds: readonly string[],
  ): Promise<{ subjectId: string; namespaceId: string; roleId: string }[]> {
    return this.rows.find(GrantRows, {
      select: { id: true, subjectId: true, namespaceId: true, roleId: true },
      where: { subjectId: In([...subjectIds]), namespaceId: In([...namespaceIds]) },
    });
  }

  /** Every grant of these subjects, in any namespace. */
  async allGrants(subjectIds: readonly string[]): Promise<{ namespaceId: string; roleId: string }[]> {
    return this.rows.find(GrantRows, {
      select: { id: true, namespaceId: true, roleId: true },
      where: { subjectId: In([...subjectIds]) },
    });
  }

  /** What the tenant has decided about its keys. */
  async settings(organizationId: string): Promise<TenantSettings> {
    const { membersMayCreateApiKeys, maxApiKeyLifetimeDays } = await this.rows.findOneByOrFail(TenantRows, { organizationId });
    return { membersMayCreateApiKeys, maxApiKeyLifetimeDays };
  }

  async keys(ids: readonly string[]): Promise<Map<string, ApiKeyRow>> {
    const found = await this.rows.findBy(ApiKeyRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, row]));
  }
}
