import { newId } from '../../../src/domain/index.js';
import { makeCredential } from '../../../src/keys/credential.js';
import type { Client } from '../../support/client.js';
import type { Service } from '../../support/service.js';
import type { TestTenant } from '../../support/tenant.js';
import { act } from './world.js';

const HOUR = 3_600_000;

/** Somebody who presents a credential that is no good (any more), and what it is. */
export type Refused = readonly [what: string, client: Client];

/** Credentials that never were any. */
export function neverGood({ anonymous }: Service): Refused[] {
  const { credential: unknown } = makeCredential(newId('key'), 'PRODUCTION');
  const wrongChecksum = unknown.slice(0, -1) + (unknown.endsWith('0') ? '1' : '0');
  const [id, secret] = [newId('key'), makeCredential(newId('key'), 'PRODUCTION').secret];
  return [
    ['a token that is garbage', anonymous.as('no.token.atAll')],
    ['an unsigned token', anonymous.as(`${base64url({ alg: 'none', typ: 'at+jwt' })}.${base64url({ sub: newId('usr') })}.`)],
    ['a key that is garbage', anonymous.as('bwk_prod_garbage')],
    ['a key whose checksum is wrong', anonymous.as(wrongChecksum)],
    ['a well-formed key that never was', anonymous.as(unknown)],
    ['a well-formed key that never was, in X-API-Key', anonymous.with({ 'x-api-key': unknown })],
    [
      'a pair of HTTP Basic that never was',
      anonymous.with({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }),
    ],
    ['a header that is no credential', anonymous.with({ authorization: 'Negotiate abc' })],
  ];
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Credentials of people and keys of a tenant that were good once, each with all that OWNER or ADMIN can hold. */
export async function goodOnce(service: Service, tenant: TestTenant): Promise<Refused[]> {
  const { owner } = tenant;
  const now = service.clock.now();
  service.clock.set(new Date(now.getTime() - HOUR));
  const early = await tenant.person('Early', ['rol_owner']);
  const expiring = await tenant.key({ by: early.client, name: 'Expired', expiresAt: new Date(now.getTime() - HOUR / 2) });
  service.clock.set(now);

  const [revoked, deleted, staging] = [
    await tenant.key({ name: 'Revoked' }),
    await tenant.key({ name: 'Deleted' }),
    await tenant.key({ name: 'Staging', environment: 'STAGING' }),
  ];
  await act(owner.client, 'revokeApiKey', 'RevokeApiKeyInput', { id: revoked.id }, '{ apiKey { id } }');
  await act(owner.client, 'deleteApiKey', 'DeleteApiKeyInput', { id: deleted.id }, '{ deletedApiKeyId }');

  const leaver = await tenant.person('Signed out', ['rol_owner']);
  await leaver.client.ask('mutation { signOut { signedOut } }');

  const idle = await tenant.person('Deactivated', ['rol_owner']);
  const idleKey = await tenant.key({ by: idle.client, name: 'Of somebody deactivated' });
  await act(owner.client, 'setUserActive', 'SetUserActiveInput', { id: idle.id, active: false }, '{ user { id } }');

  const gone = await tenant.person('Removed', ['rol_owner']);
  const goneKey = await tenant.key({ by: gone.client, name: 'Of somebody removed' });
  const child = await tenant.key({ by: goneKey.client, name: 'Made by a key', permissions: ['apiKey:view'] });
  await act(owner.client, 'removeUser', 'RemoveUserInput', { id: gone.id }, '{ removedUserId }');

  const reset = await tenant.person('Reset', ['rol_owner']);
  await act(owner.client, 'resetUserPassword', 'ResetUserPasswordInput', { id: reset.id }, '{ user { id } }');

  const demoted = await tenant.person('Demoted', ['rol_viewer']);
  const demotedKey = await tenant.key({ by: demoted.client, name: 'Of somebody demoted' });
  const grants = await owner.client.ask<{ user: { grants: { nodes: { id: string }[] } } }, object>(
    'query ($id: ID!) { user(id: $id) { grants { nodes { id } } } }',
    { id: demoted.id },
  );
  await act(owner.client, 'revokeGrant', 'RevokeGrantInput', { id: grants.user.grants.nodes[0]?.id }, '{ revokedGrantId }');

  const { anonymous } = service;
  return [
    ['an access token that has expired', early.client],
    ['a key that has expired', expiring.client],
    ['a revoked key', revoked.client],
    ['a deleted key', deleted.client],
    ["a key of another environment's door (R13)", anonymous.as(staging.key)],
    ['a session that was signed out', leaver.client],
    ['the session of somebody deactivated', idle.client],
    ['the key of somebody deactivated', idleKey.client],
    ['the session of somebody removed', gone.client],
    ['the key of somebody removed', goneKey.client],
    ['a key that was made by a key which was revoked', child.client],
    ['a session that was ended by a reset of the password', reset.client],
    ['the key of somebody who holds nothing there any more', demotedKey.client],
  ];
}
