import { VerifyApiKeyDocument, VerifyApiKeysDocument, ViewerDocument } from '../generated/documents.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey } from '../support/tenant.js';

const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
type Environment = (typeof environments)[number];
const doorOf = { PRODUCTION: '/graphql', STAGING: '/staging/graphql', DEVELOPMENT: '/development/graphql' } as const;

let service: Service;
let keys: Record<Environment, TestKey>;
let gateways: Record<Environment, TestKey>;

const ofEach = async <T>(make: (environment: Environment) => Promise<T>): Promise<Record<Environment, T>> =>
  Object.fromEntries(await Promise.all(environments.map(async (each) => [each, await make(each)] as const))) as Record<Environment, T>;

beforeAll(async () => {
  service = await startService();
  const tenant = await foundTenant(service);
  keys = await ofEach((environment) => tenant.key({ environment }));
  gateways = await ofEach((environment) => tenant.gateway(environment));
});
afterAll(() => service.stop());

const present = async (headers: Record<string, string>, environment: Environment): Promise<string> =>
  (await service.anonymous.with(headers, doorOf[environment]).send(ViewerDocument, {})).code;
const pair = ({ id, secret }: TestKey): string => Buffer.from(`${id}:${secret}`).toString('base64');

/** Every door at which a key is shown: what it says to a key in that environment. */
const doors: Readonly<Record<string, (key: TestKey, at: Environment) => Promise<string>>> = {
  verifyApiKey: async ({ key }, at) => (await gateways[at].client.ask(VerifyApiKeyDocument, { input: { key } })).verifyApiKey.code,
  verifyApiKeys: async ({ key }, at) =>
    (await gateways[at].client.ask(VerifyApiKeysDocument, { inputs: [{ key }] })).verifyApiKeys[0]?.code ?? 'nothing',
  'the API, as Bearer': ({ key }, at) => present({ authorization: `Bearer ${key}` }, at),
  'the API, as Basic': (key, at) => present({ authorization: `Basic ${pair(key)}` }, at),
  'the API, as X-API-Key': ({ key }, at) => present({ 'x-api-key': key }, at),
};
const passing = new Set(['VALID', 'OK']);
const refusing = new Set(['ENVIRONMENT_MISMATCH', 'UNAUTHENTICATED']);

describe.each(Object.keys(doors))('at the door %s', (door) => {
  test.each(environments.flatMap((of) => environments.map((at) => [of, at, of === at] as const)))(
    'a key of %s asked in %s passes: %s (S2.2, S2.3, S2.13, R13)',
    async (of, at, passes) => {
      const code = await doors[door]!(keys[of], at);
      expect(passes ? passing : refusing).toContain(code);
    },
  );
});

test("no credential is of another environment than it says: with the prefix of another one it is nobody's (R13)", async () => {
  const disguised = keys.STAGING.key.replace('bwk_stg_', 'bwk_prod_');
  expect(await doors['verifyApiKey']!({ ...keys.STAGING, key: disguised }, 'PRODUCTION')).toBe('NOT_FOUND');
  expect(await present({ 'x-api-key': disguised }, 'PRODUCTION')).toBe('UNAUTHENTICATED');
});
