import type { Action } from '../authority/index.js';
import type { SubjectId } from './Withdrawals.js';

/**
 * Whose keys an act makes weaker or stronger: TARGET, what the act is done to (a key or a user); TENANT, any key of the
 * tenant; CONCERNED, the user whom the change names, or else any key of the tenant. NOBODY: no key that exists already.
 */
type Reach = 'NOBODY' | 'TARGET' | 'CONCERNED' | 'TENANT';

/** One line for each act: whoever adds an act has to say it. */
const reaches: Readonly<Record<Action, Reach>> = {
  'organization.create': 'NOBODY',
  'organization.update': 'NOBODY',
  'organization.delete': 'TENANT',
  'organization.configure': 'NOBODY',
  'application.create': 'NOBODY',
  'application.update': 'NOBODY',
  'application.delete': 'TENANT',
  'workspace.create': 'NOBODY',
  'workspace.update': 'NOBODY',
  'workspace.delete': 'TENANT',
  'userGroup.create': 'NOBODY',
  'userGroup.update': 'NOBODY',
  'userGroup.delete': 'TENANT',
  'userGroup.addMember': 'CONCERNED',
  'userGroup.removeMember': 'CONCERNED',
  'user.create': 'NOBODY',
  'user.update': 'NOBODY',
  'user.rename': 'NOBODY',
  'user.deactivate': 'TARGET',
  'user.activate': 'TARGET',
  'user.resetPassword': 'NOBODY',
  'user.remove': 'TARGET',
  'role.create': 'NOBODY',
  'role.update': 'TENANT',
  'role.delete': 'TENANT',
  'permission.define': 'TENANT',
  'permission.remove': 'TENANT',
  'grant.create': 'CONCERNED',
  'grant.revoke': 'CONCERNED',
  'apiKey.create': 'NOBODY',
  'apiKey.createForUser': 'NOBODY',
  'apiKey.update': 'TARGET',
  'apiKey.revoke': 'TARGET',
  'apiKey.reactivate': 'TARGET',
  'apiKey.regenerate': 'TARGET',
  'apiKey.import': 'NOBODY',
  'apiKey.delete': 'TARGET',
  'webhook.create': 'NOBODY',
  'webhook.update': 'NOBODY',
  'webhook.delete': 'NOBODY',
  'sharedSecret.rotate': 'NOBODY',
  'sharedSecret.reveal': 'NOBODY',
  'job.importApiKeys': 'NOBODY',
  'job.revokeApiKeys': 'NOBODY',
  'job.cancel': 'NOBODY',
};

/** Whose keys a permitted act makes weaker or stronger, at widest the tenant's; null: nobody's. */
export function subjectOf(
  { action, target }: { readonly action: Action; readonly target: string },
  organizationId: string,
  concerned: string | undefined,
): SubjectId | null {
  switch (reaches[action]) {
    case 'NOBODY':
      return null;
    case 'TARGET':
      return target;
    case 'CONCERNED':
      return concerned?.startsWith('usr_') ? concerned : organizationId;
    case 'TENANT':
      return organizationId;
  }
}
