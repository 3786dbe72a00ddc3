import { newId } from '../../src/domain/index.js';
import { makeCredential } from '../../src/keys/credential.js';
import { OWNER, type Service, startService } from '../support/service.js';
import { foundTenant, signIn, type TestTenant } from '../support/tenant.js';
import { holds, listen, partsOf, type Secret, toldIn, writtenDown } from './support/secrets.js';
import { errorLines, telling } from './support/shown.js';
import { act, firstTenant, userOf, withTemporaryPassword } from './support/world.js';

let service: Service;
let ears: ReturnType<typeof listen>;
/** What only clients know: passwords that they chose. Told by no answer. */
const chosen = {
  owner: OWNER.password,
  everybody: 'a good long password',
  first: 'the first password of Ada',
  second: 'the second password of Ada',
  wrong: 'a password that is wrong',
  faulty: 'a password that met a fault',
};
/** Credentials that were made up or mistyped: told by no answer either. */
const guessed = Array.from({ length: 3 }, () => makeCredential(newId('key'), 'PRODUCTION').credential);

beforeAll(async () => {
  ears = listen();
  service = await startService();
  const first = await firstTenant(service);
  await live(service, first);
  await live(service, await foundTenant(service));
  await faults(service, first);
});
afterAll(async () => {
  ears.stop();
  await service.stop();
});

const enter = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken user { id email } } }';
const refresh = 'mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { accessToken refreshToken } }';
const verify = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code message name apiKeyId apiKey { id hint name } } }';
const everything =
  '{ viewer { user { id email grants { nodes { id } } } apiKey { id hint } } apiKeys { nodes { id name hint permissions revocation { reason } } } }';

/** A little life of a tenant: people and keys come, are used rightly and wrongly, and go. */
async function live({ anonymous }: Service, tenant: TestTenant): Promise<void> {
  const { owner, organizationId } = tenant;
  const id = await userOf(tenant, 'Ada', { password: chosen.first });
  await tenant.grant(id, 'rol_admin');
  const input = { email: 'ada@tenant.test', password: chosen.first, organizationId };
  const session = (await anonymous.ask<{ signIn: { accessToken: string; refreshToken: string } }, object>(enter, { input })).signIn;
  const ada = anonymous.as(session.accessToken);
  for (const password of [chosen.wrong, `${chosen.first} `, '']) await anonymous.send(enter, { input: { ...input, password } });
  await anonymous.send(enter, { input: { ...input, organizationId: chosen.first } });
  await anonymous.send(enter, { input: { ...input, organizationId: undefined, password: [chosen.first] } });
  await anonymous.send(enter, { input: { password: chosen.first } });

  const { changePassword } = await ada.ask<{ changePassword: { refreshToken: string } }, object>(
    'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken refreshToken } }',
    { input: { currentPassword: chosen.first, newPassword: chosen.second } },
  );
  const renewed = await anonymous.ask<{ refreshSession: { refreshToken: string } }, object>(refresh, changePassword);
  // A spent token, and then the one whose session that has ended.
  await anonymous.send(refresh, changePassword);
  await anonymous.send(refresh, renewed.refreshSession);

  const again = await signIn(service, input.email, chosen.second, organizationId);
  const gateway = await tenant.key({ by: again, name: 'Gateway', permissions: ['apiKey:verify', 'apiKey:view', 'apiKey:create'] });
  const keys = [await tenant.key({ by: again }), await tenant.key({ forUser: id }), await tenant.key({ environment: 'STAGING' })];
  const child = await tenant.key({ by: gateway.client, name: 'Child', permissions: ['apiKey:view'] });
  for (const { key, secret } of [gateway, child, ...keys, ...guessed.map((each) => ({ key: each, secret: each }))]) {
    await gateway.client.send(verify, { key });
    await gateway.client.send(verify, { key: `${key}x` });
    await gateway.client.send(verify, { key: secret });
    for (const client of [anonymous.as(key), anonymous.with({ 'x-api-key': key }), anonymous.with({ authorization: `Token ${key}` })])
      await client.send(everything);
    // Where it does not belong: as an id, a cursor, in a URL.
    await again.send('query ($id: ID!, $after: String) { node(id: $id) { id } apiKeys(after: $after) { totalCount } }', {
      id: key,
      after: key,
    });
    for (const path of [`/graphql?api_key=${key}`, `/${secret}`, `/graphql/${key}`])
      await fetch(service.url + path, { method: 'POST', headers: { 'x-request-id': 'of-a-secret' } });
  }
  const [mine, theirs] = keys;
  await act(again, 'revokeApiKey', 'RevokeApiKeyInput', { id: mine!.id, reason: 'lost' }, '{ apiKey { id hint } }');
  await act(again, 'reactivateApiKey', 'ReactivateApiKeyInput', { id: mine!.id }, '{ apiKey { id hint } }');
  await act(again, 'regenerateApiKey', 'RegenerateApiKeyInput', { id: mine!.id, graceSeconds: 60 }, '{ apiKey { id hint } key secret }');
  await act(again, 'updateApiKey', 'UpdateApiKeyInput', { id: mine!.id, name: 'Renamed' }, '{ apiKey { id name hint } }');
  await act(owner.client, 'revokeApiKey', 'RevokeApiKeyInput', { id: theirs!.id, permanent: true }, '{ apiKey { id hint } }');
  for (const { key } of keys) await gateway.client.send(verify, { key });
  await act(again, 'deleteApiKey', 'DeleteApiKeyInput', { id: mine!.id }, '{ deletedApiKeyId }');

  const temporary = await withTemporaryPassword(service, tenant);
  await temporary.client.send(everything);
  await act(owner.client, 'resetUserPassword', 'ResetUserPasswordInput', { id }, '{ user { id email } temporaryPassword }');
  await again.send(everything);
  await owner.client.send(everything);
  await again.send('mutation { signOut { signedOut } }');
}

/** The database refuses what should have worked: what is told of it, to the client and to the log, is told of everything. */
async function faults({ app }: Service, tenant: TestTenant): Promise<void> {
  const raise =
    app.database.kind === 'sqlite'
      ? "BEGIN SELECT RAISE(ABORT, 'a fault'); END"
      : "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a fault'";
  for (const table of ['users', 'api_keys', 'refresh_tokens']) {
    await app.database.reader.query(`CREATE TRIGGER fault_${table} BEFORE INSERT ON ${table} ${raise}`);
  }
  await expect(userOf(tenant, 'Faulty', { password: chosen.faulty })).rejects.toThrow('INTERNAL_SERVER_ERROR');
  await expect(tenant.key()).rejects.toThrow('INTERNAL_SERVER_ERROR');
  await expect(signIn(service, OWNER.email, OWNER.password, tenant.organizationId)).rejects.toThrow('INTERNAL_SERVER_ERROR');
  for (const table of ['users', 'api_keys', 'refresh_tokens']) await app.database.reader.query(`DROP TRIGGER fault_${table}`);
}

/** All secrets there were. */
const secrets = (): Secret[] => [
  ...toldIn(ears.heard),
  ...Object.entries(chosen).map(([what, value]) => ({ what: `the password ${what}`, value, toldIn: null })),
  ...guessed.map((value) => ({ what: 'a guess', value, toldIn: null })),
];

test('there were secrets of every sort, and each was told (the twin of the tests below)', () => {
  const sorts = Map.groupBy(toldIn(ears.heard), ({ what }) => what);
  expect([...sorts.keys()].sort()).toEqual(['accessToken', 'key', 'refreshToken', 'secret', 'temporaryPassword']);
  for (const [, each] of sorts) expect(each.length).toBeGreaterThanOrEqual(4);
  const sample = `log ${Buffer.from(`x:${guessed[0]!}`).toString('base64')}`;
  expect([holds(`… ${guessed[0]!} …`, [guessed[0]!]), holds(sample, [guessed[1]!])]).toEqual([true, false]);
});

test('no answer holds a secret but the one that tells it (R25, S2.10, S4.8)', () => {
  const breaches = secrets().flatMap((secret) => {
    const parts = partsOf(secret);
    // One credential is told in two fields of the same answer; a token is told to whoever presents the one before it.
    return ears.heard
      .filter(({ number, text }) => number !== secret.toldIn && holds(text, parts))
      .map(({ text }) => `${secret.what}: ${text.slice(0, 200)}`);
  });
  expect(breaches).toEqual([]);
});

test('no column of any table holds a secret (R25, R32)', async () => {
  const written = await writtenDown(service);
  expect(written).toContain('ada@tenant.test');
  expect(
    secrets()
      .filter((secret) => holds(written, partsOf(secret)))
      .map(({ what }) => what),
  ).toEqual([]);
});

test('no line of the log holds a secret, not even one that tells of a fault (R25, R26)', () => {
  const log = service.logged.join('\n');
  expect(
    secrets()
      .filter((secret) => holds(log, partsOf(secret)))
      .map(({ what }) => what),
  ).toEqual([]);
});

test('a fault is told to the client without a word of what it was (R60)', () => {
  const told = ears.heard.filter(({ text }) => text.includes('INTERNAL_SERVER_ERROR'));
  expect(told).toHaveLength(3);
  for (const { text } of told) expect(text).not.toMatch(new RegExp(`a fault|users|api_keys|${telling.source}`, 'i'));
});

test('a fault is told to the log without the values that were to be stored (R25)', () => {
  const lines = errorLines(service.logged);
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line).toContain('a fault');
    // bcrypt's digest of a password, the bytes of a digest, an address, and the parameters of a statement in general.
    expect(line).not.toMatch(/\$2[aby]\$\d\d\$/);
    expect(line).not.toMatch(/"type":"Buffer"|@tenant\.test|owner@localhost|"parameters"/);
  }
});
