import { hashSync } from 'bcrypt';
import {
  ApiKeysDocument,
  DeleteApiKeyDocument,
  ImportApiKeysDocument,
  type ImportedApiKeyInput,
  RegenerateApiKeyDocument,
  RevokeApiKeyDocument,
  UpdateOrganizationDocument,
  VerifyApiKeysDocument,
} from '../generated/documents.js';
import { bcryptOf, importKeys, itemOf, oldCredential, sha256 } from '../support/jobs.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';
import { linesOf } from '../support/usage.js';

let service: Service;
let tenant: TestTenant;
let organizationId: string;
let ada: TestPerson;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  ({ organizationId } = tenant);
  ada = await tenant.person('Ada', ['rol_event_writer']);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const item = (credential: string, said: Partial<ImportedApiKeyInput> = {}): ImportedApiKeyInput =>
  itemOf(credential, { userId: ada.id, namespaceId: organizationId, ...said });
const importing = (...keys: ImportedApiKeyInput[]) => importKeys(tenant.owner.client, organizationId, keys);
const codeOf = async (credential: string, asker = gateway) => (await verify(asker, { key: credential })).code;
const start = (keys: unknown, by = tenant.owner.client) => by.send(ImportApiKeysDocument, { input: { organizationId, keys } } as never);

describe('an imported key', () => {
  test.each([
    ['SHA256_HEX', (text: string) => sha256(text)],
    ['SHA256_HEX in capitals', (text: string) => sha256(text).toUpperCase()],
    ['SHA256_BASE64', (text: string) => sha256(text, 'base64')],
    ['SHA256_BASE64URL', (text: string) => sha256(text, 'base64url')],
    ['SHA256_BASE64URL with padding', (text: string) => `${sha256(text, 'base64url')}=`],
  ])('is found by its old credential, whose digest was written as %s', async (how, write) => {
    const credential = oldCredential();
    const algorithm = how.split(' ')[0] as ImportedApiKeyInput['algorithm'];
    const job = await importing(item(credential, { digest: write(credential), algorithm }));
    expect(job).toMatchObject({ kind: 'importApiKeys', status: 'SUCCEEDED', total: 1, done: 1, failed: 0, error: null });
    const answer = await verify(gateway, { key: credential }, { permissions: ['event:submit'] });
    expect(answer).toMatchObject({ code: 'VALID', name: 'Taken over', userId: ada.id, namespaceId: organizationId });
    expect(await codeOf(`${credential}x`)).toBe('NOT_FOUND');
  });

  test.each(['2a', '2b', '2y'])(
    'of a bcrypt digest of the kind %s is found by its clear head, and kept as SHA-256 from its first use on',
    async (kind) => {
      const credential = oldCredential('crypt_');
      const head = credential.slice(0, 12);
      const digest = hashSync(credential, 4).replace('$2b$', `$${kind}$`);
      await importing(item(credential, { ...bcryptOf(credential, head), digest }));
      const kept = () =>
        sql<{ digest: Buffer | null; bcrypt_digest: string | null }>(
          service,
          'SELECT digest, bcrypt_digest FROM imported_credentials WHERE organization_id = ?',
          [organizationId],
        );
      expect(await codeOf(`${head}made-up`)).toBe('NOT_FOUND');
      expect(await kept()).toMatchObject([{ digest: null }]);
      expect(await Promise.all(Array.from({ length: 8 }, () => codeOf(credential)))).toEqual(Array(8).fill('VALID'));
      const [after] = await kept();
      expect(after?.bcrypt_digest).toBeNull();
      expect(after?.digest?.toString('hex')).toBe(sha256(credential));
      expect(await codeOf(credential)).toBe('VALID');
      expect(await codeOf(`${head}made-up`)).toBe('NOT_FOUND');
    },
  );

  test('has a normal life: it shows what may be shown, is revoked at once, and its old credential opens no door of this API', async () => {
    const [plain, hashed] = [oldCredential(), oldCredential('visible_')];
    await importing(item(plain), item(hashed, bcryptOf(hashed, hashed.slice(0, 11))));
    const { apiKeys } = await tenant.owner.client.ask(ApiKeysDocument, { first: 100 });
    const found = apiKeys.nodes.filter(({ name }) => name === 'Taken over');
    expect(found.map(({ hint }) => hint).sort()).toEqual(['imported', hashed.slice(0, 11)]);
    for (const headers of [{ authorization: `Bearer ${plain}` }, { 'x-api-key': plain }]) {
      expect(await service.anonymous.with(headers as Record<string, string>).send('{ viewer { environment } }')).toMatchObject({
        status: 401,
      });
    }
    const { id } = found.find(({ hint }) => hint === 'imported')!;
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id } });
    expect([await codeOf(plain), await codeOf(hashed)]).toEqual(['INACTIVE', 'VALID']);
  });

  test.each(['sha', 'bcrypt'])('is regenerated as any other: a credential of ours takes the place of the old one (%s)', async (kind) => {
    const credential = oldCredential('renewed_');
    await importing(item(credential, kind === 'sha' ? {} : bcryptOf(credential, credential.slice(0, 13))));
    const { apiKeys } = await tenant.owner.client.ask(ApiKeysDocument, { first: 100 });
    const { id } = apiKeys.nodes.find(({ name }) => name === 'Taken over')!;
    const renew = async (graceSeconds: number) =>
      (await ada.client.ask(RegenerateApiKeyDocument, { input: { id, graceSeconds } })).regenerateApiKey;
    const first = await renew(60);
    expect(first.apiKey.hint).toBe(`bwk_prod_${id.slice('key_'.length)}`);
    expect([await codeOf(credential), await codeOf(first.key)]).toEqual(['VALID', 'VALID']);
    service.clock.advance(60_000);
    expect([await codeOf(credential), await codeOf(first.key)]).toEqual(['NOT_FOUND', 'VALID']);
    const second = await renew(60);
    expect([await codeOf(credential), await codeOf(first.key), await codeOf(second.key)]).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
  });

  test('belongs to one tenant: another one that imports the same digest has a key of its own (R82)', async () => {
    const credential = oldCredential();
    await importing(item(credential));
    const other = await foundTenant(service, 'Other');
    const bob = await other.person('Bob', ['rol_event_writer']);
    const theirs = await other.gateway();
    expect(await codeOf(credential, theirs)).toBe('NOT_FOUND');
    const job = await importKeys(other.owner.client, other.organizationId, [
      itemOf(credential, { userId: bob.id, namespaceId: other.organizationId }),
    ]);
    expect(job).toMatchObject({ done: 1, failed: 0 });
    const [mine, yours] = [await verify(gateway, { key: credential }), await verify(theirs, { key: credential })];
    expect([mine, yours]).toMatchObject([
      { code: 'VALID', userId: ada.id },
      { code: 'VALID', userId: bob.id },
    ]);
    expect(mine.apiKeyId).not.toBe(yours.apiKeyId);
  });

  test('is bound to one environment and to what its user holds at any moment (S2.2, C12)', async () => {
    const [staging, production] = [oldCredential(), oldCredential()];
    await importing(item(staging, { environment: 'STAGING' }), item(production));
    expect(await codeOf(staging)).toBe('ENVIRONMENT_MISMATCH');
    expect(await codeOf(production)).toBe('VALID');
    await tenant.setActive(ada.id, false);
    expect(await codeOf(production)).toBe('HOLDER_LOST_ACCESS');
  });

  test('leaves its credential free when it is deleted, by itself or with its namespace', async () => {
    const [plain, hashed] = [oldCredential(), oldCredential('freed_')];
    const application = await tenant.application();
    await tenant.grant(ada.id, 'rol_event_writer', application);
    const items = (namespaceId: string) => [
      item(plain, { namespaceId }),
      item(hashed, { ...bcryptOf(hashed, hashed.slice(0, 10)), namespaceId }),
    ];
    await importing(...items(organizationId));
    const { apiKeys } = await tenant.owner.client.ask(ApiKeysDocument, { first: 100 });
    for (const { id } of apiKeys.nodes.filter(({ name }) => name === 'Taken over')) {
      await tenant.owner.client.ask(DeleteApiKeyDocument, { input: { id } });
    }
    expect(await importing(...items(application))).toMatchObject({ done: 2, failed: 0 });
    expect([await codeOf(plain), await codeOf(hashed)]).toEqual(['VALID', 'VALID']);
    await tenant.owner.client.ask('mutation ($id: ID!) { deleteNamespace(input: { id: $id }) { deletedNamespaceId } }', {
      id: application,
    });
    expect(await importing(...items(organizationId))).toMatchObject({ done: 2, failed: 0 });
  });

  test('leaves a line in its log when its old credential is presented after it was retired (R66)', async () => {
    const credential = oldCredential();
    await importing(item(credential));
    const { apiKeys } = await tenant.owner.client.ask(ApiKeysDocument, { first: 100 });
    const { id } = apiKeys.nodes.find(({ name }) => name === 'Taken over')!;
    await ada.client.ask(RegenerateApiKeyDocument, { input: { id } });
    expect(await codeOf(credential)).toBe('NOT_FOUND');
    expect(await linesOf(tenant.owner.client, { organizationId, apiKeyId: id }, 1)).toMatchObject([
      { code: 'NOT_FOUND', retiredSecret: true },
    ]);
  });

  test('is asked about together with others, each for itself', async () => {
    const [one, two, hashed] = [oldCredential(), oldCredential(), oldCredential('batch_')];
    await importing(item(one), item(two, { environment: 'STAGING' }), item(hashed, bcryptOf(hashed, hashed.slice(0, 10))));
    const own = await tenant.key();
    const texts = [one, 'sk_nobody', two, own.key, hashed, '', 'bwk_prod_x', 'a'.repeat(5_000), '\ud800', 'batch_\0'];
    const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs: texts.map((key) => ({ key })) });
    const none = 'NOT_FOUND';
    expect(verifyApiKeys.map(({ code }) => code)).toEqual([
      ...['VALID', none, 'ENVIRONMENT_MISMATCH', 'VALID', 'VALID'],
      ...[none, none, none, none, none],
    ]);
  });
});

describe('what is wrong with one item is told of it and keeps none of the others out', () => {
  test('unknown, too strong, too late, or there already', async () => {
    const [good, again, expired] = [oldCredential(), oldCredential(), oldCredential()];
    await importing(item(again));
    const other = await foundTenant(service, 'Other');
    const never = 'key_01jzzzzzzzzzzzzzzzzzzzzzzz';
    const job = await importing(
      item(oldCredential(), { userId: never }),
      item(oldCredential(), { userId: other.owner.id }),
      item(oldCredential(), { namespaceId: other.organizationId }),
      item(good),
      item(oldCredential(), { permissions: ['service:manage', 'event:submit'] }),
      item(oldCredential(), { permissions: ['event:sumbit'] }),
      item(oldCredential(), { permissions: ['user:manage'] }),
      item(again),
      item(good),
      item(expired, { expiresAt: service.clock.now().toISOString() }),
    );
    expect(job).toMatchObject({ status: 'SUCCEEDED', total: 10, done: 1, failed: 9 });
    expect(job.failures.nodes).toEqual([
      { index: 0, message: 'userId: there is nobody with this id whom you may see.' },
      { index: 1, message: 'userId: there is nobody with this id whom you may see.' },
      { index: 2, message: 'namespaceId: there is nothing with this id that you may see.' },
      { index: 4, message: 'More than its user and whoever started the job both hold in that namespace: service:manage.' },
      { index: 5, message: 'permissions names what this tenant does not know: event:sumbit.' },
      { index: 6, message: 'permissions names what no API key may carry: user:manage.' },
      { index: 7, message: 'digest: this organization has imported this credential already.' },
      { index: 8, message: 'digest: this organization has imported this credential already.' },
      { index: 9, message: 'expiresAt must lie in the future; it can never be changed later.' },
    ]);
    expect([await codeOf(good), await codeOf(again), await codeOf(expired)]).toEqual(['VALID', 'VALID', 'NOT_FOUND']);
  });

  test('a clear head that begins another, so that a made-up credential is compared at most once', async () => {
    const credential = oldCredential('nested_');
    const [head, longer, shorter] = [credential.slice(0, 12), credential.slice(0, 14), credential.slice(0, 8)];
    await importing(item(credential, bcryptOf(credential, head)));
    const job = await importing(
      ...[head, longer, shorter].map((prefix) => item(oldCredential(), bcryptOf('another credential', prefix))),
      item('apart_credential', bcryptOf('apart_credential', 'apart_')),
      item('apart_too', bcryptOf('apart_too', 'apart_t')),
    );
    expect(job.failures.nodes.map(({ index }) => index)).toEqual([0, 1, 2, 4]);
    expect([await codeOf(credential), await codeOf('apart_credential')]).toEqual(['VALID', 'VALID']);
  });

  test('a life longer than the organization allows', async () => {
    await tenant.owner.client.ask(UpdateOrganizationDocument, { input: { id: organizationId, maxApiKeyLifetimeDays: 30 } });
    const inDays = (days: number) => new Date(service.clock.now().getTime() + days * 86_400_000).toISOString();
    const job = await importing(
      item(oldCredential()),
      item(oldCredential(), { expiresAt: inDays(31) }),
      item(oldCredential(), { expiresAt: inDays(30) }),
    );
    expect(job).toMatchObject({ done: 1, failed: 2 });
  });
});

describe('a call that is malformed starts nothing, and says which item and which field', () => {
  const long = '2031-01-01T00:00:00.000Z';
  test.each([
    ['a bcrypt digest of cost 31 (R82)', { algorithm: 'BCRYPT', lookupPrefix: 'sk_1', digest: `$2b$31$${'a'.repeat(53)}` }, 'digest'],
    ['a bcrypt digest of cost 13', { algorithm: 'BCRYPT', lookupPrefix: 'sk_1', digest: `$2b$13$${'a'.repeat(53)}` }, 'digest'],
    ['a bcrypt digest without a clear head', { algorithm: 'BCRYPT', digest: hashSync('x', 4) }, 'lookupPrefix'],
    ['a clear head of three characters', { algorithm: 'BCRYPT', lookupPrefix: 'sk_', digest: hashSync('x', 4) }, 'lookupPrefix'],
    ['a clear head with a space', { algorithm: 'BCRYPT', lookupPrefix: 'sk 1x', digest: hashSync('x', 4) }, 'lookupPrefix'],
    ['a clear head of this service', { algorithm: 'BCRYPT', lookupPrefix: 'bwk_prod', digest: hashSync('x', 4) }, 'lookupPrefix'],
    ['a clear head where none is needed', { lookupPrefix: 'sk_live' }, 'lookupPrefix'],
    ['31 bytes', { digest: sha256('x').slice(2) }, 'digest'],
    ['a credential in the place of its digest', { digest: 'sk_live_4711' }, 'digest'],
    ['base64 said to be hexadecimal', { digest: sha256('x', 'base64') }, 'digest'],
    ['hexadecimal said to be base64', { algorithm: 'SHA256_BASE64', digest: sha256('x') }, 'digest'],
    ['no name', { name: ' ' }, 'name'],
    ['no permissions (R3)', { permissions: [] }, 'permissions'],
    ['a user who is no id', { userId: 'ada' }, 'userId'],
    ['a namespace that is no id', { namespaceId: 'home' }, 'namespaceId'],
  ])('%s', async (_what, wrong, field) => {
    const answer = await start([item(oldCredential()), { ...item(oldCredential(), { expiresAt: long }), ...wrong }]);
    expect(answer).toMatchObject({ status: 200, code: 'BAD_USER_INPUT', field: `input.keys.1.${field}`, data: null });
    expect(await sql(service, 'SELECT id FROM jobs WHERE organization_id = ?', [organizationId])).toEqual([]);
  });

  test('none, and 5,001 (R82)', async () => {
    const many = Array.from({ length: 5_001 }, () => item('x'));
    for (const keys of [[], many]) expect(await start(keys)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.keys' });
  });
});

describe('who may import', () => {
  test('who holds apiKey:createForUser in the organization, signed in', async () => {
    const keys = [item(oldCredential())];
    const stranger = (await foundTenant(service, 'Other')).owner.client;
    expect(await start(keys, stranger)).toMatchObject({ code: 'NOT_FOUND', field: 'input.organizationId' });
    const viewer = await tenant.person('Viewer', ['rol_viewer']);
    expect(await start(keys, ada.client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await start(keys, viewer.client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await start(keys, (await tenant.key()).client)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await start(keys, service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const admin = await tenant.person('Admin', ['rol_admin']);
    expect(await importKeys(admin.client, organizationId, keys)).toMatchObject({ done: 1 });
  });

  test('5,000 keys in one call, whose body alone may be that large', async () => {
    const keys = Array.from({ length: 5_000 }, () => item(oldCredential()));
    const job = await importKeys(tenant.owner.client, organizationId, keys);
    expect(job).toMatchObject({ status: 'SUCCEEDED', total: 5_000, done: 5_000, failed: 0 });
    const padding = 'x'.repeat(300 * 1024);
    const { client } = tenant.owner;
    expect(await client.send('{ viewer { environment } }', { padding })).toMatchObject({ status: 413, code: 'BAD_REQUEST' });
    for (const by of [service.anonymous, gateway.client]) expect(await start(keys, by)).toMatchObject({ status: 413, code: 'BAD_REQUEST' });
  });
});
