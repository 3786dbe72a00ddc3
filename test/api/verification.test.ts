import { makeCredential } from '../../src/keys/credential.js';
import { DeleteApiKeyDocument, RevokeApiKeyDocument, VerifyApiKeyDocument, VerifyApiKeysDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let application: string;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  application = await tenant.application();
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const revoke = (id: string) => owner.ask(RevokeApiKeyDocument, { input: { id } });
const ask = (client: Client, key: string, more: object = {}) => client.send(VerifyApiKeyDocument, { input: { key, ...more } });

describe('the answer', () => {
  test('to a good question is VALID, with who the key is and what it can do there', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 3_600_000);
    const permissions = ['application:edit', 'event:submit'];
    const key = await tenant.key({ namespaceId: application, name: 'Script', permissions, expiresAt });
    expect(await verify(gateway, key, { permissions: ['event:submit'], namespaceId: application })).toEqual({
      valid: true,
      code: 'VALID',
      httpStatus: 200,
      message: expect.any(String),
      missingPermissions: [],
      effectivePermissions: permissions,
      apiKeyId: key.id,
      name: 'Script',
      namespaceId: application,
      organizationId: tenant.organizationId,
      userId: tenant.owner.id,
      environment: 'PRODUCTION',
      expiresAt: expiresAt.toISOString(),
      rateLimit: null,
      restrictions: null,
      metadata: null,
    });
  });

  test('tells the whole key only to a service that also holds apiKey:view', async () => {
    const key = await tenant.key({ name: 'Script' });
    const seeing = await tenant.key({ permissions: ['apiKey:verify', 'apiKey:view'] });
    const question = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { valid apiKey { name status user { id } } } }';
    const whole = { name: 'Script', status: 'ACTIVE', user: { id: tenant.owner.id } };
    expect(await seeing.client.ask(question, { key: key.key })).toEqual({ verifyApiKey: { valid: true, apiKey: whole } });
    expect(await gateway.client.ask(question, { key: key.key })).toEqual({ verifyApiKey: { valid: true, apiKey: null } });
    await revoke(key.id);
    expect(await seeing.client.ask(question, { key: key.key })).toMatchObject({
      verifyApiKey: { valid: false, apiKey: { status: 'INACTIVE' } },
    });
  });

  test('tells no key of another environment as a whole, as no other question of the asker does (C21, S2.2)', async () => {
    const staging = await tenant.key({ environment: 'STAGING' });
    const seeing = await tenant.key({ permissions: ['apiKey:verify', 'apiKey:view'] });
    const question = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code apiKey { id } } }';
    expect(await seeing.client.ask(question, { key: staging.key })).toEqual({
      verifyApiKey: { code: 'ENVIRONMENT_MISMATCH', apiKey: null },
    });
  });

  test("is NOT_FOUND, word for word the same, for whatever is not the asker's business or has not the right secret (R34)", async () => {
    const [key, deleted, elsewhere] = [await tenant.key(), await tenant.key(), await tenant.key({ namespaceId: application })];
    await owner.ask(DeleteApiKeyDocument, { input: { id: deleted.id } });
    const foreign = await (await foundTenant(service)).key();
    const revoked = await tenant.key({ namespaceId: application });
    await revoke(revoked.id);
    const workspace = await tenant.workspace(application);
    const narrow = await tenant.gateway('PRODUCTION', workspace);
    const told = async (asker: TestKey, presented: string): Promise<object> => verify(asker, { key: presented });
    const nothing = await told(gateway, 'nonsense');
    expect(nothing).toMatchObject({
      valid: false,
      code: 'NOT_FOUND',
      httpStatus: 401,
      apiKeyId: null,
      name: null,
      userId: null,
      environment: null,
      expiresAt: null,
    });
    for (const presented of [
      '',
      key.secret,
      `${key.key} `,
      key.key.slice(0, -1),
      key.key.replace('_prod_', '_stg_'),
      makeCredential(key.id, 'PRODUCTION').credential,
      makeCredential('key_01jzzzzzzzzzzzzzzzzzzzzzzz', 'PRODUCTION').credential,
      makeCredential(revoked.id, 'PRODUCTION').credential,
      deleted.key,
      foreign.key,
      'x'.repeat(100_000),
    ]) {
      expect(await told(gateway, presented)).toEqual(nothing);
    }
    for (const outside of [key, elsewhere, revoked]) expect(await told(narrow, outside.key)).toEqual(nothing);
  });
});

describe('the gates', () => {
  /** Somebody who holds something in the application, and then nothing any more. */
  const leaver = async (): Promise<{ ada: TestPerson; leave: () => Promise<void> }> => {
    const ada = await tenant.person('Ada');
    const grant = await tenant.grant(ada.id, 'rol_event_writer', application);
    return { ada, leave: () => tenant.revokeGrant(grant) };
  };
  const question = { permissions: ['service:manage'] };

  test('are asked in order: of two that stay shut the earlier one answers', async () => {
    const expiresAt = new Date(service.clock.now().getTime() + 1_000);
    const { ada, leave } = await leaver();
    const make = (more: object = {}) => tenant.key({ by: ada.client, namespaceId: application, ...more });
    const [dead, late, away, here] = [
      await make({ expiresAt }),
      await make({ expiresAt }),
      await make({ environment: 'STAGING' }),
      await make(),
    ];
    const everywhere = { ...question, namespaceId: tenant.organizationId };
    expect(await verify(gateway, here, question)).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      httpStatus: 403,
      missingPermissions: ['service:manage'],
    });

    await revoke(dead.id);
    await leave();
    service.clock.set(expiresAt);
    // Each key is shut at all later gates as well.
    const elsewhere = { ...question, namespaceId: await tenant.application('Other') };
    const staging = await tenant.gateway('STAGING');
    expect(await verify(staging, dead, elsewhere)).toMatchObject({ code: 'INACTIVE', httpStatus: 401 });
    expect(await verify(staging, late, elsewhere)).toMatchObject({ code: 'EXPIRED', httpStatus: 401 });
    expect(await verify(gateway, away, elsewhere)).toMatchObject({ code: 'ENVIRONMENT_MISMATCH', httpStatus: 401 });
    expect(await verify(gateway, here, elsewhere)).toMatchObject({ code: 'NAMESPACE_MISMATCH', httpStatus: 403 });
    expect(await verify(gateway, here, question)).toMatchObject({ code: 'HOLDER_LOST_ACCESS', httpStatus: 403 });
    expect(await verify(gateway, here, everywhere)).toMatchObject({ code: 'HOLDER_LOST_ACCESS', httpStatus: 403 });
    for (const key of [dead, late, away, here]) {
      const refused = await verify(gateway, key, question);
      expect(refused).toMatchObject({ valid: false, effectivePermissions: [], missingPermissions: [], apiKeyId: key.id, userId: ada.id });
    }
  });

  test('of the environment: of nine pairs of asker and key three are VALID (S2.2, S2.3, S2.13, C21, R13)', async () => {
    const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
    const askers = await Promise.all(environments.map((environment) => tenant.gateway(environment)));
    const keys = await Promise.all(environments.map((environment) => tenant.key({ environment })));
    const codes = await Promise.all(askers.map((asker) => Promise.all(keys.map(async (key) => (await verify(asker, key)).code))));
    const no = 'ENVIRONMENT_MISMATCH';
    expect(codes).toEqual([
      ['VALID', no, no],
      [no, 'VALID', no],
      [no, no, 'VALID'],
    ]);
  });

  test('of permissions: all that is asked for must be held, one question at a time; nothing asked is not everything (S2.15)', async () => {
    const key = await tenant.key({ namespaceId: application, permissions: ['event:submit', 'configuration:view'] });
    expect(await verify(gateway, key, { permissions: ['event:submit', 'configuration:view'] })).toMatchObject({ valid: true });
    expect(await verify(gateway, key, { permissions: ['service:manage', 'event:submit', 'policy:manage'] })).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      httpStatus: 403,
      missingPermissions: ['service:manage', 'policy:manage'],
    });
    expect(await verify(gateway, key, { permissions: ['never:registered'] })).toMatchObject({ missingPermissions: ['never:registered'] });
    expect(await verify(gateway, key)).toMatchObject({ valid: true });
    // In an ancestor it holds nothing of what it carries.
    expect(await verify(gateway, key, { namespaceId: tenant.organizationId })).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    for (const permissions of [[], null, Array.from({ length: 101 }, (_, n) => `thing:act${n}`)]) {
      expect(await ask(gateway.client, key.key, { permissions })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.permissions' });
    }
  });

  test('of the namespace: what is not in reach, not there, or no id at all is told alike', async () => {
    const key = await tenant.key({ namespaceId: application });
    const { organizationId } = await foundTenant(service);
    const workspace = await tenant.workspace(application);
    expect(await verify(gateway, key, { namespaceId: workspace, permissions: ['workspace:edit'] })).toMatchObject({ valid: true });
    const answers = [];
    for (const namespaceId of [
      await tenant.application('B'),
      organizationId,
      'app_01jzzzzzzzzzzzzzzzzzzzzzzz',
      tenant.owner.id,
      'nowhere',
      '',
    ]) {
      answers.push(await verify(gateway, key, { namespaceId }));
    }
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], code: 'NAMESPACE_MISMATCH' });
  });
});

describe('who asks', () => {
  test('is a key with apiKey:verify; a signed-in user cannot, whatever they hold', async () => {
    const key = await tenant.key({ namespaceId: application });
    const without = await tenant.key({ permissions: ['apiKey:view', 'apiKey:manage'] });
    for (const client of [owner, without.client]) {
      expect(await ask(client, key.key)).toMatchObject({
        code: 'FORBIDDEN',
        errors: [{ extensions: { missingPermissions: ['apiKey:verify'] } }],
      });
      expect(await client.send(VerifyApiKeysDocument, { inputs: [{ key: key.key }] })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await ask(client, 'nonsense')).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await ask(service.anonymous, key.key)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test("asks about the keys at home with it or, at home in the organization, about all of the tenant's", async () => {
    const workspace = await tenant.workspace(application);
    const homes = [tenant.organizationId, application, workspace, await tenant.group()];
    const keys = await Promise.all(homes.map((namespaceId) => tenant.key({ namespaceId })));
    const sphere = async (asker: TestKey) => Promise.all(keys.map(async (key) => (await verify(asker, key)).code));
    const no = 'NOT_FOUND';
    expect(await sphere(gateway)).toEqual(['VALID', 'VALID', 'VALID', 'VALID']);
    expect(await sphere(await tenant.gateway('PRODUCTION', application))).toEqual([no, 'VALID', no, no]);
    expect(await sphere(await tenant.gateway('PRODUCTION', workspace))).toEqual([no, no, 'VALID', no]);
    const other = await foundTenant(service);
    expect(await sphere(await other.gateway())).toEqual([no, no, no, no]);
  });

  test('asks no more once its own key is stopped, or its people hold apiKey:verify no more (R7)', async () => {
    const key = await tenant.key();
    const ada = await tenant.person('Ada');
    const grant = await tenant.grant(ada.id, 'rol_admin');
    await tenant.grant(ada.id, 'rol_event_writer');
    const asker = await tenant.key({ by: ada.client, permissions: ['apiKey:verify', 'event:submit'] });
    expect(await verify(asker, key)).toMatchObject({ valid: true });
    await tenant.revokeGrant(grant);
    expect(await ask(asker.client, key.key)).toMatchObject({ status: 200, code: 'FORBIDDEN' });
    await revoke(asker.id);
    expect(await ask(asker.client, key.key)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('may be asked about itself', async () => {
    expect(await verify(gateway, gateway, { permissions: ['apiKey:verify'] })).toMatchObject({ valid: true, apiKeyId: gateway.id });
  });
});

describe('verifyApiKeys', () => {
  test('is answered in order; a refused or malformed key fails none of the others', async () => {
    const keys = await Promise.all(
      [1, 2, 3].map((n) => tenant.key({ name: `Key ${n}`, namespaceId: application, permissions: ['event:submit'] })),
    );
    await revoke(keys[1]!.id);
    const inputs = [
      { key: keys[0]!.key },
      { key: 'malformed' },
      { key: keys[1]!.key },
      { key: keys[2]!.key, permissions: ['service:manage'] },
      { key: keys[2]!.key, namespaceId: 'nowhere' },
      { key: keys[0]!.key, permissions: ['event:submit'] },
    ];
    const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs });
    expect(verifyApiKeys.map(({ code, name }) => [code, name])).toEqual([
      ['VALID', 'Key 1'],
      ['NOT_FOUND', null],
      ['INACTIVE', 'Key 2'],
      ['INSUFFICIENT_PERMISSIONS', 'Key 3'],
      ['NAMESPACE_MISMATCH', 'Key 3'],
      ['VALID', 'Key 1'],
    ]);
    const one = await Promise.all(inputs.map(({ key, ...more }) => verify(gateway, { key }, more)));
    expect(verifyApiKeys).toEqual(one);
  });

  test('takes 1 to 100 questions, and a question that is wrong names its place', async () => {
    const { key } = await tenant.key();
    const many = (count: number) => ({ inputs: Array.from({ length: count }, () => ({ key })) });
    expect((await gateway.client.ask(VerifyApiKeysDocument, many(100))).verifyApiKeys).toHaveLength(100);
    for (const count of [0, 101]) {
      expect(await gateway.client.send(VerifyApiKeysDocument, many(count))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'inputs' });
    }
    const wrong = { inputs: [{ key }, { key, permissions: [] }] };
    expect(await gateway.client.send(VerifyApiKeysDocument, wrong)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'inputs.1.permissions',
    });
  });
});
