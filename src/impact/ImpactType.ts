import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { PermissionScalar } from '../graphql/scalars.js';
import { ApiKeyType } from '../keys/ApiKeyType.js';

@InputType({ description: 'A user who would be taken out of a group.' })
export class GroupMembershipInput {
  @Field(() => ID, { description: 'The group.' })
  userGroupId: string;

  @Field(() => ID, { description: 'The member.' })
  userId: string;
}

@InputType({ description: 'A custom role that would be changed.' })
export class RolePermissionsInput {
  @Field(() => ID, { description: 'The role.' })
  roleId: string;

  @Field(() => [PermissionScalar], { description: 'The whole list that it would hold, 1 to 100.' })
  permissions: string[];
}

@InputType({ description: 'Exactly one of the acts; the caller needs the right to the act itself.' })
export class AccessImpactInput {
  @Field(() => ID, { nullable: true, description: 'The user who would be removed.' })
  removeUserId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The user who would be deactivated.' })
  deactivateUserId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The grant that would be revoked.' })
  revokeGrantId?: string | null;

  @Field(() => GroupMembershipInput, { nullable: true, description: 'The membership that would end.' })
  removeFromGroup?: GroupMembershipInput | null;

  @Field(() => ID, { nullable: true, description: 'The namespace that would be deleted.' })
  deleteNamespaceId?: string | null;

  @Field(() => RolePermissionsInput, { nullable: true, description: 'The role that would be changed.' })
  updateRole?: RolePermissionsInput | null;
}

@ObjectType('ApiKeyImpact', { description: 'A key and what it would lose.' })
export class ApiKeyImpactType {
  @Field(() => ApiKeyType, { description: 'The key, as it stands now.' })
  apiKey: unknown;

  @Field(() => [PermissionScalar], { description: 'What it can do in its home now and could not do any more.' })
  loses: string[];
}

@ObjectType('AccessImpact', { description: 'Which keys an act would weaken.' })
export class AccessImpactType {
  @Field(() => Int, { description: 'How many keys it would weaken in all.' })
  total: number;

  @Field(() => [ApiKeyImpactType], { description: 'The first 100 of them that the caller may see.' })
  apiKeys: ApiKeyImpactType[];
}
