import type { Client } from './client.js';
import type { Service } from './service.js';
import { firstOwner, signIn } from './tenant.js';

/** Ids and secrets of a life, by the name under which later acts need them. */
export type Ids = Record<string, string>;

/** One act of a tenant's life: what is sent, by whom, and the event that must tell of it. */
export interface Step {
  readonly field: string;
  readonly action: string;
  readonly input?: (ids: Ids) => object;
  readonly by?: (service: Service, ids: Ids) => Promise<Client>;
  /** What the payload shows that later acts need, by the path where it stands. */
  readonly keep?: Readonly<Record<string, string>>;
  /** What was acted on, by the name under which it is kept; the caller's own session where left out. */
  readonly target?: string;
  readonly selection: string;
}

/** What people type in, and what must be told nowhere. */
export const NEW = 'another good long password';
export const PASSWORD = 'a good long password';
const inOrganization = ({ organization }: Ids) => ({ organizationId: organization });
const asAda = (service: Service, { organization }: Ids): Promise<Client> => signIn(service, 'ada@tenant.test', PASSWORD, organization);
const described = { name: 'Another name' };

/** A life in which every mutation is called. */
export const life: readonly Step[] = [
  {
    field: 'createApplication',
    action: 'application.create',
    input: (ids) => ({ ...inOrganization(ids), name: 'Shop' }),
    selection: 'application { id }',
    keep: { app: 'application.id' },
    target: 'app',
  },
  {
    field: 'updateApplication',
    action: 'application.update',
    input: ({ app }) => ({ id: app, ...described }),
    selection: 'application { id }',
    target: 'app',
  },
  {
    field: 'createWorkspace',
    action: 'workspace.create',
    input: ({ app }) => ({ applicationId: app, name: 'Orders' }),
    selection: 'workspace { id }',
    keep: { wks: 'workspace.id' },
    target: 'wks',
  },
  {
    field: 'updateWorkspace',
    action: 'workspace.update',
    input: ({ wks }) => ({ id: wks, ...described }),
    selection: 'workspace { id }',
    target: 'wks',
  },
  {
    field: 'createUserGroup',
    action: 'userGroup.create',
    input: (ids) => ({ ...inOrganization(ids), name: 'Crew' }),
    selection: 'userGroup { id }',
    keep: { grp: 'userGroup.id' },
    target: 'grp',
  },
  {
    field: 'updateUserGroup',
    action: 'userGroup.update',
    input: ({ grp }) => ({ id: grp, ...described }),
    selection: 'userGroup { id }',
    target: 'grp',
  },
  {
    field: 'updateOrganization',
    action: 'organization.update',
    input: ({ organization }) => ({ id: organization, ...described }),
    selection: 'organization { id }',
    target: 'organization',
  },
  {
    field: 'updateOrganization',
    action: 'organization.configure',
    input: ({ organization }) => ({ id: organization, maxApiKeyLifetimeDays: 90 }),
    selection: 'organization { id }',
    target: 'organization',
  },
  {
    field: 'createUser',
    action: 'user.create',
    input: (ids) => ({ ...inOrganization(ids), kind: 'HUMAN', name: 'Ada', email: 'ada@tenant.test', password: PASSWORD }),
    selection: 'user { id }',
    keep: { ada: 'user.id' },
    target: 'ada',
  },
  {
    field: 'createUser',
    action: 'user.create',
    input: (ids) => ({ ...inOrganization(ids), kind: 'HUMAN', name: 'Bob', email: 'bob@tenant.test' }),
    selection: 'user { id } temporaryPassword',
    keep: { bob: 'user.id', secretOfBob: 'temporaryPassword' },
    target: 'bob',
  },
  {
    field: 'updateUser',
    action: 'user.rename',
    input: ({ ada }) => ({ id: ada, name: 'Ada Adams' }),
    selection: 'user { id }',
    target: 'ada',
  },
  {
    field: 'updateUser',
    action: 'user.update',
    input: ({ bob }) => ({ id: bob, email: 'robert@tenant.test' }),
    selection: 'user { id }',
    target: 'bob',
  },
  {
    field: 'resetUserPassword',
    action: 'user.resetPassword',
    input: ({ bob }) => ({ id: bob }),
    selection: 'temporaryPassword',
    keep: { secretOfReset: 'temporaryPassword' },
    target: 'bob',
  },
  {
    field: 'setUserActive',
    action: 'user.deactivate',
    input: ({ bob }) => ({ id: bob, active: false }),
    selection: 'user { id }',
    target: 'bob',
  },
  {
    field: 'setUserActive',
    action: 'user.activate',
    input: ({ bob }) => ({ id: bob, active: true }),
    selection: 'user { id }',
    target: 'bob',
  },
  {
    field: 'addUserToGroup',
    action: 'userGroup.addMember',
    input: ({ grp, bob }) => ({ userGroupId: grp, userId: bob }),
    selection: 'userGroup { id }',
    target: 'grp',
  },
  {
    field: 'removeUserFromGroup',
    action: 'userGroup.removeMember',
    input: ({ grp, bob }) => ({ userGroupId: grp, userId: bob }),
    selection: 'userGroup { id }',
    target: 'grp',
  },
  {
    field: 'definePermission',
    action: 'permission.define',
    input: (ids) => ({ ...inOrganization(ids), name: 'license:manage', label: 'License Management' }),
    selection: 'permission { name }',
    target: 'organization',
  },
  {
    field: 'createRole',
    action: 'role.create',
    input: (ids) => ({ ...inOrganization(ids), name: 'Shipping', permissions: ['event:submit'] }),
    selection: 'role { id }',
    keep: { role: 'role.id' },
    target: 'role',
  },
  {
    field: 'updateRole',
    action: 'role.update',
    input: ({ role }) => ({ id: role, permissions: ['event:submit', 'service:manage'] }),
    selection: 'role { id }',
    target: 'role',
  },
  {
    field: 'grantRole',
    action: 'grant.create',
    input: ({ wks, role, ada }) => ({ namespaceId: wks, roleId: role, userId: ada }),
    selection: 'grant { id }',
    keep: { grant: 'grant.id' },
    target: 'grant',
  },
  {
    field: 'createApiKey',
    action: 'apiKey.create',
    by: asAda,
    input: ({ wks, later }) => ({ namespaceId: wks, environment: 'PRODUCTION', name: "Ada's", expiresAt: later }),
    selection: 'apiKey { id } key secret',
    keep: { adas: 'apiKey.id', secretOfKey: 'secret', secretKey: 'key' },
    target: 'adas',
  },
  {
    field: 'createApiKeyForUser',
    action: 'apiKey.createForUser',
    input: ({ wks, ada, later }) => ({ userId: ada, namespaceId: wks, environment: 'PRODUCTION', name: 'For Ada', expiresAt: later }),
    selection: 'apiKey { id } key secret',
    keep: { key: 'apiKey.id', secretOfOther: 'secret' },
    target: 'key',
  },
  {
    field: 'updateApiKey',
    action: 'apiKey.update',
    input: ({ key }) => ({ id: key, permissions: ['event:submit'] }),
    selection: 'apiKey { id }',
    target: 'key',
  },
  {
    field: 'revokeApiKey',
    action: 'apiKey.revoke',
    input: ({ key }) => ({ id: key, reason: 'Left in a repository' }),
    selection: 'apiKey { id }',
    target: 'key',
  },
  { field: 'reactivateApiKey', action: 'apiKey.reactivate', input: ({ key }) => ({ id: key }), selection: 'apiKey { id }', target: 'key' },
  {
    field: 'regenerateApiKey',
    action: 'apiKey.regenerate',
    input: ({ key }) => ({ id: key, graceSeconds: 60 }),
    selection: 'apiKey { id } key secret',
    keep: { secretOfSuccessor: 'secret', secretSuccessor: 'key' },
    target: 'key',
  },
  { field: 'deleteApiKey', action: 'apiKey.delete', input: ({ key }) => ({ id: key }), selection: 'deletedApiKeyId', target: 'key' },
  {
    field: 'rotateSharedSecret',
    action: 'sharedSecret.rotate',
    input: inOrganization,
    selection: 'secret',
    keep: { secretShared: 'secret' },
    target: 'organization',
  },
  {
    field: 'revealSharedSecret',
    action: 'sharedSecret.reveal',
    input: inOrganization,
    selection: 'secret createdAt',
    target: 'organization',
  },
  {
    field: 'createWebhook',
    action: 'webhook.create',
    input: (ids) => ({ ...inOrganization(ids), url: 'https://hooks.tenant.test/', events: ['API_KEY_EXPIRING'] }),
    selection: 'webhook { id }',
    keep: { hook: 'webhook.id' },
    target: 'hook',
  },
  {
    field: 'updateWebhook',
    action: 'webhook.update',
    input: ({ hook }) => ({ id: hook, active: false }),
    selection: 'webhook { id }',
    target: 'hook',
  },
  { field: 'deleteWebhook', action: 'webhook.delete', input: ({ hook }) => ({ id: hook }), selection: 'deletedWebhookId', target: 'hook' },
  { field: 'revokeGrant', action: 'grant.revoke', input: ({ grant }) => ({ id: grant }), selection: 'revokedGrantId', target: 'grant' },
  { field: 'deleteRole', action: 'role.delete', input: ({ role }) => ({ id: role }), selection: 'deletedRoleId', target: 'role' },
  {
    field: 'removePermission',
    action: 'permission.remove',
    input: (ids) => ({ ...inOrganization(ids), name: 'license:manage' }),
    selection: 'removedName',
    target: 'organization',
  },
  {
    field: 'signIn',
    action: 'session.create',
    input: ({ organization }) => ({ email: 'ada@tenant.test', password: PASSWORD, organizationId: organization }),
    selection: 'accessToken refreshToken',
    keep: { secretToken: 'accessToken', secretRefresh: 'refreshToken' },
  },
  {
    field: 'refreshSession',
    action: 'session.refresh',
    input: ({ secretRefresh }) => ({ refreshToken: secretRefresh }),
    selection: 'accessToken refreshToken',
    keep: { secretRefreshed: 'refreshToken' },
  },
  { field: 'signOut', action: 'session.end', by: asAda, selection: 'signedOut' },
  {
    field: 'changePassword',
    action: 'user.changePassword',
    by: asAda,
    input: () => ({ currentPassword: PASSWORD, newPassword: NEW }),
    selection: 'accessToken',
    target: 'ada',
  },
  { field: 'removeUser', action: 'user.remove', input: ({ ada }) => ({ id: ada }), selection: 'removedUserId', target: 'ada' },
  {
    field: 'deleteNamespace',
    action: 'workspace.delete',
    input: ({ wks }) => ({ id: wks }),
    selection: 'deletedNamespaceId',
    target: 'wks',
  },
  {
    field: 'deleteNamespace',
    action: 'userGroup.delete',
    input: ({ grp }) => ({ id: grp }),
    selection: 'deletedNamespaceId',
    target: 'grp',
  },
  {
    field: 'deleteNamespace',
    action: 'application.delete',
    input: ({ app }) => ({ id: app }),
    selection: 'deletedNamespaceId',
    target: 'app',
  },
  {
    field: 'createOrganization',
    action: 'organization.create',
    by: firstOwner,
    input: () => ({ name: 'New', owner: { name: 'New', email: 'new@tenant.test', password: PASSWORD } }),
    selection: 'organization { id }',
    keep: { fresh: 'organization.id' },
    target: 'fresh',
  },
  {
    field: 'deleteNamespace',
    action: 'organization.delete',
    by: (service, { fresh }) => signIn(service, 'new@tenant.test', PASSWORD, fresh),
    input: ({ fresh }) => ({ id: fresh }),
    selection: 'deletedNamespaceId',
    target: 'fresh',
  },
];
