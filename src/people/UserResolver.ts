import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { type Connection, connectionOf, PageArgs } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { PermissionScalar } from '../graphql/scalars.js';
import { type Namespace, namespacesById } from '../namespaces/index.js';
import { OrganizationType, UserGroupType } from '../namespaces/NamespaceType.js';
import { GrantConnectionType, GrantSubjectUnion, GrantType } from '../roles/GrantType.js';
import { type Grant, grantsWithin } from '../roles/index.js';
import type { User } from './User.js';
import { UsersArgs } from './UserInputs.js';
import { UserConnectionType, UserType } from './UserType.js';
import { groupIdsOfUsers, mayViewMembership, membersWithin } from './viewMembers.js';
import { mayViewUser, permissionsOfUser, usersById, usersWithin } from './viewUser.js';

type Node = { readonly id: string };

const grantsOfUsers = grantsWithin('subjectId');

@Resolver()
export class UserQueries {
  @Query(() => UserType, { nullable: true, description: 'A user whom the caller sees; else null.' })
  async user(
    @Arg('id', () => ID, { description: 'The id of the user.' }) id: string,
    @Ctx() { act, loaders }: GraphContext,
  ): Promise<User | null> {
    return (await mayViewUser(act, id)) ? loaders.load(usersById, id) : null;
  }
}

@Resolver(() => UserType)
export class UserFields {
  @FieldResolver(() => OrganizationType, { description: 'The one organization to which the user belongs.' })
  organization(@Root() { organizationId }: User, @Ctx() { loaders }: GraphContext): Promise<Namespace | null> {
    return loaders.load(namespacesById, organizationId);
  }

  @FieldResolver(() => [PermissionScalar], {
    description: 'What the user holds in that namespace now; empty where the caller does not see both, but for what is their own.',
  })
  permissions(
    @Root() { id }: User,
    @Arg('namespaceId', () => ID, { description: 'A namespace of the organization.' }) namespaceId: string,
    @Ctx() { act }: GraphContext,
  ): Promise<string[]> {
    return permissionsOfUser(act, id, namespaceId);
  }

  @FieldResolver(() => GrantConnectionType, { description: 'Roles that the user is granted directly, as far as the caller sees them.' })
  async grants(
    @Root() { id }: User,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { act, loaders }: GraphContext,
  ): Promise<Connection<Grant>> {
    return connectionOf(await loaders.page(act, grantsOfUsers, page, id));
  }

  @FieldResolver(() => [UserGroupType], { description: 'The groups of which the user is a member, as far as the caller sees it.' })
  async userGroups(@Root() { id }: User, @Ctx() { act, loaders }: GraphContext): Promise<Namespace[]> {
    const groupIds = await loaders.load(groupIdsOfUsers, id);
    const groups = await Promise.all(
      groupIds.map(async (groupId) => ((await mayViewMembership(act, groupId, id)) ? loaders.load(namespacesById, groupId) : null)),
    );
    return groups.filter((group) => group !== null);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationUserFields {
  @FieldResolver(() => UserConnectionType, { description: 'All its users for who holds `user:view` in it; else only oneself.' })
  async users(
    @Root() { id }: Node,
    @Args(() => UsersArgs) filter: UsersArgs,
    @Ctx() { act, loaders }: GraphContext,
  ): Promise<Connection<User>> {
    return connectionOf(await loaders.page(act, usersWithin, filter, id));
  }
}

@Resolver(() => UserGroupType)
export class UserGroupMemberFields {
  @FieldResolver(() => UserConnectionType, {
    description:
      'All its members for who may use `user:view` or `userGroup:manageMembers` here, or `user:view` in the organization; else only oneself.',
  })
  async members(
    @Root() { id }: Node,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { act, loaders }: GraphContext,
  ): Promise<Connection<User>> {
    return connectionOf(await loaders.page(act, membersWithin, page, id));
  }
}

@Resolver(() => GrantType)
export class GrantPeopleFields {
  @FieldResolver(() => GrantSubjectUnion, { description: 'Who holds the role; their name-tag where the caller does not see them.' })
  subject(@Root() { subjectId }: Grant, @Ctx() { loaders }: GraphContext): Promise<User | Namespace | null> {
    return subjectId.startsWith('usr_') ? loaders.load(usersById, subjectId) : loaders.load(namespacesById, subjectId);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'Who granted it; null for the first grant of an installation.' })
  grantedBy(@Root() { grantedBy }: Grant, @Ctx() { loaders }: GraphContext): Promise<User | null> | null {
    return grantedBy === null ? null : loaders.load(usersById, grantedBy);
  }
}
