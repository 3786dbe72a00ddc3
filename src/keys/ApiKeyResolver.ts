import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { connectionOf } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';
import { namespacesById } from '../namespaces/index.js';
import { NamespaceType } from '../namespaces/NamespaceType.js';
import { usersById } from '../people/index.js';
import { UserType } from '../people/UserType.js';
import { rolesById } from '../roles/index.js';
import { RoleType } from '../roles/RoleType.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyConnectionType, ApiKeyStatusEnum, ApiKeyType, RevocationType } from './ApiKeyType.js';
import { ApiKeysArgs } from './ApiKeyListInputs.js';
import { apiKeysWithin, cursorsOf, listApiKeys } from './listApiKeys.js';
import { apiKeysById, effectivePermissionsOf, mayViewApiKey, statusOf, viewApiKey } from './viewApiKey.js';

const ofNamespace = apiKeysWithin('namespaceId');
const ofUser = apiKeysWithin('userId');

@Resolver()
export class ApiKeyQueries {
  @Query(() => ApiKeyConnectionType, {
    description:
      "A signed-in caller's own keys and, for a tenant admin, all keys of the tenant. Under a key: itself and, with `apiKey:view`, its home's keys of its environment.",
  })
  async apiKeys(@Args(() => ApiKeysArgs) args: ApiKeysArgs, @Ctx() { act }: GraphContext) {
    return connectionOf(await listApiKeys(act, args), cursorsOf(args));
  }

  @Query(() => ApiKeyType, { nullable: true, description: 'A key that the caller sees; else null.' })
  apiKey(@Arg('id', () => ID) id: string, @Ctx() { act }: GraphContext): Promise<ApiKey | null> {
    return viewApiKey(act, id);
  }
}

@Resolver(() => ApiKeyType)
export class ApiKeyFields {
  @FieldResolver(() => NamespaceType, { description: 'Its home. Fixed at creation.' })
  namespace(@Root() { namespaceId }: ApiKey, @Ctx() { loaders }: GraphContext) {
    return loaders.load(namespacesById, namespaceId);
  }

  @FieldResolver(() => ApiKeyStatusEnum, { description: 'How it stands at the time of asking.' })
  status(@Root() key: ApiKey, @Ctx() { act }: GraphContext) {
    return statusOf(act, key);
  }

  @FieldResolver(() => RoleType, {
    nullable: true,
    description: 'The level it was issued at; its permissions were copied then, and later edits of the role change no key.',
  })
  role(@Root() { roleId }: ApiKey, @Ctx() { loaders }: GraphContext) {
    return roleId === null ? null : loaders.load(rolesById, roleId);
  }

  @FieldResolver(() => [PermissionScalar], {
    description:
      'What it can do in its namespace now: granted, and still held by its user, and still held by its issuer. Nothing unless it is active.',
  })
  effectivePermissions(@Root() key: ApiKey, @Ctx() { act }: GraphContext) {
    return effectivePermissionsOf(act, key);
  }

  @FieldResolver(() => UserType, { description: 'The user it acts for.' })
  user(@Root() { userId }: ApiKey, @Ctx() { loaders }: GraphContext) {
    return loaders.load(usersById, userId);
  }

  @FieldResolver(() => UserType, {
    description: 'Whoever created it: the same user, or the tenant admin who created it for them. Never changes.',
  })
  createdBy(@Root() { createdBy }: ApiKey, @Ctx() { loaders }: GraphContext) {
    return loaders.load(usersById, createdBy);
  }

  @FieldResolver(() => UserType, { description: 'Whoever obtained the current secret. The key is capped by them too.' })
  issuedBy(@Root() { issuedBy }: ApiKey, @Ctx() { loaders }: GraphContext) {
    return loaders.load(usersById, issuedBy);
  }

  @FieldResolver(() => ApiKeyType, {
    nullable: true,
    description: 'The key that created it, if a key did and the caller sees that one; this key works only while that one does.',
  })
  async createdByApiKey(@Root() { createdByApiKeyId }: ApiKey, @Ctx() { act, loaders }: GraphContext): Promise<ApiKey | null> {
    if (createdByApiKeyId === null) return null;
    const parent = await loaders.load(apiKeysById, createdByApiKeyId);
    return parent && (await mayViewApiKey(act, parent)) ? parent : null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Until then the secret before this one works as well. Null: only the current one works.',
  })
  previousSecretExpiresAt(@Root() { previousSecretExpiresAt }: ApiKey, @Ctx() { act }: GraphContext): Date | null {
    return previousSecretExpiresAt && act.clock() < previousSecretExpiresAt ? previousSecretExpiresAt : null;
  }

  @FieldResolver(() => RevocationType, { nullable: true, description: 'How it was stopped; null while it is not.' })
  revocation(@Root() { revokedAt, revokedBy, revokeReason, revokedPermanently }: ApiKey) {
    return revokedAt === null ? null : { at: revokedAt, revokedBy, reason: revokeReason, permanent: revokedPermanently };
  }
}

@Resolver(() => RevocationType)
export class RevocationFields {
  @FieldResolver(() => UserType, { nullable: true, description: 'Who stopped it.' })
  by(@Root() { revokedBy }: { readonly revokedBy: string | null }, @Ctx() { loaders }: GraphContext) {
    return revokedBy === null ? null : loaders.load(usersById, revokedBy);
  }
}

@Resolver(() => NamespaceType)
export class NamespaceApiKeys {
  @FieldResolver(() => ApiKeyConnectionType, { description: 'Keys of this namespace that the caller may see.' })
  async apiKeys(
    @Root() { id }: { readonly id: string },
    @Args(() => ApiKeysArgs) args: ApiKeysArgs,
    @Ctx() { act, loaders }: GraphContext,
  ) {
    return connectionOf(await loaders.page(act, ofNamespace, args, id), cursorsOf(args));
  }
}

@Resolver(() => UserType)
export class UserApiKeys {
  @FieldResolver(() => ApiKeyConnectionType, { description: 'Keys of this user that the caller may see.' })
  async apiKeys(
    @Root() { id }: { readonly id: string },
    @Args(() => ApiKeysArgs) args: ApiKeysArgs,
    @Ctx() { act, loaders }: GraphContext,
  ) {
    return connectionOf(await loaders.page(act, ofUser, args, id), cursorsOf(args));
  }
}
