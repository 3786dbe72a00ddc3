import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { GrantType } from './GrantType.js';

@InputType({
  description:
    'A role for a user or a group in one namespace, all of the same organization; `grant:manage` is needed there, and all that the role holds. ' +
    'OWNER is granted only in an organization, directly, to an active person.',
})
export class GrantRoleInput {
  @Field(() => ID, { description: 'Where the role will be held; nowhere else.' })
  namespaceId: string;

  @Field(() => ID, { description: 'A built-in role, or one of the organization.' })
  roleId: string;

  @Field(() => ID, { nullable: true, description: 'Who gets it; either this or `userGroupId`.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The group whose members get it; either this or `userId`.' })
  userGroupId?: string | null;
}

@InputType({
  description: 'A grant to be ended; `grant:manage` is needed in its namespace. The last active OWNER of an organization stays.',
})
export class RevokeGrantInput {
  @Field(() => ID, { description: 'The grant.' })
  id: string;
}

@ObjectType({ description: 'The grant that was made.' })
export class GrantRolePayload {
  @Field(() => GrantType, { description: 'The new grant.' })
  grant: unknown;
}

@ObjectType({ description: 'The grant has ended.' })
export class RevokeGrantPayload {
  @Field(() => ID, { description: 'The id of the grant that was ended.' })
  revokedGrantId: string;
}
