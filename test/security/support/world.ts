import type { Client } from '../../support/client.js';
import { importKeys, itemOf, oldCredential } from '../../support/jobs.js';
import { OWNER, type Service } from '../../support/service.js';
import { firstOwner, signIn, TestTenant } from '../../support/tenant.js';
import { type Ids, PASSWORD } from './values.js';

/** The installation's first organization: its owner may do whatever can be done at all. */
export async function firstTenant(service: Service): Promise<TestTenant> {
  const client = await firstOwner(service);
  const { viewer } = await client.ask<{ viewer: { user: { id: string; organization: { id: string } } } }, object>(
    '{ viewer { user { id organization { id } } } }',
  );
  const { id, organization } = viewer.user;
  return new TestTenant(service, organization.id, { id, ...OWNER, client });
}

let preys = 0;

/** One living thing of each kind in a tenant, belonging together, and used by nobody else. */
export async function preyOf(tenant: TestTenant): Promise<Ids> {
  preys += 1;
  const mark = `of prey ${preys}`;
  const [application, group] = await Promise.all([tenant.application(`Application ${mark}`), tenant.group(undefined, `Group ${mark}`)]);
  const workspace = await tenant.workspace(application, `Workspace ${mark}`);
  const user = await userOf(tenant, `User ${mark}`);
  const grant = await tenant.grant(user, 'rol_viewer', application);
  await tenant.join(group, user);
  const role = await tenant.role(`Role ${mark}`, 'workspace:view');
  const registered = `prey:read${preys}`;
  await act(tenant.owner.client, 'definePermission', 'DefinePermissionInput', define(tenant, registered), '{ permission { name } }');
  const key = await tenant.key({ namespaceId: application, name: `Key ${mark}`, forUser: user });
  const webhook = await webhookOf(tenant);
  const job = await jobOf(tenant, user);
  return {
    Organization: tenant.organizationId,
    Job: job,
    Application: application,
    Workspace: workspace,
    UserGroup: group,
    User: user,
    Role: role,
    Grant: grant,
    ApiKey: key.id,
    Webhook: webhook,
    credential: key.key,
    registered,
  };
}

/** A webhook that is told of nothing that these tests do, and the shared secret that it needs. */
export async function webhookOf({ organizationId, owner: { client } }: TestTenant): Promise<string> {
  await act(client, 'rotateSharedSecret', 'RotateSharedSecretInput', { organizationId }, '{ createdAt }');
  // An organization has at most 20: the oldest makes room.
  const { organization } = await client.ask<{ organization: { webhooks: { id: string }[] } }, object>(
    'query ($id: ID!) { organization: namespace(id: $id) { ... on Organization { webhooks { id } } } }',
    { id: organizationId },
  );
  const [oldest] = organization.webhooks;
  if (oldest && organization.webhooks.length > 15) await act(client, 'deleteWebhook', 'DeleteWebhookInput', oldest, '{ deletedWebhookId }');
  const { createWebhook } = (await act(
    client,
    'createWebhook',
    'CreateWebhookInput',
    { organizationId, url: 'https://hooks.tenant.test/', events: ['API_KEY_EXPIRING'] },
    '{ webhook { id } }',
  )) as { createWebhook: { webhook: { id: string } } };
  return createWebhook.webhook.id;
}

/** A job that is over, and that failed to import its one key. */
export async function jobOf({ organizationId, owner }: TestTenant, userId: string): Promise<string> {
  const item = itemOf(oldCredential(), { userId, namespaceId: organizationId, permissions: ['nobody:knows'] });
  return (await importKeys(owner.client, organizationId, [item])).id;
}

/** What is said to register a permission. */
export const define = ({ organizationId }: TestTenant, name: string): object => ({ organizationId, name, label: 'Registered' });

/** Creates a person who has not signed in. */
export async function userOf(tenant: TestTenant, name: string, more: Record<string, unknown> = { password: PASSWORD }): Promise<string> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@tenant.test`;
  const { createUser } = await tenant.owner.client.ask<{ createUser: { user: { id: string } } }, object>(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
    { input: { organizationId: tenant.organizationId, kind: 'HUMAN', name, email, ...more } },
  );
  return createUser.user.id;
}

let temporary = 0;

/** A person who holds ADMIN and has signed in with a temporary password, which is to be changed before anything else. */
export async function withTemporaryPassword(service: Service, tenant: TestTenant): Promise<{ client: Client; password: string }> {
  temporary += 1;
  const email = `temporary.${temporary}@tenant.test`;
  const { createUser } = await tenant.owner.client.ask<{ createUser: { user: { id: string }; temporaryPassword: string } }, object>(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } temporaryPassword } }',
    { input: { organizationId: tenant.organizationId, kind: 'HUMAN', name: 'Temporary', email } },
  );
  await tenant.grant(createUser.user.id, 'rol_admin');
  const password = createUser.temporaryPassword;
  return { client: await signIn(service, email, password, tenant.organizationId), password };
}

/** Runs an act of one field with an id; it must succeed. */
export const act = (client: Client, field: string, type: string, input: object, selection: string): Promise<unknown> =>
  client.ask(`mutation ($input: ${type}!) { ${field}(input: $input) ${selection} }`, { input });
