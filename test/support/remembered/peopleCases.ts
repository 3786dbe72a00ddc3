import { jobOver } from '../jobs.js';
import { ASKED, type Cases, elsewhere, holder, issued, run, world } from './world.js';

/** What is done to people, roles, groups and namespaces. */
export const peopleCases: Cases = {
  'a grant ends, and is given again': [
    'grant.revoke',
    async () => {
      const { person, grant, key } = await holder();
      return {
        key,
        change: () => world.tenant.revokeGrant(grant),
        then: 'HOLDER_LOST_ACCESS',
        back: () => world.tenant.grant(person.id, 'rol_service_author'),
      };
    },
  ],
  'a grant of the issuer ends, and is given again': [
    'grant.create',
    async () => {
      const { issuer, grant, key } = await issued();
      return {
        key,
        change: () => world.tenant.revokeGrant(grant),
        then: 'HOLDER_LOST_ACCESS',
        back: () => world.tenant.grant(issuer.id, 'rol_admin'),
      };
    },
  ],
  'a grant of a group ends, and is given again': [
    'grant.revoke',
    async () => {
      const { person, grant, key } = await holder();
      const group = await world.tenant.group();
      const ofGroup = await world.tenant.grant(group, 'rol_service_author');
      await world.tenant.join(group, person.id);
      await world.tenant.revokeGrant(grant);
      return {
        key,
        change: () => world.tenant.revokeGrant(ofGroup),
        then: 'HOLDER_LOST_ACCESS',
        back: () => world.tenant.grant(group, 'rol_service_author'),
      };
    },
  ],
  ...Object.fromEntries(
    (['userGroup.removeMember', 'userGroup.addMember', 'userGroup.delete'] as const).map((action) => [
      `somebody loses what a group gives them (${action})`,
      [
        action,
        async () => {
          const { person, grant, key } = await holder();
          const group = await world.tenant.group();
          await world.tenant.grant(group, 'rol_service_author');
          await world.tenant.join(group, person.id);
          await world.tenant.revokeGrant(grant);
          const leave = () => run('removeUserFromGroup', { userGroupId: group, userId: person.id }, 'userGroup { id }');
          const end = () => run('deleteNamespace', { id: group }, 'deletedNamespaceId');
          const isEnd = action === 'userGroup.delete';
          return {
            key,
            change: isEnd ? end : leave,
            then: 'HOLDER_LOST_ACCESS',
            ...(!isEnd && { back: () => world.tenant.join(group, person.id) }),
          };
        },
      ] as const,
    ]),
  ),
  'a role is emptied of what was asked, and filled again': [
    'role.update',
    async () => {
      const role = await world.tenant.role('Clerk', ASKED, 'event:submit');
      const { key } = await holder(role);
      const edit = (...permissions: readonly string[]) => run('updateRole', { id: role, permissions }, 'role { id }');
      return {
        key,
        question: { permissions: [ASKED] },
        change: () => edit('event:submit'),
        then: 'INSUFFICIENT_PERMISSIONS',
        back: () => edit('event:submit', ASKED),
      };
    },
  ],
  'a role is deleted, once nobody is granted it': [
    'role.delete',
    async () => {
      const role = await world.tenant.role('Clerk', ASKED);
      const { key, grant } = await holder(role);
      await world.tenant.revokeGrant(grant);
      const before = 'HOLDER_LOST_ACCESS';
      return { key, before, change: () => run('deleteRole', { id: role }, 'deletedRoleId'), then: before };
    },
  ],
  ...Object.fromEntries(
    (['user.deactivate', 'user.activate'] as const).map((action) => [
      `the user of a key is deactivated, and comes back (${action})`,
      [
        action,
        async () => {
          const { person, key } = await holder();
          return {
            key,
            change: () => world.tenant.setActive(person.id, false),
            then: 'HOLDER_LOST_ACCESS',
            back: () => world.tenant.setActive(person.id, true),
          };
        },
      ] as const,
    ]),
  ),
  'the issuer of a key is deactivated, and comes back': [
    'user.deactivate',
    async () => {
      const { issuer, key } = await issued();
      return {
        key,
        change: () => world.tenant.setActive(issuer.id, false),
        then: 'HOLDER_LOST_ACCESS',
        back: () => world.tenant.setActive(issuer.id, true),
      };
    },
  ],
  'the user of a key is removed': [
    'user.remove',
    async () => {
      const { person, key } = await holder();
      return { key, change: () => world.tenant.removeUser(person.id), then: 'INACTIVE' };
    },
  ],
  'the issuer of a key is removed': [
    'user.remove',
    async () => {
      const { issuer, key } = await issued();
      return { key, change: () => world.tenant.removeUser(issuer.id), then: 'HOLDER_LOST_ACCESS' };
    },
  ],
  'the application where a key is at home is deleted': [
    'application.delete',
    async () => {
      const application = await world.tenant.application();
      const { key } = await holder('rol_service_author', application);
      return { key, change: () => run('deleteNamespace', { id: application }, 'deletedNamespaceId'), then: 'NOT_FOUND' };
    },
  ],
  'the workspace that is asked about is deleted': [
    'workspace.delete',
    async () => {
      const { workspace, ...asked } = await elsewhere();
      return { ...asked, change: () => run('deleteNamespace', { id: workspace }, 'deletedNamespaceId'), then: 'NAMESPACE_MISMATCH' };
    },
  ],
  'a grant ends in the workspace that is asked about, and is given again': [
    'grant.revoke',
    async () => {
      const { workspace, person, grant, ...asked } = await elsewhere();
      return {
        ...asked,
        change: () => world.tenant.revokeGrant(grant),
        then: 'INSUFFICIENT_PERMISSIONS',
        back: () => world.tenant.grant(person.id, 'rol_editor', workspace),
      };
    },
  ],
  'all keys of somebody are revoked by a job': [
    'apiKey.revoke',
    async () => {
      const { person, key } = await holder();
      const { organizationId } = world.tenant;
      const change = async () => {
        const { revokeApiKeys } = await run('revokeApiKeys', { organizationId, filter: { userId: person.id } }, 'job { id }');
        await jobOver(world.tenant.owner.client, (revokeApiKeys?.['job'] as { id: string }).id);
      };
      return { key, change, then: 'INACTIVE' };
    },
  ],
};
