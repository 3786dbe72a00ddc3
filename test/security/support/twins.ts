import type { Client } from '../../support/client.js';
import { type Service } from '../../support/service.js';
import { foundTenant, signIn, type TestKey, type TestTenant } from '../../support/tenant.js';
import { rowsOf, tablesOf } from './database.js';
import { type Ids, PASSWORD } from './values.js';
import { act, define, jobOf, userOf, webhookOf } from './world.js';

/** Somebody of a tenant who asks, and the credential of the key that asks (of people: of some key of theirs). */
export interface Asker {
  readonly what: string;
  readonly kind: 'PERSON' | 'KEY';
  readonly client: Client;
  readonly credential: string;
}

/** A tenant that is named like its twin in everything. */
export interface Twin {
  readonly tenant: TestTenant;
  /** Things that live and belong together. */
  readonly ids: Ids;
  /** Ids of each kind, of living and of ended things. */
  readonly specimens: Readonly<Record<string, readonly string[]>>;
  readonly keys: readonly TestKey[];
  readonly askers: readonly Asker[];
}

const end = {
  key: (by: Client, id: string) => act(by, 'deleteApiKey', 'DeleteApiKeyInput', { id }, '{ deletedApiKeyId }'),
  namespace: (by: Client, id: string) => act(by, 'deleteNamespace', 'DeleteNamespaceInput', { id }, '{ deletedNamespaceId }'),
  role: (by: Client, id: string) => act(by, 'deleteRole', 'DeleteRoleInput', { id }, '{ deletedRoleId }'),
  user: (by: Client, id: string) => act(by, 'removeUser', 'RemoveUserInput', { id }, '{ removedUserId }'),
};

/** Builds a tenant with something of every kind, also what has ended: deleted, removed, revoked. */
export async function twinOf(service: Service): Promise<Twin> {
  const tenant = await foundTenant(service, 'Same');
  const { organizationId: org, owner } = tenant;
  const by = owner.client;
  const app = await tenant.application('Shop');
  const wks = await tenant.workspace(app, 'Orders');
  const group = await tenant.group(org, 'People');
  const team = await tenant.group(app, 'Team');
  const homes = { organization: org, application: app, workspace: wks, 'group of an organization': group, 'group of an application': team };

  const person = async (name: string, ...roles: [string, string][]): Promise<{ id: string; grants: string[]; client: Client }> => {
    const id = await userOf(tenant, name);
    const grants = [];
    for (const [role, where] of roles) grants.push(await tenant.grant(id, role, where));
    return { id, grants, client: await signIn(service, `${name.toLowerCase()}@tenant.test`, PASSWORD, org) };
  };
  const admin = await person('Admin', ...Object.values(homes).map((home): [string, string] => ['rol_admin', home]));
  const member = await person('Member', ['rol_editor', app], ['rol_viewer', wks]);
  const nobody = await person('Nobody');
  const removed = await person('Removed', ['rol_viewer', org]);
  const robot = await userOf(tenant, 'Robot', { kind: 'SERVICE', email: null, password: null });
  await tenant.join(group, member.id);
  const groupGrant = await tenant.grant(group, 'rol_viewer', app);
  const [role, oldRole] = [await tenant.role('Reader', 'workspace:view'), await tenant.role('Old', 'workspace:view')];

  const keys: TestKey[] = [];
  for (const [what, namespaceId] of Object.entries(homes)) keys.push(await tenant.key({ namespaceId, name: `Key of the ${what}` }));
  const ofMember = await tenant.key({ by: member.client, namespaceId: wks, name: 'Of the member' });
  const [revoked, deleted] = [await tenant.key({ name: 'Revoked' }), await tenant.key({ name: 'Deleted' })];
  const made = await tenant.key({ by: keys[0]!.client, name: 'Made by a key', permissions: ['apiKey:verify'] });
  const staging = await tenant.key({ name: 'Staging', environment: 'STAGING' });

  const webhook = await webhookOf(tenant);
  const job = await jobOf(tenant, member.id);
  const registered = 'license:manage';
  await act(by, 'definePermission', 'DefinePermissionInput', define(tenant, registered), '{ permission { name } }');

  const ended = [await tenant.application('Gone'), await tenant.workspace(app, 'Gone'), await tenant.group(org, 'Gone')] as const;
  for (const id of ended) await end.namespace(by, id);
  await act(by, 'revokeApiKey', 'RevokeApiKeyInput', { id: revoked.id }, '{ apiKey { id } }');
  await end.key(by, deleted.id);
  await end.role(by, oldRole);
  await end.user(by, removed.id);

  return {
    tenant,
    ids: {
      Organization: org,
      Application: app,
      Workspace: wks,
      UserGroup: group,
      User: member.id,
      Role: role,
      Grant: member.grants[0]!,
      ApiKey: ofMember.id,
      Job: job,
      Webhook: webhook,
      credential: ofMember.key,
      registered,
    },
    specimens: {
      org: [org],
      app: [app, ended[0]],
      wks: [wks, ended[1]],
      grp: [group, team, ended[2]],
      usr: [owner.id, member.id, robot, removed.id],
      rol: [role, oldRole],
      grt: [member.grants[0]!, groupGrant],
      key: [keys[0]!.id, ofMember.id, revoked.id, deleted.id],
      whk: [webhook],
      job: [job],
    },
    keys: [...keys, ofMember, revoked, deleted, made, staging],
    askers: [
      { what: 'the owner', kind: 'PERSON', client: by, credential: keys[0]!.key },
      { what: 'an admin', kind: 'PERSON', client: admin.client, credential: keys[0]!.key },
      { what: 'an ordinary member', kind: 'PERSON', client: member.client, credential: ofMember.key },
      { what: 'somebody who holds nothing', kind: 'PERSON', client: nobody.client, credential: ofMember.key },
      ...Object.keys(homes).map((what, index) => {
        const { client, key } = keys[index]!;
        return { what: `a key of the ${what}`, kind: 'KEY' as const, client, credential: key };
      }),
    ],
  };
}

/** Every id that is in the database on behalf of a tenant: of whatever table, living or ended. */
export async function everyIdOf(service: Service, organizationId: string): Promise<string[]> {
  const found = new Set<string>([organizationId]);
  for (const table of await tablesOf(service)) {
    for (const row of await rowsOf(service, table)) {
      const isTheirs = row['organization_id'] === organizationId || found.has(String(row['user_id']));
      if (isTheirs && typeof row['id'] === 'string') found.add(row['id']);
    }
  }
  return [...found];
}

/** An id that stands at the same place among all others and that never was. */
export const neighbourOf = (id: string): string => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');
