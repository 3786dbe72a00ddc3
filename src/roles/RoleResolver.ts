import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, connectionOf, PageArgs } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { PermissionScalar } from '../graphql/scalars.js';
import { mayViewNamespace, namespacesById } from '../namespaces/index.js';
import { NamespaceType, OrganizationType } from '../namespaces/NamespaceType.js';
import type { Grant } from './Grant.js';
import { GrantConnectionType, GrantType } from './GrantType.js';
import type { Role } from './Role.js';
import { PermissionDefinitionType, RoleType } from './RoleType.js';
import { grantsWithin } from './viewGrant.js';
import {
  catalogueOfOrganizations,
  mayViewRoles,
  type PermissionDefinition,
  permissionsOfRole,
  rolesById,
  rolesOfOrganizations,
} from './viewRole.js';

type Node = { readonly id: string };

const grantsInNamespaces = grantsWithin('namespaceId');

@Resolver(() => RoleType)
export class RoleFields {
  @FieldResolver(() => [PermissionScalar], { description: 'What whoever has it holds; empty where the caller sees only the name-tag.' })
  permissions(@Root() { id }: Role, @Ctx() { act }: GraphContext): Promise<string[]> {
    return permissionsOfRole(act, id);
  }
}

@Resolver(() => OrganizationType)
export class OrganizationRoleFields {
  @FieldResolver(() => [RoleType], { description: 'Built-in roles and its own; empty where the caller does not hold `role:view` in it.' })
  async roles(@Root() { id }: Node, @Ctx() { act, loaders }: GraphContext): Promise<Role[]> {
    return (await mayViewRoles(act)) ? loaders.load(rolesOfOrganizations, id) : [];
  }

  @FieldResolver(() => [PermissionDefinitionType], {
    description: "The catalogue: built-in permissions and those that this organization's services have registered.",
  })
  async permissions(@Root() { id }: Node, @Ctx() { act, loaders }: GraphContext): Promise<PermissionDefinition[]> {
    return (await mayViewNamespace(act, id)) ? loaders.load(catalogueOfOrganizations, id) : [];
  }
}

@Resolver(() => NamespaceType)
export class NamespaceGrantFields {
  @FieldResolver(() => GrantConnectionType, {
    description: 'Who holds which role here, for who may use `grant:view` or `grant:manage` here; else only what the caller is granted.',
  })
  async grants(
    @Root() { id }: Node,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { act, loaders }: GraphContext,
  ): Promise<Connection<Grant>> {
    return connectionOf(await loaders.page(act, grantsInNamespaces, page, id));
  }
}

@Resolver(() => GrantType)
export class GrantFields {
  @FieldResolver(() => RoleType, { description: 'The role; its name-tag where the caller does not see roles.' })
  role(@Root() { roleId }: Grant, @Ctx() { loaders }: GraphContext): Promise<Role | null> {
    return loaders.load(rolesById, roleId);
  }

  @FieldResolver(() => NamespaceType, { description: 'Where it is held; its name-tag where the caller does not see it.' })
  namespace(@Root() { namespaceId }: Grant, @Ctx() { loaders }: GraphContext): Promise<Node | null> {
    return loaders.load(namespacesById, namespaceId);
  }
}
