import { Brackets, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { Rows } from '../database/index.js';
import { type ApiKeyRow, ApiKeyRows } from '../keys/ApiKeyRow.js';
import { GroupMemberRows } from '../people/GroupMemberRow.js';
import { GrantRows } from '../roles/GrantRow.js';

/** Which keys an act could weaken at all; a key is one of them if its home or one of its people is named. */
export interface Reached {
  readonly homes: readonly string[];
  readonly people: readonly string[];
}

/** Rows that an act reaches, and the keys that hang on them. */
export class ImpactStore {
  constructor(private readonly rows: Rows) {}

  /** Where a subject, or whoever has a role, is granted something. */
  async namespacesOf(organizationId: string, of: { readonly subjectId: string } | { readonly roleId: string }): Promise<string[]> {
    const found = await this.rows.find(GrantRows, { select: { id: true, namespaceId: true }, where: { organizationId, ...of } });
    return [...new Set(found.map(({ namespaceId }) => namespaceId))];
  }

  /** Where a grant stands, if there is one in the tenant. */
  async namespaceOfGrant(organizationId: string, id: string): Promise<string[]> {
    const grant = await this.rows.findOne(GrantRows, { select: { id: true, namespaceId: true }, where: { organizationId, id } });
    return grant ? [grant.namespaceId] : [];
  }

  async membersOf(userGroupId: string): Promise<string[]> {
    const found = await this.rows.find(GroupMemberRows, { select: { userId: true }, where: { userGroupId } });
    return found.map(({ userId }) => userId);
  }

  /** The next of the tenant's living keys that are reached, in the order of ids. */
  async keys(organizationId: string, { homes, people }: Reached, after: string, limit: number): Promise<ApiKeyRow[]> {
    if (homes.length === 0 && people.length === 0) return [];
    const query: SelectQueryBuilder<ApiKeyRow> = this.rows
      .createQueryBuilder(ApiKeyRows, 'k')
      .where({ organizationId, deletedAt: IsNull(), revokedAt: IsNull() })
      .andWhere('k.id > :after', { after })
      .andWhere(
        new Brackets((reached) => {
          if (homes.length > 0) reached.orWhere('k.namespaceId IN (:...homes)', { homes });
          if (people.length > 0) reached.orWhere('k.userId IN (:...people) OR k.issuedBy IN (:...people)', { people });
        }),
      );
    return query.orderBy('k.id', 'ASC').limit(limit).getMany();
  }
}
