import { SetUserActiveDocument, VerifyApiKeyDocument, type VerifyApiKeyInput, type VerifyApiKeyMutation } from '../generated/documents.js';
import type { Client } from './client.js';
import { OWNER, type Service } from './service.js';

type Kind = 'APPLICATION' | 'WORKSPACE' | 'USER_GROUP';
type Environment = 'PRODUCTION' | 'STAGING' | 'DEVELOPMENT';

/** What narrows a test's key. */
export interface TestSettings {
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  readonly restrictions?: readonly { readonly type: string; readonly ids: readonly string[] }[];
  readonly allowedCidrs?: readonly string[];
  readonly metadata?: object;
}

/** A person of a test's tenant, signed in. */
export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly client: Client;
}

/** An API key of a test's tenant, with its credential. */
export interface TestKey {
  readonly id: string;
  /** The whole credential. */
  readonly key: string;
  /** What HTTP Basic takes. */
  readonly secret: string;
  /** A client that presents the key at the door of its environment. */
  readonly client: Client;
}

const PASSWORD = 'a good long password';
const doorOf = { PRODUCTION: '/graphql', STAGING: '/staging/graphql', DEVELOPMENT: '/development/graphql' } as const;

/** Where a service answers. */
type Answering = Pick<Service, 'anonymous'>;

/** Signs somebody in. */
export async function signIn(service: Answering, email: string, password: string, organizationId?: string): Promise<Client> {
  const { signIn: session } = await service.anonymous.ask<{ signIn: { accessToken: string } }, object>(
    'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    { input: { email, password, ...(organizationId ? { organizationId } : {}) } },
  );
  return service.anonymous.as(session.accessToken);
}

/** The owner of the installation's first organization, signed in. */
export const firstOwner = (service: Answering): Promise<Client> => signIn(service, OWNER.email, OWNER.password);

/**
 * A tenant as a test builds it, step by step, over the API: `foundTenant` then `application`, `person`, `grant`, `key`.
 * Every step must succeed.
 */
export class TestTenant {
  constructor(
    private readonly service: Answering,
    readonly organizationId: string,
    readonly owner: TestPerson,
  ) {}

  /** Creates an application, or a workspace or group inside a parent. */
  async namespace(kind: Kind, name: string, parentId: string = this.organizationId, by: Client = this.owner.client): Promise<string> {
    const field = { APPLICATION: 'createApplication', WORKSPACE: 'createWorkspace', USER_GROUP: 'createUserGroup' }[kind];
    const result = { APPLICATION: 'application', WORKSPACE: 'workspace', USER_GROUP: 'userGroup' }[kind];
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const parent = parentId.startsWith('org_') ? { organizationId: parentId } : { applicationId: parentId };
    const made = await by.ask<Record<string, Record<string, { id: string }>>, object>(
      `mutation ($input: ${type}!) { ${field}(input: $input) { ${result} { id } } }`,
      { input: { name, ...parent } },
    );
    return made[field]?.[result]?.id ?? '';
  }

  application(name = 'Application', by?: Client): Promise<string> {
    return this.namespace('APPLICATION', name, this.organizationId, by);
  }

  workspace(applicationId: string, name = 'Workspace', by?: Client): Promise<string> {
    return this.namespace('WORKSPACE', name, applicationId, by);
  }

  group(parentId: string = this.organizationId, name = 'Group', by?: Client): Promise<string> {
    return this.namespace('USER_GROUP', name, parentId, by);
  }

  /** Creates a person, grants them roles (role id, namespace id; the organization if left out), and signs them in. */
  async person(name: string, ...roles: readonly (readonly [roleId: string, namespaceId?: string])[]): Promise<TestPerson> {
    const email = `${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '.')}@${this.organizationId}.test`;
    const { createUser } = await this.owner.client.ask<{ createUser: { user: { id: string } } }, object>(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input: { organizationId: this.organizationId, kind: 'HUMAN', name, email, password: PASSWORD } },
    );
    const { id } = createUser.user;
    for (const [roleId, namespaceId] of roles) await this.grant(id, roleId, namespaceId);
    return { id, email, password: PASSWORD, client: await signIn(this.service, email, PASSWORD, this.organizationId) };
  }

  /** Creates a service user and grants them roles. */
  async serviceUser(name: string, ...roles: readonly (readonly [roleId: string, namespaceId?: string])[]): Promise<string> {
    const { createUser } = await this.owner.client.ask<{ createUser: { user: { id: string } } }, object>(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input: { organizationId: this.organizationId, kind: 'SERVICE', name } },
    );
    for (const [roleId, namespaceId] of roles) await this.grant(createUser.user.id, roleId, namespaceId);
    return createUser.user.id;
  }

  /** Grants a role to a user or a group; the grant's id. */
  async grant(
    subjectId: string,
    roleId: string,
    namespaceId: string = this.organizationId,
    by: Client = this.owner.client,
  ): Promise<string> {
    const subject = subjectId.startsWith('grp_') ? { userGroupId: subjectId } : { userId: subjectId };
    const { grantRole } = await by.ask<{ grantRole: { grant: { id: string } } }, object>(
      'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { grant { id } } }',
      { input: { namespaceId, roleId, ...subject } },
    );
    return grantRole.grant.id;
  }

  async join(userGroupId: string, userId: string, by: Client = this.owner.client): Promise<void> {
    await by.ask('mutation ($input: AddUserToGroupInput!) { addUserToGroup(input: $input) { userGroup { id } } }', {
      input: { userGroupId, userId },
    });
  }

  /** Creates a custom role; its id. */
  async role(name: string, ...permissions: readonly string[]): Promise<string> {
    const { createRole } = await this.owner.client.ask<{ createRole: { role: { id: string } } }, object>(
      'mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }',
      { input: { organizationId: this.organizationId, name, permissions } },
    );
    return createRole.role.id;
  }

  /** Issues a key, by default at home in the organization, in production, to the owner, with all they hold. */
  async key(
    options: {
      readonly by?: Client;
      readonly namespaceId?: string;
      readonly environment?: Environment;
      readonly name?: string;
      readonly roleId?: string;
      readonly permissions?: readonly string[];
      readonly expiresAt?: Date;
      readonly forUser?: string;
    } & TestSettings = {},
  ): Promise<TestKey> {
    const {
      by = this.owner.client,
      namespaceId = this.organizationId,
      environment = 'PRODUCTION',
      name = 'Key',
      forUser,
      ...more
    } = options;
    const field = forUser === undefined ? 'createApiKey' : 'createApiKeyForUser';
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const made = await by.ask<Record<string, { apiKey: { id: string }; key: string; secret: string }>, object>(
      `mutation ($input: ${type}!) { ${field}(input: $input) { apiKey { id } key secret } }`,
      { input: { namespaceId, environment, name, ...more, ...(forUser === undefined ? {} : { userId: forUser }) } },
    );
    const issued = made[field];
    if (!issued) throw new Error('no key was issued');
    const { key, secret, apiKey } = issued;
    return { id: apiKey.id, key, secret, client: this.service.anonymous.as(key, doorOf[environment]) };
  }

  /** The key of a service that asks what other keys may do, by default about all of the tenant's. */
  gateway(environment: Environment = 'PRODUCTION', namespaceId: string = this.organizationId): Promise<TestKey> {
    return this.key({ namespaceId, environment, name: 'Gateway', permissions: ['apiKey:verify'] });
  }

  /** Deactivates somebody, or brings them back. */
  async setActive(id: string, active: boolean, by: Client = this.owner.client): Promise<void> {
    await by.ask(SetUserActiveDocument, { input: { id, active } });
  }

  async removeUser(id: string, by: Client = this.owner.client): Promise<void> {
    await by.ask('mutation ($id: ID!) { removeUser(input: { id: $id }) { removedUserId } }', { id });
  }

  async revokeGrant(id: string, by: Client = this.owner.client): Promise<void> {
    await by.ask('mutation ($id: ID!) { revokeGrant(input: { id: $id }) { revokedGrantId } }', { id });
  }
}

/** Asks, as a service with a key of its own, what a key may do. */
export async function verify(
  asker: Pick<TestKey, 'client'>,
  { key }: { readonly key: string },
  question: Omit<VerifyApiKeyInput, 'key'> = {},
): Promise<VerifyApiKeyMutation['verifyApiKey']> {
  return (await asker.client.ask(VerifyApiKeyDocument, { input: { key, ...question } })).verifyApiKey;
}

/** Founds a tenant with a signed-in owner. Names may be the same in every tenant. */
export async function foundTenant(service: Answering, name = 'Tenant'): Promise<TestTenant> {
  const by = await firstOwner(service);
  const email = 'owner@tenant.test';
  const { createOrganization } = await by.ask<{ createOrganization: { organization: { id: string }; owner: { id: string } } }, object>(
    'mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { organization { id } owner { id } } }',
    {
      input: { name, owner: { name: 'Owner', email, password: PASSWORD } },
    },
  );
  const { organization, owner } = createOrganization;
  const client = await signIn(service, email, PASSWORD, organization.id);
  return new TestTenant(service, organization.id, { id: owner.id, email, password: PASSWORD, client });
}
