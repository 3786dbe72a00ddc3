import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { type Connection, connectionOf, PageArgs, SearchArgs } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { PermissionScalar } from '../graphql/scalars.js';
import { listNamespaces, namespacesWithin } from './listNamespaces.js';
import type { Namespace } from './Namespace.js';
import { ApplicationsArgs, UserGroupsArgs, WorkspacesArgs } from './NamespaceInputs.js';
import {
  ApplicationConnectionType,
  ApplicationType,
  NamespaceType,
  OrganizationConnectionType,
  OrganizationType,
  UserGroupConnectionType,
  UserGroupType,
  WorkspaceConnectionType,
  WorkspaceType,
} from './NamespaceType.js';
import { mayViewNamespace, namespacesById, settingsById, viewerPermissions } from './viewNamespace.js';

type Found = Promise<Connection<Namespace>>;

const within = {
  organization: {
    APPLICATION: namespacesWithin('APPLICATION', 'organizationId'),
    USER_GROUP: namespacesWithin('USER_GROUP', 'organizationId'),
  },
  application: { WORKSPACE: namespacesWithin('WORKSPACE', 'applicationId'), USER_GROUP: namespacesWithin('USER_GROUP', 'applicationId') },
};

/** A namespace that the caller sees, or null. */
async function seen({ act, loaders }: GraphContext, id: string | null): Promise<Namespace | null> {
  return id !== null && (await mayViewNamespace(act, id)) ? loaders.load(namespacesById, id) : null;
}

@Resolver()
export class NamespaceQueries {
  @Query(() => NamespaceType, { nullable: true, description: 'A namespace that the caller sees, of any kind; else null.' })
  namespace(@Arg('id', () => ID) id: string, @Ctx() context: GraphContext): Promise<Namespace | null> {
    return seen(context, id);
  }

  @Query(() => OrganizationConnectionType, {
    description: "Each list holds what the caller may see; under an API key, what the key's namespace lets through.",
  })
  async organizations(@Args(() => PageArgs) page: PageArgs, @Ctx() { act }: GraphContext): Found {
    return connectionOf(await listNamespaces(act, 'ORGANIZATION', page));
  }

  @Query(() => ApplicationConnectionType, { description: 'The applications that the caller sees.' })
  async applications(@Args(() => ApplicationsArgs) filter: ApplicationsArgs, @Ctx() { act }: GraphContext): Found {
    return connectionOf(await listNamespaces(act, 'APPLICATION', filter));
  }

  @Query(() => WorkspaceConnectionType, { description: 'The workspaces that the caller sees.' })
  async workspaces(@Args(() => WorkspacesArgs) filter: WorkspacesArgs, @Ctx() { act }: GraphContext): Found {
    return connectionOf(await listNamespaces(act, 'WORKSPACE', filter));
  }

  @Query(() => UserGroupConnectionType, { description: 'The user groups that the caller sees.' })
  async userGroups(@Args(() => UserGroupsArgs) filter: UserGroupsArgs, @Ctx() { act }: GraphContext): Found {
    return connectionOf(await listNamespaces(act, 'USER_GROUP', filter));
  }
}

@Resolver(() => NamespaceType)
export class NamespaceFields {
  @FieldResolver(() => [PermissionScalar], { description: 'What the caller may do here, now.' })
  viewerPermissions(@Root() namespace: Namespace, @Ctx() { act }: GraphContext): Promise<string[]> {
    return viewerPermissions(act, namespace.id);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationFields {
  @FieldResolver(() => Boolean, {
    description: 'False: only who holds `apiKey:createForUser` or `apiKey:manage` creates keys, also for themselves.',
  })
  async membersMayCreateApiKeys(@Root() { id }: Namespace, @Ctx() { loaders }: GraphContext): Promise<boolean> {
    return (await loaders.load(settingsById, id)).membersMayCreateApiKeys;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Null: keys may live for ever. Set: a key needs an expiry within it; keys that exist are left alone.',
  })
  async maxApiKeyLifetimeDays(@Root() { id }: Namespace, @Ctx() { loaders }: GraphContext): Promise<number | null> {
    return (await loaders.load(settingsById, id)).maxApiKeyLifetimeDays;
  }

  @FieldResolver(() => ApplicationConnectionType, { description: 'Its applications that the caller sees.' })
  async applications(@Root() { id }: Namespace, @Args(() => SearchArgs) filter: SearchArgs, @Ctx() { act, loaders }: GraphContext): Found {
    return connectionOf(await loaders.page(act, within.organization.APPLICATION, filter, id));
  }

  @FieldResolver(() => UserGroupConnectionType, { description: 'Its groups, also those of its applications, that the caller sees.' })
  async userGroups(@Root() { id }: Namespace, @Args(() => SearchArgs) filter: SearchArgs, @Ctx() { act, loaders }: GraphContext): Found {
    return connectionOf(await loaders.page(act, within.organization.USER_GROUP, filter, id));
  }
}

@Resolver(() => ApplicationType)
export class ApplicationFields {
  @FieldResolver(() => OrganizationType, { nullable: true, description: 'Null where the caller may not see it.' })
  organization(@Root() { organizationId }: Namespace, @Ctx() context: GraphContext): Promise<Namespace | null> {
    return seen(context, organizationId);
  }

  @FieldResolver(() => WorkspaceConnectionType, { description: 'Its workspaces that the caller sees.' })
  async workspaces(@Root() { id }: Namespace, @Args(() => SearchArgs) filter: SearchArgs, @Ctx() { act, loaders }: GraphContext): Found {
    return connectionOf(await loaders.page(act, within.application.WORKSPACE, filter, id));
  }

  @FieldResolver(() => UserGroupConnectionType, { description: 'Its groups that the caller sees.' })
  async userGroups(@Root() { id }: Namespace, @Args(() => SearchArgs) filter: SearchArgs, @Ctx() { act, loaders }: GraphContext): Found {
    return connectionOf(await loaders.page(act, within.application.USER_GROUP, filter, id));
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceFields {
  @FieldResolver(() => ApplicationType, { nullable: true, description: 'Null where the caller may not see it.' })
  application(@Root() { applicationId }: Namespace, @Ctx() context: GraphContext): Promise<Namespace | null> {
    return seen(context, applicationId);
  }
}

@Resolver(() => UserGroupType)
export class UserGroupFields {
  @FieldResolver(() => OrganizationType, { nullable: true, description: 'Null where the caller may not see it.' })
  organization(@Root() { organizationId }: Namespace, @Ctx() context: GraphContext): Promise<Namespace | null> {
    return seen(context, organizationId);
  }

  @FieldResolver(() => ApplicationType, { nullable: true, description: 'Null for a group of an organization.' })
  application(@Root() { applicationId }: Namespace, @Ctx() context: GraphContext): Promise<Namespace | null> {
    return seen(context, applicationId);
  }
}
