import { type Action, actions } from '../../src/authority/index.js';
import { subjectOf } from '../../src/withdrawals/index.js';
import type { VerifyApiKeyInput } from '../generated/documents.js';
import { jobOver } from '../support/jobs.js';
import { type Service, startService } from '../support/service.js';
import { databaseKind } from '../support/testDatabase.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

type Question = Omit<VerifyApiKeyInput, 'key'>;

/** A key, what it is asked, and what changes the answer; then what changes it back. */
interface Case {
  readonly key: { readonly key: string };
  readonly question?: Question;
  /** The answer before; VALID if left out. */
  readonly before?: string;
  readonly change: () => Promise<unknown>;
  readonly then: string;
  readonly back?: () => Promise<unknown>;
}

const run = (field: string, input: object, selection: string): Promise<Record<string, Record<string, unknown>>> => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return tenant.owner.client.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input });
};
const editKey = (id: string, edit: object) => run('updateApiKey', { id, ...edit }, 'apiKey { id }');
const ASKED = 'service:manage';

/** Somebody who holds one role in one place, and a key of theirs there. */
async function holder(roleId = 'rol_service_author', namespaceId = tenant.organizationId) {
  const person = await tenant.person('Ada');
  const grant = await tenant.grant(person.id, roleId, namespaceId);
  return { person, grant, key: await tenant.key({ by: person.client, namespaceId, permissions: [ASKED] }) };
}

/** A key of one person that another has issued, who is an admin. */
async function issued(): Promise<{ issuer: TestPerson; key: TestKey; grant: string }> {
  const user = await tenant.serviceUser('Robot', ['rol_service_author']);
  const issuer = await tenant.person('Eve');
  const grant = await tenant.grant(issuer.id, 'rol_admin');
  return { issuer, grant, key: await tenant.key({ by: issuer.client, forUser: user, permissions: [ASKED] }) };
}

/** A key that asks about another namespace than its home. */
async function elsewhere() {
  const application = await tenant.application();
  const workspace = await tenant.workspace(application);
  const person = await tenant.person('Ada', ['rol_editor', application]);
  const grant = await tenant.grant(person.id, 'rol_editor', workspace);
  const key = await tenant.key({ by: person.client, namespaceId: application, permissions: ['workspace:edit'] });
  return { key, question: { namespaceId: workspace, permissions: ['workspace:edit'] }, workspace, person, grant };
}

const cases: Readonly<Record<string, readonly [action: Action, make: () => Promise<Case>]>> = {
  'a key is revoked, and reactivated': [
    'apiKey.revoke',
    async () => {
      const key = await tenant.key();
      return {
        key,
        change: () => run('revokeApiKey', { id: key.id }, 'apiKey { id }'),
        then: 'INACTIVE',
        back: () => run('reactivateApiKey', { id: key.id }, 'apiKey { id }'),
      };
    },
  ],
  'a revoked key is reactivated': [
    'apiKey.reactivate',
    async () => {
      const key = await tenant.key();
      await run('revokeApiKey', { id: key.id }, 'apiKey { id }');
      return { key, before: 'INACTIVE', change: () => run('reactivateApiKey', { id: key.id }, 'apiKey { id }'), then: 'VALID' };
    },
  ],
  'a key is deleted': [
    'apiKey.delete',
    async () => {
      const key = await tenant.key();
      return { key, change: () => run('deleteApiKey', { id: key.id }, 'deletedApiKeyId'), then: 'NOT_FOUND' };
    },
  ],
  'the key that made a key is revoked, and reactivated': [
    'apiKey.revoke',
    async () => {
      const parent = await tenant.key({ permissions: ['apiKey:create', ASKED] });
      return {
        key: await tenant.key({ by: parent.client, permissions: [ASKED] }),
        change: () => run('revokeApiKey', { id: parent.id }, 'apiKey { id }'),
        then: 'INACTIVE',
        back: () => run('reactivateApiKey', { id: parent.id }, 'apiKey { id }'),
      };
    },
  ],
  'a key gets another secret at once': [
    'apiKey.regenerate',
    async () => {
      const key = await tenant.key();
      return { key, change: () => run('regenerateApiKey', { id: key.id }, 'key'), then: 'NOT_FOUND' };
    },
  ],
  'a key gets another secret, and the grace of the old one is over by the clock': [
    'apiKey.regenerate',
    async () => {
      const key = await tenant.key();
      await run('regenerateApiKey', { id: key.id, graceSeconds: 60 }, 'key');
      return { key, change: () => Promise.resolve(service.clock.advance(60_000)), then: 'NOT_FOUND' };
    },
  ],
  'whoever issued the secret before is deactivated in its grace': [
    'user.deactivate',
    async () => {
      const { issuer, key } = await issued();
      await run('regenerateApiKey', { id: key.id, graceSeconds: 3_600 }, 'key');
      return {
        key,
        change: () => tenant.setActive(issuer.id, false),
        then: 'HOLDER_LOST_ACCESS',
        back: () => tenant.setActive(issuer.id, true),
      };
    },
  ],
  'a key expires by the clock': [
    'apiKey.create',
    async () => {
      const key = await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 60_000) });
      return { key, change: () => Promise.resolve(service.clock.advance(60_000)), then: 'EXPIRED' };
    },
  ],
  'a key is given fewer permissions, and more again': [
    'apiKey.update',
    async () => {
      const key = await tenant.key({ permissions: [ASKED, 'event:submit'] });
      return {
        key,
        question: { permissions: [ASKED] },
        change: () => editKey(key.id, { permissions: ['event:submit'] }),
        then: 'INSUFFICIENT_PERMISSIONS',
        back: () => editKey(key.id, { permissions: [ASKED, 'event:submit'] }),
      };
    },
  ],
  'a key is restricted to other resources, and to none again': [
    'apiKey.update',
    async () => {
      const key = await tenant.key();
      return {
        key,
        question: { resource: { type: 'customer', id: 'c_1' } },
        change: () => editKey(key.id, { restrictions: [{ type: 'customer', ids: ['c_2'] }] }),
        then: 'RESOURCE_NOT_ALLOWED',
        back: () => editKey(key.id, { restrictions: null }),
      };
    },
  ],
  'a key is tied to other networks, and to none again': [
    'apiKey.update',
    async () => {
      const key = await tenant.key();
      return {
        key,
        question: { clientIp: '192.0.2.1' },
        change: () => editKey(key.id, { allowedCidrs: ['198.51.100.0/24'] }),
        then: 'IP_NOT_ALLOWED',
        back: () => editKey(key.id, { allowedCidrs: null }),
      };
    },
  ],
  'a key is given a rate limit that is used up, and none again': [
    'apiKey.update',
    async () => {
      const key = await tenant.key({ rateLimit: { limit: 100, windowSeconds: 3_600 } });
      return {
        key,
        change: () => editKey(key.id, { rateLimit: { limit: 1, windowSeconds: 3_600 } }),
        then: 'RATE_LIMITED',
        back: () => editKey(key.id, { rateLimit: null }),
      };
    },
  ],
  'a grant ends, and is given again': [
    'grant.revoke',
    async () => {
      const { person, grant, key } = await holder();
      return {
        key,
        change: () => tenant.revokeGrant(grant),
        then: 'HOLDER_LOST_ACCESS',
        back: () => tenant.grant(person.id, 'rol_service_author'),
      };
    },
  ],
  'a grant of the issuer ends, and is given again': [
    'grant.create',
    async () => {
      const { issuer, grant, key } = await issued();
      return { key, change: () => tenant.revokeGrant(grant), then: 'HOLDER_LOST_ACCESS', back: () => tenant.grant(issuer.id, 'rol_admin') };
    },
  ],
  'a grant of a group ends, and is given again': [
    'grant.revoke',
    async () => {
      const { person, grant, key } = await holder();
      const group = await tenant.group();
      const ofGroup = await tenant.grant(group, 'rol_service_author');
      await tenant.join(group, person.id);
      await tenant.revokeGrant(grant);
      return {
        key,
        change: () => tenant.revokeGrant(ofGroup),
        then: 'HOLDER_LOST_ACCESS',
        back: () => tenant.grant(group, 'rol_service_author'),
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
          const group = await tenant.group();
          await tenant.grant(group, 'rol_service_author');
          await tenant.join(group, person.id);
          await tenant.revokeGrant(grant);
          const leave = () => run('removeUserFromGroup', { userGroupId: group, userId: person.id }, 'userGroup { id }');
          const end = () => run('deleteNamespace', { id: group }, 'deletedNamespaceId');
          const isEnd = action === 'userGroup.delete';
          return {
            key,
            change: isEnd ? end : leave,
            then: 'HOLDER_LOST_ACCESS',
            ...(!isEnd && { back: () => tenant.join(group, person.id) }),
          };
        },
      ] as const,
    ]),
  ),
  'a role is emptied of what was asked, and filled again': [
    'role.update',
    async () => {
      const role = await tenant.role('Clerk', ASKED, 'event:submit');
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
      const role = await tenant.role('Clerk', ASKED);
      const { key, grant } = await holder(role);
      await tenant.revokeGrant(grant);
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
            change: () => tenant.setActive(person.id, false),
            then: 'HOLDER_LOST_ACCESS',
            back: () => tenant.setActive(person.id, true),
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
        change: () => tenant.setActive(issuer.id, false),
        then: 'HOLDER_LOST_ACCESS',
        back: () => tenant.setActive(issuer.id, true),
      };
    },
  ],
  'the user of a key is removed': [
    'user.remove',
    async () => {
      const { person, key } = await holder();
      return { key, change: () => tenant.removeUser(person.id), then: 'INACTIVE' };
    },
  ],
  'the issuer of a key is removed': [
    'user.remove',
    async () => {
      const { issuer, key } = await issued();
      return { key, change: () => tenant.removeUser(issuer.id), then: 'HOLDER_LOST_ACCESS' };
    },
  ],
  'the application where a key is at home is deleted': [
    'application.delete',
    async () => {
      const application = await tenant.application();
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
        change: () => tenant.revokeGrant(grant),
        then: 'INSUFFICIENT_PERMISSIONS',
        back: () => tenant.grant(person.id, 'rol_editor', workspace),
      };
    },
  ],
  'all keys of somebody are revoked by a job': [
    'apiKey.revoke',
    async () => {
      const { person, key } = await holder();
      const { organizationId } = tenant;
      const change = async () => {
        const { revokeApiKeys } = await run('revokeApiKeys', { organizationId, filter: { userId: person.id } }, 'job { id }');
        await jobOver(tenant.owner.client, (revokeApiKeys?.['job'] as { id: string }).id);
      };
      return { key, change, then: 'INACTIVE' };
    },
  ],
};

/** A verification, and whether it took a statement. */
async function asked({ key, question }: Case): Promise<{ code: string; read: boolean }> {
  let code = '';
  const statements = await service.statementsOf(async () => {
    ({ code } = await verify(gateway, key, question));
  });
  return { code, read: statements.some((sql) => /FROM (api_keys|users|grants|namespaces)/.test(sql)) };
}

test.each(Object.entries(cases).map(([name, [, make]]) => [name, make] as const))(
  'it is known at once, of a key that was remembered, that %s (S3.14, S3.16, R19)',
  async (_name, make) => {
    const each = await make();
    const { back, before: code = 'VALID', change, then } = each;
    expect(await asked(each)).toMatchObject({ code });
    expect(await asked(each)).toEqual({ code, read: false });
    await change();
    expect(await asked(each)).toMatchObject({ code: then });
    expect(await asked(each)).toEqual({ code: then, read: false });
    await back?.();
    expect(await asked(each)).toMatchObject({ code: back ? code : then });
  },
);

test('who is told that somebody has done it before, waits as well until that is true everywhere', async () => {
  const key = await tenant.key();
  const again = { id: key.id, expectedGeneration: 1 };
  await run('regenerateApiKey', again, 'key');
  const repeat = 'mutation ($input: RegenerateApiKeyInput!) { regenerateApiKey(input: $input) { key } }';
  let code = '';
  const statements = await service.statementsOf(async () => {
    ({ code } = await tenant.owner.client.send(repeat, { input: again }));
  });
  expect(code).toBe('CONFLICT');
  // A file of SQLite has one process, in which it is true already.
  const waits = statements.some((sql) => sql.startsWith('SELECT number FROM change_sequence'));
  expect(waits).toBe(databaseKind() === 'mariadb');
});

test('every act that makes a key weaker or stronger is among these, but for three of which nothing can be asked', () => {
  const reaching = Object.keys(actions).filter(
    (action) => subjectOf({ action: action as Action, target: 'x' }, 'org_x', undefined) !== null,
  );
  const shown = new Set(Object.values(cases).map(([action]) => action));
  // A permission is removed once no role and no key names it; with an organization its services go, which are who asks.
  const without = ['organization.delete', 'permission.define', 'permission.remove'];
  expect(reaching.filter((action) => !shown.has(action as Action)).sort()).toEqual(without);
});
