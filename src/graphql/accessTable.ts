import type { Action, BuiltInPermission } from '../authority/index.js';

/** Who may ask a root field at all. What they then get or may do, authority decides on the rows. */
export interface RootAccess {
  /** ANYONE needs no credential; SIGNED_IN a person's session; KEY an API key; CALLER either of the two. */
  readonly callers: 'ANYONE' | 'SIGNED_IN' | 'KEY' | 'CALLER';
  /** What decides: the acts of authority, a permission, what is one's own, or what the caller sees of a list. */
  readonly by: readonly Action[] | BuiltInPermission | 'own' | 'seen' | 'password';
  /** Open also while a temporary password waits to be changed. */
  readonly withTemporaryPassword?: true;
  /** Open also to a key that is restricted to resources, which does nothing else on this API. */
  readonly withRestrictions?: true;
}

/**
 * Who is shown a field of a thing. `tag`: whoever was given the thing. `seen`: only who sees the thing itself; for others
 * it is null or empty. `filtered`: its resolver shows what the caller may see of it, whoever they are.
 */
export type FieldAccess = 'tag' | 'seen' | 'filtered';

const anyone = { callers: 'ANYONE', by: 'password', withTemporaryPassword: true } as const;
const seen = { callers: 'CALLER', by: 'seen' } as const;
const act = (...by: readonly Action[]) => ({ callers: 'CALLER', by }) as const;
const personsAct = (...by: readonly Action[]) => ({ callers: 'SIGNED_IN', by }) as const;

/**
 * Every root field. One that is not here stops the start; being here never means that something is allowed.
 */
export const rootAccess: Readonly<Record<'Query' | 'Mutation' | 'Subscription', Readonly<Record<string, RootAccess>>>> = {
  Query: {
    viewer: { callers: 'CALLER', by: 'own', withTemporaryPassword: true, withRestrictions: true },
    node: seen,
    namespace: seen,
    organizations: seen,
    applications: seen,
    workspaces: seen,
    userGroups: seen,
    user: seen,
    apiKeys: seen,
    apiKey: seen,
    explainApiKey: { callers: 'CALLER', by: 'apiKey:manage' },
    accessImpact: personsAct('user.remove', 'user.deactivate', 'grant.revoke', 'userGroup.removeMember', 'userGroup.delete', 'role.update'),
    auditEvents: { callers: 'CALLER', by: 'audit:view' },
    job: seen,
    jobs: seen,
    verificationLogs: seen,
  },
  Mutation: {
    signIn: anyone,
    refreshSession: anyone,
    signOut: { callers: 'SIGNED_IN', by: 'own', withTemporaryPassword: true },
    changePassword: { callers: 'SIGNED_IN', by: 'password', withTemporaryPassword: true },
    createOrganization: personsAct('organization.create'),
    updateOrganization: act('organization.update', 'organization.configure'),
    createApplication: act('application.create'),
    updateApplication: act('application.update'),
    createWorkspace: act('workspace.create'),
    updateWorkspace: act('workspace.update'),
    createUserGroup: act('userGroup.create'),
    updateUserGroup: act('userGroup.update'),
    deleteNamespace: act('organization.delete', 'application.delete', 'workspace.delete', 'userGroup.delete'),
    createUser: personsAct('user.create'),
    updateUser: personsAct('user.update', 'user.rename'),
    setUserActive: personsAct('user.activate', 'user.deactivate'),
    resetUserPassword: personsAct('user.resetPassword'),
    removeUser: personsAct('user.remove'),
    addUserToGroup: personsAct('userGroup.addMember'),
    removeUserFromGroup: personsAct('userGroup.removeMember'),
    createRole: personsAct('role.create'),
    updateRole: personsAct('role.update'),
    deleteRole: personsAct('role.delete'),
    definePermission: personsAct('permission.define'),
    removePermission: personsAct('permission.remove'),
    grantRole: personsAct('grant.create'),
    revokeGrant: personsAct('grant.revoke'),
    createApiKey: act('apiKey.create'),
    createApiKeyForUser: personsAct('apiKey.createForUser'),
    updateApiKey: personsAct('apiKey.update'),
    revokeApiKey: act('apiKey.revoke'),
    reactivateApiKey: personsAct('apiKey.reactivate'),
    regenerateApiKey: personsAct('apiKey.regenerate'),
    deleteApiKey: personsAct('apiKey.delete'),
    createWebhook: act('webhook.create'),
    updateWebhook: act('webhook.update'),
    deleteWebhook: act('webhook.delete'),
    rotateSharedSecret: act('sharedSecret.rotate'),
    revealSharedSecret: personsAct('sharedSecret.reveal'),
    importApiKeys: personsAct('job.importApiKeys'),
    revokeApiKeys: personsAct('job.revokeApiKeys'),
    cancelJob: act('job.cancel'),
    verifyApiKey: { callers: 'KEY', by: 'apiKey:verify' },
    verifyApiKeys: { callers: 'KEY', by: 'apiKey:verify' },
  },
  // Over a WebSocket, whose bearer was authenticated when it was opened and is asked for again for as long as it is.
  Subscription: {
    jobUpdated: seen,
  },
};

const namespaceTag = {
  id: 'tag',
  kind: 'tag',
  name: 'tag',
  createdAt: 'tag',
  description: 'seen',
  viewerPermissions: 'filtered',
  apiKeys: 'filtered',
  grants: 'filtered',
} as const;

/**
 * Every field of every other type, but for the plumbing of payloads, pages and verification answers, whose content was
 * decided where it was made. A field that is not here stops the start.
 */
export const fieldAccess: Readonly<Record<string, Readonly<Record<string, FieldAccess>>>> = {
  Organization: {
    ...namespaceTag,
    applications: 'filtered',
    userGroups: 'filtered',
    users: 'filtered',
    roles: 'filtered',
    permissions: 'seen',
    webhooks: 'filtered',
    membersMayCreateApiKeys: 'tag',
    maxApiKeyLifetimeDays: 'seen',
  },
  Application: { ...namespaceTag, organization: 'filtered', workspaces: 'filtered', userGroups: 'filtered' },
  Workspace: { ...namespaceTag, application: 'filtered' },
  UserGroup: { ...namespaceTag, organization: 'filtered', application: 'filtered', members: 'filtered' },
  User: {
    id: 'tag',
    kind: 'tag',
    name: 'tag',
    createdAt: 'tag',
    email: 'seen',
    // Not null in the contract; whoever is shown somebody's name-tag is also shown whether they are still there.
    active: 'tag',
    organization: 'tag',
    permissions: 'filtered',
    grants: 'filtered',
    userGroups: 'filtered',
    apiKeys: 'filtered',
  },
  PermissionDefinition: { name: 'tag', label: 'tag', description: 'tag', builtIn: 'tag' },
  Role: { id: 'tag', name: 'tag', builtIn: 'tag', assignableToApiKeys: 'tag', description: 'seen', permissions: 'seen' },
  Grant: { id: 'tag', createdAt: 'tag', subject: 'tag', role: 'tag', namespace: 'tag', grantedBy: 'tag' },
  Viewer: { user: 'tag', apiKey: 'tag', environment: 'tag' },
  // Whoever is given a key may see all of it; what it leads to shows itself as name-tags.
  ApiKey: {
    id: 'tag',
    name: 'tag',
    description: 'tag',
    hint: 'tag',
    namespace: 'tag',
    environment: 'tag',
    status: 'tag',
    role: 'tag',
    permissions: 'tag',
    effectivePermissions: 'tag',
    user: 'tag',
    createdBy: 'tag',
    issuedBy: 'tag',
    createdByApiKey: 'filtered',
    createdAt: 'tag',
    updatedAt: 'tag',
    expiresAt: 'tag',
    revocation: 'tag',
    generation: 'tag',
    previousSecretExpiresAt: 'tag',
    restrictions: 'tag',
    allowedCidrs: 'tag',
    rateLimit: 'tag',
    metadata: 'tag',
    lastUsedAt: 'tag',
    usage: 'tag',
    logs: 'filtered',
  },
  RateLimitState: { limit: 'tag', remaining: 'tag', resetAt: 'tag' },
  RateLimit: { limit: 'tag', windowSeconds: 'tag' },
  ResourceRestriction: { type: 'tag', ids: 'tag' },
  Webhook: { id: 'tag', url: 'tag', events: 'tag', active: 'tag', lastDeliveryAt: 'tag', lastFailure: 'tag', createdAt: 'tag' },
  AuditEvent: {
    id: 'tag',
    at: 'tag',
    action: 'tag',
    outcome: 'tag',
    reason: 'tag',
    actorId: 'tag',
    actor: 'tag',
    actorApiKeyId: 'tag',
    targetId: 'tag',
    namespaceId: 'tag',
    namespace: 'tag',
    changes: 'tag',
    requestId: 'tag',
  },
  // Whoever is given a job may see all of it.
  Job: {
    id: 'tag',
    kind: 'tag',
    status: 'tag',
    total: 'tag',
    done: 'tag',
    failed: 'tag',
    failures: 'tag',
    error: 'tag',
    createdAt: 'tag',
    finishedAt: 'tag',
  },
  JobFailure: { index: 'tag', message: 'tag' },
  // Who is given a line, at the root or inside of a key, may see all of it.
  VerificationLog: {
    id: 'tag',
    at: 'tag',
    apiKeyId: 'tag',
    retiredSecret: 'tag',
    code: 'tag',
    httpStatus: 'tag',
    requestedPermissions: 'tag',
    resource: 'tag',
    clientIp: 'tag',
    latencyMs: 'tag',
    requestId: 'tag',
    uses: 'tag',
  },
  UsageBucket: { start: 'tag', verified: 'tag', denied: 'tag', rateLimited: 'tag' },
  AccessExplanation: { allowed: 'tag', code: 'tag', checks: 'tag' },
  AccessImpact: { total: 'tag', apiKeys: 'tag' },
  ApiKeyImpact: { apiKey: 'tag', loses: 'tag' },
  AccessCheck: { name: 'tag', passed: 'tag', detail: 'tag' },
  Revocation: { at: 'tag', by: 'tag', reason: 'tag', permanent: 'tag' },
};

/** Types whose fields only carry on what was decided where they were made. */
export const isPlumbing = (typeName: string): boolean =>
  /(Payload|Connection|Edge)$/.test(typeName) || typeName === 'PageInfo' || typeName === 'ApiKeyVerification';
