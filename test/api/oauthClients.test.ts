import { RevokeApiKeyDocument, SignInDocument } from '../generated/documents.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

const ISSUER = 'http://bailiwick.test';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

/** Where the issuer is reached: the clients are given nothing but its name. */
const fromHere = (url: string, options: object): Promise<Response> => fetch(url.replace(ISSUER, service.url), options);

const signIn = async () =>
  (
    await service.anonymous.ask(SignInDocument, {
      input: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
    })
  ).signIn;

describe('openid-client', () => {
  /** The service as the library finds it from the issuer alone, with the id and the secret of a key. */
  async function discovered({ id, secret }: Pick<TestKey, 'id' | 'secret'> = gateway) {
    const client = await import('openid-client');
    const config = await client.discovery(new URL(ISSUER), id, undefined, client.ClientSecretBasic(secret), {
      algorithm: 'oauth2',
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- over plain HTTP, to the service in this process
      execute: [client.allowInsecureRequests],
      [client.customFetch]: fromHere,
    });
    return { client, config };
  }

  test('discovers the service, and is told the truth about keys and access tokens: also after a revocation, and in another environment', async () => {
    const { client, config } = await discovered();
    const key = await tenant.key({ permissions: ['service:manage'] });
    const staging = await tenant.key({ environment: 'STAGING' });
    const { accessToken } = await signIn();
    expect(await client.tokenIntrospection(config, key.key)).toMatchObject({ active: true, client_id: key.id, scope: 'service:manage' });
    expect(await client.tokenIntrospection(config, key.key, { scope: 'policy:manage' })).toEqual({ active: false });
    expect(await client.tokenIntrospection(config, accessToken)).toMatchObject({ active: true, sub: tenant.owner.id, iss: ISSUER });
    expect(await client.tokenIntrospection(config, staging.key)).toEqual({ active: false });
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
    expect(await client.tokenIntrospection(config, key.key)).toEqual({ active: false });
  });

  test('revokes what somebody has found: a key, and the session of a refresh token', async () => {
    const { client, config } = await discovered();
    const key = await tenant.key();
    const { accessToken, refreshToken } = await signIn();
    await client.tokenRevocation(config, key.key);
    await client.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
    expect(await client.tokenIntrospection(config, key.key)).toEqual({ active: false });
    expect(await client.tokenIntrospection(config, accessToken)).toEqual({ active: false });
    await client.tokenRevocation(config, key.key);
  });

  test('fails where its own key is no good, may not ask, or the key it asks about is spent: never with an answer', async () => {
    const key = await tenant.key({ rateLimit: { limit: 1, windowSeconds: 60 } });
    const weak = await tenant.key({ permissions: ['service:manage'] });
    for (const asker of [{ id: gateway.id, secret: key.secret }, weak]) {
      const { client, config } = await discovered(asker);
      await expect(client.tokenIntrospection(config, key.key)).rejects.toMatchObject({ code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' });
    }
    const { client, config } = await discovered();
    expect(await client.tokenIntrospection(config, key.key)).toMatchObject({ active: true });
    await expect(client.tokenIntrospection(config, key.key)).rejects.toMatchObject({ code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' });
  });
});

describe('oauth4webapi', () => {
  async function discovered() {
    const oauth = await import('oauth4webapi');
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the same
    const over = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fromHere } as const;
    const issuer = new URL(ISSUER);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...over }));
    return { oauth, over, server };
  }

  test('introspects as a service and revokes as whoever has the key, from the metadata alone', async () => {
    const { oauth, over, server } = await discovered();
    const client = { client_id: gateway.id };
    const authentication = oauth.ClientSecretBasic(gateway.secret);
    const introspect = async (token: string) =>
      oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, authentication, token, over));
    const key = await tenant.key();
    expect(await introspect(key.key)).toMatchObject({ active: true, token_type: 'Bearer', sub: tenant.owner.id });
    const revoked = await oauth.revocationRequest(server, { client_id: 'anybody' }, oauth.None(), key.key, over);
    await oauth.processRevocationResponse(revoked);
    expect(await introspect(key.key)).toEqual({ active: false });
  });

  test('accepts our access tokens offline as RFC 9068 has them, for the tenant they are of and no other', async () => {
    const { oauth, over, server } = await discovered();
    const { accessToken } = await signIn();
    const asked = () => new Request('https://service.test/', { headers: { authorization: `Bearer ${accessToken}` } });
    const options = { ...over, [oauth.clockTolerance]: 60 };
    const claims = await oauth.validateJwtAccessToken(server, asked(), tenant.organizationId, options);
    expect(claims).toMatchObject({ sub: tenant.owner.id, client_id: 'bailiwick', org: tenant.organizationId });
    const other = await foundTenant(service, 'Other');
    await expect(oauth.validateJwtAccessToken(server, asked(), other.organizationId, options)).rejects.toThrow('"aud"');
  });
});
