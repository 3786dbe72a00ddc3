import { In } from 'typeorm';
import type { Condition } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { COUNT_LIMIT, type Page, type PageRequest } from '../domain/index.js';
import { type GroupMemberRow, GroupMemberRows } from './GroupMemberRow.js';

type Deletion = 'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete';

/** Rows of memberships. Removed users and deleted groups have none. */
export class MemberStore {
  constructor(private readonly rows: Rows) {}

  /** The groups of each of these users, in the order of ids. */
  async groupsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly GroupMemberRow[]>> {
    const found = await this.rows.find(GroupMemberRows, { where: { userId: In([...userIds]) }, order: { userGroupId: 'ASC' } });
    return Map.groupBy(found, ({ userId }) => userId);
  }

  /** A page of the members' ids for each of many groups, in their order, in one statement however many groups there are. */
  async listWithin(groupIds: readonly string[], visible: Condition, page: PageRequest): Promise<ReadonlyMap<string, Page<{ id: string }>>> {
    const { limit, after } = page;
    const members = this.rows
      .createQueryBuilder(GroupMemberRows, 'm')
      .where('m.userGroupId IN (:...groupIds)', { groupIds: [...groupIds] })
      .andWhere(visible.sql, visible.parameters);
    const counted = members.clone();
    if (after !== null) members.andWhere('m.userId > :after', { after });
    const [sql, parameters]: [string, unknown[]] = members
      .select('m.userGroupId', 'parent')
      .addSelect('m.userId', 'id')
      .addSelect('ROW_NUMBER() OVER (PARTITION BY m.userGroupId ORDER BY m.userId)', 'place')
      .getQueryAndParameters();
    const found = await this.rows.query<{ parent: string; id: string }[]>(
      `SELECT parent, id FROM (${sql}) ranked WHERE place <= ? ORDER BY id`,
      [...parameters, limit + 1],
    );
    const byGroup = Map.groupBy(found, ({ parent }) => parent);

    let counting: Promise<Map<string, number>> | undefined;
    const counts = async (): Promise<Map<string, number>> => {
      const totals = await counted
        .select('m.userGroupId', 'parent')
        .addSelect('COUNT(*)', 'total')
        .groupBy('m.userGroupId')
        .getRawMany<{ parent: string; total: unknown }>();
      return new Map(totals.map(({ parent, total }) => [parent, Math.min(Number(total), COUNT_LIMIT)]));
    };
    return new Map(
      groupIds.map((groupId) => {
        const members = byGroup.get(groupId) ?? [];
        return [
          groupId,
          {
            items: members.slice(0, limit).map(({ id }) => ({ id })),
            hasNextPage: members.length > limit,
            hasPreviousPage: after !== null,
            count: async () => {
              counting ??= counts();
              return (await counting).get(groupId) ?? 0;
            },
          },
        ];
      }),
    );
  }

  async isMember(userGroupId: string, userId: string): Promise<boolean> {
    return this.rows.existsBy(GroupMemberRows, { userGroupId, userId });
  }

  async insert(permit: Permit<'userGroup.addMember'>, membership: GroupMemberRow): Promise<void> {
    permitted(permit, this.rows, membership.userGroupId);
    await this.rows.insert(GroupMemberRows, membership);
  }

  /** False if there was no such membership. */
  async delete(permit: Permit<'userGroup.removeMember'>, userGroupId: string, userId: string): Promise<boolean> {
    permitted(permit, this.rows, userGroupId);
    const { affected } = await this.rows.delete(GroupMemberRows, { userGroupId, userId });
    return affected === 1;
  }

  /** Ends every membership of a user who is being removed; how many. */
  async deleteOfUser(permit: Permit<'user.remove'>, userId: string): Promise<number> {
    permitted(permit, this.rows, userId);
    const { affected } = await this.rows.delete(GroupMemberRows, { userId });
    return affected ?? 0;
  }

  /** Ends every membership of a namespace that is being deleted, where it is a group; how many. */
  async deleteOfNamespace(permit: Permit<Deletion>, namespaceId: string): Promise<number> {
    permitted(permit, this.rows, namespaceId);
    const { affected } = await this.rows.delete(GroupMemberRows, { userGroupId: namespaceId });
    return affected ?? 0;
  }
}
