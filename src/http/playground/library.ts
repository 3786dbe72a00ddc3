import { job } from './job.js';
import { person, service, session, type Tab } from './tabs.js';

/** The ready operations of one room. */
export interface Shelf {
  readonly title: string;
  readonly tabs: readonly Tab[];
}

const asPerson = (title: string, operation: string, variables?: object, remember?: Tab['remember']): Tab => ({
  title,
  operation,
  bearer: person,
  ...(variables && { variables }),
  ...(remember && { remember }),
});

const page = { first: 20, after: null };
const inOrganization = { organizationId: '{{organizationId}}' };
const ownPermission = { name: 'license:manage' };
const membership = { input: { userGroupId: '{{userGroupId}}', userId: '{{userId}}' } };

const sessions: Shelf = {
  title: 'Sessions',
  tabs: [
    ...job.filter(({ operation }) => operation === 'signIn'),
    {
      title: 'Refresh session',
      operation: 'refreshSession',
      variables: { input: { refreshToken: '{{refreshToken}}' } },
      remember: session,
    },
    asPerson('Who am I', 'viewer'),
    asPerson('Change password', 'changePassword', { input: { currentPassword: '', newPassword: '' } }, session),
    asPerson('Sign out', 'signOut'),
  ],
};

const namespaces: Shelf = {
  title: 'Namespaces',
  tabs: [
    asPerson('Organizations', 'organizations', page),
    asPerson('Applications', 'applications', { organizationId: null, search: null, ...page }),
    asPerson('Workspaces', 'workspaces', { applicationId: null, search: null, ...page }),
    asPerson('User groups', 'userGroups', { organizationId: null, applicationId: null, search: null, ...page }),
    asPerson('Namespace', 'namespace', { id: '{{workspaceId}}' }),
    asPerson('Anything by its id', 'node', { id: '{{apiKeyId}}' }),
    asPerson('Organization: users, roles, permissions', 'organization', { id: '{{organizationId}}', search: null, ...page }),
    asPerson('Create organization', 'createOrganization', {
      input: { name: 'Northwind', owner: { name: 'Nora North', email: 'nora@northwind.example' } },
    }),
    ...job.filter(({ operation }) => operation === 'createApplication' || operation === 'createWorkspace'),
    asPerson(
      'Create user group',
      'createUserGroup',
      { input: { ...inOrganization, name: 'Accountants' } },
      { userGroupId: 'userGroup.id' },
    ),
    asPerson('Update organization', 'updateOrganization', { input: { id: '{{organizationId}}', description: 'Our own' } }),
    asPerson('Update application', 'updateApplication', { input: { id: '{{applicationId}}', name: 'Billing' } }),
    asPerson('Update workspace', 'updateWorkspace', { input: { id: '{{workspaceId}}', name: 'Invoices' } }),
    asPerson('Update user group', 'updateUserGroup', { input: { id: '{{userGroupId}}', name: 'Accountants' } }),
    asPerson('Delete namespace', 'deleteNamespace', { input: { id: '{{workspaceId}}' } }),
  ],
};

const people: Shelf = {
  title: 'People',
  tabs: [
    asPerson('User', 'user', { id: '{{userId}}', namespaceId: '{{organizationId}}' }),
    asPerson(
      'Create person',
      'createUser',
      { input: { ...inOrganization, kind: 'HUMAN', name: 'Ada Adams', email: 'ada@example.com' } },
      { userId: 'user.id' },
    ),
    asPerson(
      'Create service user',
      'createUser',
      { input: { ...inOrganization, kind: 'SERVICE', name: 'Nightly export' } },
      { userId: 'user.id' },
    ),
    asPerson('Update user', 'updateUser', { input: { id: '{{userId}}', name: 'Ada Byron' } }),
    asPerson('Activate or deactivate user', 'setUserActive', { input: { id: '{{userId}}', active: false } }),
    asPerson('Reset password', 'resetUserPassword', { input: { id: '{{userId}}' } }),
    asPerson('Remove user', 'removeUser', { input: { id: '{{userId}}' } }),
    asPerson('Add user to group', 'addUserToGroup', membership),
    asPerson('Remove user from group', 'removeUserFromGroup', membership),
  ],
};

const roles: Shelf = {
  title: 'Roles and grants',
  tabs: [
    asPerson(
      'Create role',
      'createRole',
      { input: { ...inOrganization, name: 'BOOKKEEPER', permissions: ['workspace:view', 'workspace:edit'] } },
      { roleId: 'role.id' },
    ),
    asPerson('Update role', 'updateRole', { input: { id: '{{roleId}}', permissions: ['workspace:view'] } }),
    asPerson('Delete role', 'deleteRole', { input: { id: '{{roleId}}' } }),
    asPerson('Define permission', 'definePermission', { input: { ...inOrganization, ...ownPermission, label: 'Manage licenses' } }),
    asPerson('Remove permission', 'removePermission', { input: { ...inOrganization, ...ownPermission } }),
    asPerson(
      'Grant role',
      'grantRole',
      { input: { namespaceId: '{{workspaceId}}', roleId: 'rol_editor', userId: '{{userId}}' } },
      { grantId: 'grant.id' },
    ),
    asPerson('Revoke grant', 'revokeGrant', { input: { id: '{{grantId}}' } }),
  ],
};

const narrow = {
  rateLimit: { limit: 100, windowSeconds: 60 },
  restrictions: [{ type: 'customer', ids: ['c_42'] }],
  allowedCidrs: ['192.0.2.0/24'],
  metadata: { plan: 'gold' },
};

const apiKeys: Shelf = {
  title: 'API keys',
  tabs: [
    asPerson('API keys', 'apiKeys', { filter: {}, orderBy: { field: 'CREATED_AT', direction: 'DESC' }, ...page }),
    asPerson('Stale API keys', 'staleApiKeys', { unusedSince: '2026-01-01T00:00:00Z', ...page }),
    asPerson('API keys by last use', 'apiKeysByLastUse', { direction: 'DESC', ...page }),
    asPerson('Powerful API keys', 'powerfulApiKeys', { permission: 'apiKey:manage', first: 20, adminsAfter: null, dangerousAfter: null }),
    asPerson('Expiring API keys', 'expiringApiKeys', { expiresBefore: '2027-01-01T00:00:00Z', ...page }),
    asPerson('API key', 'apiKey', { id: '{{apiKeyId}}' }),
    asPerson('API key: how often it was used', 'apiKeyUsage', {
      id: '{{apiKeyId}}',
      from: '2026-01-01T00:00:00.000Z',
      to: '2027-01-01T00:00:00.000Z',
      granularity: 'DAY',
      first: 20,
    }),
    asPerson('Why? Explain API key', 'explainApiKey', {
      input: { apiKeyId: '{{apiKeyId}}', permissions: ['workspace:edit'], resource: null, clientIp: null },
    }),
    ...job.filter(({ operation }) => operation === 'createApiKey'),
    asPerson(
      'Create API key for user',
      'createApiKeyForUser',
      {
        input: {
          userId: '{{userId}}',
          namespaceId: '{{workspaceId}}',
          environment: '{{environment}}',
          name: 'Nightly export',
          roleId: 'rol_editor',
          expiresAt: null,
        },
      },
      { apiKeyId: 'apiKey.id', key: 'key' },
    ),
    asPerson('Update API key', 'updateApiKey', { input: { id: '{{apiKeyId}}', permissions: ['workspace:view'] } }),
    asPerson('Narrow API key: rate limit, resources, networks', 'updateApiKey', { input: { id: '{{apiKeyId}}', ...narrow } }),
    ...job.filter(({ operation }) => operation === 'revokeApiKey'),
    asPerson('Reactivate API key', 'reactivateApiKey', { input: { id: '{{apiKeyId}}' } }),
    asPerson(
      'Regenerate API key',
      'regenerateApiKey',
      { input: { id: '{{apiKeyId}}', graceSeconds: 0, expectedGeneration: null } },
      { key: 'key' },
    ),
    asPerson('Delete API key', 'deleteApiKey', { input: { id: '{{apiKeyId}}' } }),
    ...job.filter(({ title }) => title === 'Verify API key'),
    {
      title: 'Verify API keys',
      operation: 'verifyApiKeys',
      bearer: service,
      variables: { inputs: [{ key: '{{key}}', permissions: ['workspace:edit'] }, { key: '{{serviceKey}}' }] },
    },
    {
      title: 'Verify API key for a resource, from an address',
      operation: 'verifyApiKey',
      bearer: service,
      variables: { input: { key: '{{key}}', resource: { type: 'customer', id: 'c_42' }, clientIp: '192.0.2.7', cost: 1 } },
    },
  ],
};

const trail: Shelf = {
  title: 'Impact, audit and logs',
  tabs: [
    asPerson('Which keys would an act weaken?', 'accessImpact', { input: { removeUserId: '{{userId}}' } }),
    asPerson('What were keys used for?', 'verificationLogs', { filter: { ...inOrganization, apiKeyId: null, code: null }, ...page }),
    asPerson('Audit trail', 'auditEvents', { filter: { ...inOrganization, outcome: null, action: null }, ...page }),
  ],
};

const signing: Shelf = {
  title: 'Shared secret and webhooks',
  tabs: [
    asPerson('Create or replace the shared secret', 'rotateSharedSecret', { input: inOrganization }),
    asPerson('Reveal the shared secret', 'revealSharedSecret', { input: inOrganization }),
    asPerson('Webhooks', 'webhooks', { organizationId: '{{organizationId}}' }),
    asPerson(
      'Create webhook',
      'createWebhook',
      { input: { ...inOrganization, url: 'https://hooks.example.com/bailiwick', events: ['API_KEY_CREATED', 'API_KEY_REVOKED'] } },
      { webhookId: 'webhook.id' },
    ),
    asPerson('Update webhook', 'updateWebhook', { input: { id: '{{webhookId}}', active: true } }),
    asPerson('Delete webhook', 'deleteWebhook', { input: { id: '{{webhookId}}' } }),
  ],
};

const jobs: Shelf = {
  title: 'Bulk work',
  tabs: [
    asPerson(
      'Import API keys',
      'importApiKeys',
      {
        input: {
          ...inOrganization,
          keys: [
            {
              digest: 'The SHA-256 of the old credential in hexadecimal digits',
              algorithm: 'SHA256_HEX',
              name: 'Taken over',
              userId: '{{userId}}',
              namespaceId: '{{workspaceId}}',
              environment: '{{environment}}',
              permissions: ['workspace:view'],
              expiresAt: null,
            },
          ],
        },
      },
      { jobId: 'job.id' },
    ),
    asPerson(
      'Revoke API keys',
      'revokeApiKeys',
      { input: { ...inOrganization, filter: { namespaceId: '{{workspaceId}}', status: 'ACTIVE' }, reason: 'The workspace moves' } },
      { jobId: 'job.id' },
    ),
    asPerson('Jobs', 'jobs', { ...inOrganization, ...page }),
    asPerson('Job', 'job', { id: '{{jobId}}', ...page }),
    asPerson('Follow job', 'jobUpdated', { id: '{{jobId}}' }),
    asPerson('Cancel job', 'cancelJob', { input: { id: '{{jobId}}' } }),
  ],
};

/** Every ready operation, by room. */
export const library: readonly Shelf[] = [sessions, namespaces, people, roles, apiKeys, jobs, signing, trail];
