import { type BuiltInPermission } from './permissions.js';

/** What an act needs. Every mutation that changes a tenant is one line here. */
export interface Rule {
  /** Held in the namespace where the act happens or, where it is tenant-wide, in the organization. */
  readonly needs: BuiltInPermission;
  /** Self-service: whose own things need no permission. SESSION: a signed-in person's. ANY: also the calling key itself. */
  readonly own?: 'SESSION' | 'ANY';
  /** The permission counts for signed-in people only: a key that carries it does not do this (R78). */
  readonly signedIn?: true;
  /** `namespace:recover` in the organization does as well. */
  readonly recoverable?: true;
  /** The act touches people, grants or memberships that may carry OWNER or ADMIN: the attempt must say which. */
  readonly touches?: true;
  /** The act hands power on: the attempt must say what. */
  readonly handsOn?: true;
}

/** The acts and their rules: the one table that decisions, documentation and attacks are made from. */
export const actions = {
  'organization.create': { needs: 'organization:create' },
  'organization.update': { needs: 'organization:edit' },
  'organization.delete': { needs: 'organization:delete' },
  'organization.configure': { needs: 'organization:manage' },
  'application.create': { needs: 'application:create' },
  'application.update': { needs: 'application:edit' },
  'application.delete': { needs: 'application:delete' },
  'workspace.create': { needs: 'workspace:create' },
  'workspace.update': { needs: 'workspace:edit' },
  'workspace.delete': { needs: 'workspace:delete' },
  'userGroup.create': { needs: 'userGroup:create' },
  'userGroup.update': { needs: 'userGroup:edit' },
  'userGroup.delete': { needs: 'userGroup:delete', touches: true },
  'userGroup.addMember': { needs: 'userGroup:manageMembers', touches: true, handsOn: true },
  'userGroup.removeMember': { needs: 'userGroup:manageMembers', touches: true },
  'user.create': { needs: 'user:manage' },
  'user.update': { needs: 'user:manage', touches: true },
  'user.rename': { needs: 'user:manage', own: 'SESSION', touches: true },
  'user.deactivate': { needs: 'user:manage', touches: true },
  'user.activate': { needs: 'user:manage', touches: true, handsOn: true },
  // Whoever is told the temporary password can sign in as that person: all that they hold is handed on.
  'user.resetPassword': { needs: 'user:manage', touches: true, handsOn: true },
  'user.remove': { needs: 'user:manage', touches: true },
  'role.create': { needs: 'role:manage', handsOn: true },
  'role.update': { needs: 'role:manage', handsOn: true },
  'role.delete': { needs: 'role:manage' },
  'permission.define': { needs: 'role:manage' },
  'permission.remove': { needs: 'role:manage' },
  'grant.create': { needs: 'grant:manage', recoverable: true, touches: true, handsOn: true },
  'grant.revoke': { needs: 'grant:manage', recoverable: true, touches: true },
  'apiKey.create': { needs: 'apiKey:create', own: 'SESSION', handsOn: true },
  'apiKey.createForUser': { needs: 'apiKey:createForUser', handsOn: true },
  'apiKey.update': { needs: 'apiKey:manage', own: 'SESSION', signedIn: true, handsOn: true },
  'apiKey.revoke': { needs: 'apiKey:manage', own: 'ANY', signedIn: true },
  'apiKey.reactivate': { needs: 'apiKey:manage', own: 'SESSION', signedIn: true, handsOn: true },
  'apiKey.regenerate': { needs: 'apiKey:manage', own: 'SESSION', signedIn: true, handsOn: true },
  // One item of a job, with what its starter holds when it runs.
  'apiKey.import': { needs: 'apiKey:createForUser', handsOn: true },
  'apiKey.delete': { needs: 'apiKey:manage', own: 'SESSION', signedIn: true },
  'webhook.create': { needs: 'organization:manage' },
  'webhook.update': { needs: 'organization:manage' },
  'webhook.delete': { needs: 'organization:manage' },
  'sharedSecret.rotate': { needs: 'sharedSecret:manage' },
  'sharedSecret.reveal': { needs: 'sharedSecret:reveal', signedIn: true },
  // A job does nothing that its starter could not do one by one: starting one needs what its items need.
  'job.importApiKeys': { needs: 'apiKey:createForUser' },
  'job.revokeApiKeys': { needs: 'apiKey:manage', signedIn: true },
  'job.cancel': { needs: 'job:manage', own: 'SESSION' },
} as const satisfies Record<string, Rule>;

/** The name of an act, `resource.verb`, as it stands in the audit trail. */
export type Action = keyof typeof actions;

/** The acts whose rule has that mark. */
export type ActionsWith<Mark extends 'touches' | 'handsOn'> = {
  [A in Action]: (typeof actions)[A] extends Record<Mark, true> ? A : never;
}[Action];

/** The rule of an act. */
export const ruleOf = (action: Action): Rule => actions[action];
