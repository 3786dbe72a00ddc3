import type { Permission } from '../../src/authority/index.js';
import { registeredNames } from '../authority/designTables.js';
import type { NamespaceRow } from '../authority/referenceModel.js';
import type { Client } from '../support/client.js';
import type { Service } from '../support/service.js';
import { foundTenant } from '../support/tenant.js';
import { builtInRoles, type LiveGrant, type LiveKey, type LiveWorld } from './liveWorld.js';

/** A tenant of a sequence's own, made in few requests, with what the model must know of it. */
export interface LiveTenant {
  readonly service: Service;
  readonly organizationId: string;
  /** The owner, on whom nobody ever acts. */
  readonly keeper: string;
  /** The people to whom things happen; the owner is no part of them. */
  readonly people: readonly string[];
  readonly clients: ReadonlyMap<string, Client>;
  /** Keys of the organization's own services, which ask what other keys may do. */
  readonly gateways: { readonly PRODUCTION: Client; readonly STAGING: Client };
}

type Inputs = readonly (readonly [field: string, input: Readonly<Record<string, unknown>>, selection: string])[];

/** Many mutations in one request, in their order; what each of them answers. */
async function inOneRequest(client: Client, inputs: Inputs): Promise<Record<string, unknown>[]> {
  const typeOf = (field: string): string => `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  const declared = inputs.map(([field], index) => `$i${index}: ${typeOf(field)}`).join(', ');
  const fields = inputs.map(([field, , selection], index) => `m${index}: ${field}(input: $i${index}) { ${selection} }`).join('\n');
  const variables = Object.fromEntries(inputs.map(([, input], index) => [`i${index}`, input]));
  const data = await client.ask<Record<string, Record<string, unknown>>>(`mutation (${declared}) { ${fields} }`, variables);
  return inputs.map((_, index) => data[`m${index}`] ?? {});
}

const idOf = (payload: Record<string, unknown> | undefined, field: string): string => (payload?.[field] as { id: string }).id;
const PASSWORD = 'a good long password';
const names = ['Ada', 'Ben', 'Cyn'] as const;
const emailOf = (name: string): string => `${name.toLowerCase()}@live.test`;
const crew = ['apiKey:create', 'apiKey:view', 'workspace:view', 'workspace:edit', 'license:manage', 'event:submit'] as Permission[];
const clerk = [
  'user:manage',
  'user:view',
  'grant:manage',
  'apiKey:createForUser',
  'userGroup:manageMembers',
  'role:manage',
] as Permission[];

/** Founds the tenant: an admin, two members, groups of both sorts with something granted, two custom roles, two keys. */
export async function foundLiveTenant(service: Service): Promise<{ tenant: LiveTenant; world: LiveWorld }> {
  const founded = await foundTenant(service, 'Live');
  const { organizationId } = founded;
  const keeper = founded.owner;
  const first = await inOneRequest(keeper.client, [
    ['createApplication', { organizationId, name: 'App' }, 'application { id }'],
    ['createUserGroup', { organizationId, name: 'Group of the organization' }, 'userGroup { id }'],
    ...registeredNames.map((name) => ['definePermission', { organizationId, name, label: name }, 'permission { name }'] as const),
    ...names.map(
      (name) => ['createUser', { organizationId, kind: 'HUMAN', name, email: emailOf(name), password: PASSWORD }, 'user { id }'] as const,
    ),
    ['createRole', { organizationId, name: 'Crew', permissions: crew }, 'role { id }'],
    ['createRole', { organizationId, name: 'Clerk', permissions: clerk }, 'role { id }'],
  ]);
  const [application, orgGroup] = [idOf(first[0], 'application'), idOf(first[1], 'userGroup')];
  const people = first.slice(5, 8).map((payload) => idOf(payload, 'user'));
  const [ada = '', ben = '', cyn = ''] = people;
  const [crewRole, clerkRole] = [idOf(first[8], 'role'), idOf(first[9], 'role')];

  const second = await inOneRequest(keeper.client, [
    ['createWorkspace', { applicationId: application, name: 'Workspace' }, 'workspace { id }'],
    ['createUserGroup', { applicationId: application, name: 'Group of the application' }, 'userGroup { id }'],
    ...names.map((name) => ['signIn', { email: emailOf(name), password: PASSWORD, organizationId }, 'accessToken'] as const),
  ]);
  const [workspace, appGroup] = [idOf(second[0], 'workspace'), idOf(second[1], 'userGroup')];
  const tokens = second.slice(2).map((payload) => String(payload['accessToken']));

  const grants = [
    { subject: ada, role: 'rol_admin', namespace: organizationId },
    ...[workspace, orgGroup, appGroup].map((namespace) => ({ subject: ada, role: 'rol_admin', namespace })),
    { subject: ben, role: crewRole, namespace: workspace },
    { subject: cyn, role: clerkRole, namespace: organizationId },
    { subject: orgGroup, role: 'rol_editor', namespace: application },
    { subject: appGroup, role: 'rol_service_author', namespace: workspace },
    { subject: orgGroup, role: crewRole, namespace: workspace },
  ];
  const asking = { namespaceId: organizationId, name: 'Gateway', permissions: ['apiKey:verify'] };
  const third = await inOneRequest(keeper.client, [
    ...grants.map(({ subject, role, namespace }) => {
      const grantee = subject.startsWith('grp_') ? { userGroupId: subject } : { userId: subject };
      return ['grantRole', { namespaceId: namespace, roleId: role, ...grantee }, 'grant { id }'] as const;
    }),
    ['addUserToGroup', { userGroupId: orgGroup, userId: cyn }, 'userGroup { id }'],
    ['addUserToGroup', { userGroupId: appGroup, userId: ben }, 'userGroup { id }'],
    ['createApiKey', { ...asking, environment: 'PRODUCTION' }, 'apiKey { id } key'],
    ['createApiKey', { ...asking, environment: 'STAGING' }, 'apiKey { id } key'],
  ]);
  const clients = new Map([
    [keeper.id, keeper.client],
    ...people.map((id, index) => [id, service.anonymous.as(tokens[index] ?? '')] as const),
  ]);
  const [made = {}] = await inOneRequest(clients.get(ada) ?? keeper.client, [
    [
      'createApiKeyForUser',
      { namespaceId: workspace, environment: 'PRODUCTION', name: 'Issued', userId: ben },
      'apiKey { id permissions } key',
    ],
  ]);
  const issued = made['apiKey'] as { id: string; permissions: Permission[] };

  const namespace = (id: string, kind: NamespaceRow['kind'], parent: string | null): NamespaceRow => ({ id, kind, parent, deleted: false });
  const key = (
    id: string,
    credential: string,
    more: Pick<LiveKey, 'home' | 'environment' | 'permissions' | 'user' | 'issuer'>,
  ): LiveKey => ({
    ...more,
    id,
    credential,
    createdBy: more.issuer,
    parent: null,
    stopped: false,
    expiresAt: null,
    revokedBy: null,
    permanent: false,
    deleted: false,
    generation: 1,
    previous: null,
    things: null,
    networks: null,
  });
  const gateway = (index: number, environment: 'PRODUCTION' | 'STAGING'): LiveKey =>
    key(idOf(third[grants.length + index], 'apiKey'), String(third[grants.length + index]?.['key']), {
      home: organizationId,
      environment,
      permissions: ['apiKey:verify' as Permission],
      user: keeper.id,
      issuer: keeper.id,
    });
  const gateways = [gateway(2, 'PRODUCTION'), gateway(3, 'STAGING')] as const;
  const initial = (id: string, role: string, place: string): LiveGrant => ({
    id: `of the keeper in ${place}`,
    subject: id,
    role,
    namespace: place,
  });
  return {
    tenant: {
      service,
      organizationId,
      keeper: keeper.id,
      people,
      clients,
      gateways: {
        PRODUCTION: service.anonymous.as(gateways[0].credential),
        STAGING: service.anonymous.as(gateways[1].credential, '/staging/graphql'),
      },
    },
    world: {
      now: service.clock.now().getTime(),
      membersMayCreateApiKeys: true,
      namespaces: [
        namespace('the first organization', 'ORGANIZATION', null),
        namespace(organizationId, 'ORGANIZATION', null),
        namespace(application, 'APPLICATION', organizationId),
        namespace(workspace, 'WORKSPACE', application),
        namespace(orgGroup, 'USER_GROUP', organizationId),
        namespace(appGroup, 'USER_GROUP', application),
      ],
      users: [keeper.id, ...people].map((id) => ({
        id,
        tenant: organizationId,
        state: 'ACTIVE',
        groups: id === cyn ? [orgGroup] : id === ben ? [appGroup] : [],
      })),
      roles: [...builtInRoles, { id: crewRole, permissions: crew }, { id: clerkRole, permissions: clerk }],
      grants: [
        initial(keeper.id, 'rol_owner', organizationId),
        ...[application, workspace, orgGroup, appGroup].map((place) => initial(keeper.id, 'rol_admin', place)),
        ...grants.map((grant, index) => ({ ...grant, id: idOf(third[index], 'grant') })),
      ],
      keys: [
        ...gateways,
        key(issued.id, String(made['key']), {
          home: workspace,
          environment: 'PRODUCTION',
          permissions: issued.permissions,
          user: ben,
          issuer: ada,
        }),
      ],
    },
  };
}
