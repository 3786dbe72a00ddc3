import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `group_members`: a user belongs to a group. */
export interface GroupMemberRow {
  userGroupId: string;
  userId: string;
  addedAt: Date;
}

const { instant, primaryId } = columns;

export const GroupMemberRows = new EntitySchema<GroupMemberRow>({
  name: 'GroupMember',
  tableName: 'group_members',
  columns: { userGroupId: primaryId('user_group_id'), userId: primaryId('user_id'), addedAt: instant('added_at') },
});
