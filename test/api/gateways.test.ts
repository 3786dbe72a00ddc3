import { RevokeApiKeyDocument } from '../generated/documents.js';
import { PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { bearer, type DoorAnswer, type DoorRequest, knock } from '../support/doors.js';
import { type Gateway, type GatewaySettings, type Seen, startCaddy, startEcho, startNginx } from '../support/gateways.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let echo: Awaited<ReturnType<typeof startEcho>>;
let gatewayKey: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  echo = await startEcho();
  gatewayKey = await tenant.gateway();
});
afterAll(async () => {
  await echo.stop();
  await service.stop();
});

type Headers = NonNullable<DoorRequest['headers']>;

const ASKED = 'permission=service:manage';

describe.each([
  ['nginx auth_request', startNginx],
  ['Caddy forward_auth', startCaddy],
] as const)('%s in front of a service', (_name, startGateway) => {
  const opened: Gateway[] = [];
  let gateway: Gateway;

  const start = async (changed: Partial<GatewaySettings> = {}): Promise<Gateway> => {
    const started = await startGateway({ bailiwick: service.url, service: echo.url, serviceKey: gatewayKey.key, ask: ASKED, ...changed });
    opened.push(started);
    return started;
  };
  beforeAll(async () => {
    gateway = await start();
  }, PROGRAMS_WITHIN_MS);
  afterAll(async () => {
    for (const started of opened.splice(0)) await started.stop();
  });

  const ask = (headers: Headers, path = '/orders?page=2', at: Gateway = gateway): Promise<DoorAnswer> =>
    knock(`${at.url}${path}`, { headers });
  const seenIn = ({ body }: DoorAnswer): Seen => body as unknown as Seen;

  test('lets a good key through, tells the service who it is, and keeps the credential to itself', async () => {
    const key = await tenant.key({ permissions: ['service:manage', 'policy:manage'] });
    for (const headers of [bearer(key.key), { 'x-api-key': key.key }]) {
      const answer = await knock(`${gateway.url}/orders?page=2`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"sum":1}',
      });
      expect(answer.status).toBe(200);
      const seen = seenIn(answer);
      expect(seen).toMatchObject({ method: 'POST', url: '/orders?page=2', body: '{"sum":1}' });
      expect(seen.headers).toMatchObject({
        'x-auth-key-id': key.id,
        'x-auth-user-id': tenant.owner.id,
        'x-auth-organization-id': tenant.organizationId,
        'x-auth-namespace-id': tenant.organizationId,
        'x-auth-environment': 'PRODUCTION',
        'x-auth-permissions': 'policy:manage service:manage',
      });
      expect(JSON.stringify(seen)).not.toContain(key.secret);
      expect(JSON.stringify(seen)).not.toContain(gatewayKey.secret);
    }
  });

  test("lets nobody tell the service who they are: X-Auth-* and the gateway's header of a request count nothing (R63)", async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    const { accessToken } = (
      await service.anonymous.ask<{ signIn: { accessToken: string } }, object>(
        'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }',
        {
          i: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
        },
      )
    ).signIn;
    const stranger = await (await foundTenant(service, 'Stranger')).gateway();
    const inbound = {
      'x-auth-key-id': gatewayKey.id,
      'x-auth-user-id': 'root',
      'x-auth-permissions': 'everything',
      'x-bailiwick-service-key': stranger.key,
      // Some services read these as the same headers.
      X_Auth_User_Id: 'root',
      'X-Auth_User_Id': 'root',
      X_API_Key: 'key',
    };
    const seen = seenIn(await ask({ ...bearer(key.key), ...inbound })).headers;
    expect(Object.keys(seen).filter((name) => name.includes('_'))).toEqual([]);
    expect(seen).toMatchObject({
      'x-auth-key-id': key.id,
      'x-auth-user-id': tenant.owner.id,
      'x-auth-permissions': 'service:manage',
    });
    // A person has no key: what the request says of one must not be left standing.
    const { headers } = seenIn(await ask({ ...bearer(accessToken), ...inbound }));
    expect([headers['x-auth-user-id'], headers['x-auth-key-id'] ?? '']).toEqual([tenant.owner.id, '']);
    expect((await ask(inbound)).status).toBe(401);
  });

  test('refuses with the status of the code, and passes on how to authenticate, and when to try again', async () => {
    const weak = await tenant.key({ permissions: ['policy:manage'] });
    const staging = await tenant.key({ environment: 'STAGING' });
    const restricted = await tenant.key({ restrictions: [{ type: 'customer', ids: ['c_42'] }] });
    const limited = await tenant.key({ rateLimit: { limit: 1, windowSeconds: 60 } });
    expect((await ask(bearer(limited.key))).status).toBe(200);
    const cases: [Headers, number, object][] = [
      [{}, 401, { 'www-authenticate': 'Bearer realm="bailiwick"' }],
      [bearer('garbage'), 401, { 'www-authenticate': 'Bearer realm="bailiwick", error="invalid_token"' }],
      [bearer(staging.key), 401, { 'www-authenticate': 'Bearer realm="bailiwick", error="invalid_token"' }],
      [bearer(weak.key), 403, { 'www-authenticate': 'Bearer realm="bailiwick", error="insufficient_scope", scope="service:manage"' }],
      [bearer(restricted.key), 403, {}],
      [bearer(limited.key), 429, { 'retry-after': '60', ratelimit: '"key";r=0;t=60' }],
      [{ ...bearer(weak.key), 'x-api-key': weak.key }, 400, {}],
    ];
    for (const [headers, status, told] of cases) {
      const answer = await ask(headers);
      expect([answer.status, answer.body['status']]).toEqual([status, status]);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', ...told });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  test('leaves alone what the service itself answers', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    for (const status of [401, 403, 404, 429, 500]) {
      const answer = await ask(bearer(key.key), `/status/${status}`);
      expect([answer.status, seenIn(answer).url]).toEqual([status, `/status/${status}`]);
    }
  });

  test('asks for the resource that it is configured for: a key that is restricted to another is refused', async () => {
    const [one, other] = await Promise.all(
      ['c_42', 'c_43'].map((id) => tenant.key({ permissions: ['service:manage'], restrictions: [{ type: 'customer', ids: [id] }] })),
    );
    const ofCustomer = await start({ ask: `${ASKED}&resource=customer:c_42` });
    expect([(await ask(bearer(one!.key), '/', ofCustomer)).status, (await ask(bearer(other!.key), '/', ofCustomer)).status]).toEqual([
      200, 403,
    ]);
  });

  test('tells the address that it has seen, whatever the request says of itself: keys with CIDRs work from theirs alone (R79, R63)', async () => {
    const here = await tenant.key({ allowedCidrs: ['127.0.0.0/8'] });
    const elsewhere = await tenant.key({ allowedCidrs: ['192.0.2.0/24'] });
    for (const said of [{}, { 'x-forwarded-for': '192.0.2.7' }, { 'x-real-ip': '192.0.2.7', forwarded: 'for=192.0.2.7' }]) {
      expect((await ask({ ...bearer(here.key), ...said })).status).toBe(200);
      expect((await ask({ ...bearer(elsewhere.key), ...said })).status).toBe(403);
    }
  });

  test('lets no request through that began after a revocation was answered, however many are under way', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    expect((await ask(bearer(key.key))).status).toBe(200);
    let answeredAt = Infinity;
    const late: number[] = [];
    let before = 0;
    const askOn = async (): Promise<void> => {
      while (late.length < 40) {
        const began = performance.now();
        const { status } = await ask(bearer(key.key));
        if (began > answeredAt) late.push(status);
        else if (status === 200) before += 1;
      }
    };
    const revoke = async (): Promise<void> => {
      while (before < 20) await ask(bearer(key.key));
      await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id } });
      answeredAt = performance.now();
    };
    await Promise.all([revoke(), ...Array.from({ length: 8 }, askOn)]);
    expect(new Set(late)).toEqual(new Set([401]));
    expect(before).toBeGreaterThanOrEqual(20);
  });

  test('lets nobody through with the key of another tenant or environment, without one, or with a misspelt question (R81)', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    const foreign = await (await foundTenant(service, 'Foreign')).gateway();
    const wrong: [Partial<GatewaySettings>, number][] = [
      [{ serviceKey: foreign.key }, 401],
      [{ serviceKey: (await tenant.gateway('STAGING')).key }, 401],
      [{ serviceKey: (await tenant.key({ permissions: ['service:manage'] })).key }, 401],
      [{ serviceKey: 'none' }, 401],
      [{ ask: 'permision=service:manage' }, 400],
    ];
    for (const [settings, status] of wrong) {
      const at = await start(settings);
      expect([settings, (await ask(bearer(key.key), '/', at)).status]).toEqual([settings, status]);
    }
  });

  test('lets nobody through while Bailiwick cannot be reached', async () => {
    const key = await tenant.key({ permissions: ['service:manage'] });
    const gone = await startEcho();
    await gone.stop();
    const { status, text } = await ask(bearer(key.key), '/', await start({ bailiwick: gone.url }));
    expect([502, 503]).toContain(status);
    expect(text).not.toContain('x-auth');
  });
});
