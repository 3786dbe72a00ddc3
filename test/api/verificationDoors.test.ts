import { UpdateApiKeyDocument } from '../generated/documents.js';
import { bearer, knock, post } from '../support/doors.js';
import { Raw } from '../support/raw.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
let key: string;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  ({ key } = await tenant.key());
});
afterAll(() => service.stop());

const head = (more: string): string =>
  `POST /oauth2/introspect HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/x-www-form-urlencoded\r\n${more}\r\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const verify = (method = 'GET', more = ''): string =>
  `${method} /verify HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nx-bailiwick-service-key: ${gateway.key}\r\n${more}\r\n`;

/** How often such a request was answered, as the service's own figures have it. */
const counted = (route: string, status: number): number => {
  const shown = service.app.meters.shown().find(({ name }) => name === 'bailiwick_http_requests_total');
  if (shown?.kind !== 'counter') throw new Error('there is no such figure');
  return shown.family.all().find(({ labels }) => labels[0] === route && labels[1] === String(status))?.figure.value ?? 0;
};

describe('a body', () => {
  it('is read in whatever pieces it comes', async () => {
    const client = await Raw.to(service.url);
    client.socket.write(head('transfer-encoding: chunked\r\n'));
    for (const piece of ['tok', `en=${key.slice(0, 20)}`, key.slice(20)]) {
      client.socket.write(chunk(piece));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.write('0\r\n\r\n');
    await client.until(/"active":true/);
    client.socket.destroy();
  });

  it('that turns out to be too large is refused, and its connection with it; what stands behind it is not taken for a request', async () => {
    const client = await Raw.to(service.url);
    client.socket.write(head('transfer-encoding: chunked\r\n'));
    client.socket.write(chunk(`token=${'x'.repeat(20_000)}`));
    client.socket.write(chunk('y'.repeat(20_000)));
    await client.until(/HTTP\/1\.1 413 /);
    client.socket.write(`0\r\n\r\n${verify()}`);
    await client.closed;
    expect(client.told.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    expect(client.told).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('that is no form is refused, and the next request on its connection is answered', async () => {
    const client = await Raw.to(service.url);
    const body = '{"token":"x"}';
    client.socket.write(head(`content-length: ${body.length}\r\n`).replace('x-www-form-urlencoded', 'json') + body);
    await client.until(/HTTP\/1\.1 415 /);
    client.socket.write(verify());
    await client.until(/HTTP\/1\.1 200 /);
    client.socket.destroy();
  });

  it('that a gateway sends along is read by nobody, and not taken for the next request', async () => {
    const client = await Raw.to(service.url);
    const another = verify();
    const chunked = `${chunk(another)}0\r\n\r\n`;
    client.socket.write(verify('GET', `content-length: ${another.length}\r\n`) + another);
    client.socket.write(verify('GET', 'transfer-encoding: chunked\r\n') + chunked + verify('HEAD'));
    await client.until(/(?:HTTP\/1\.1 [^]*){3}\r\n\r\n$/);
    client.socket.write(verify().replace('/verify', '/livez'));
    await client.until(/(?:HTTP\/1\.1 [^]*){4}\}$/);
    expect(client.told.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, 200, 200].map((status) => `HTTP/1.1 ${status}`));
    client.socket.destroy();
  });

  it('is asked for where its sender waits to be asked (RFC 9110, section 10.1.1)', async () => {
    const client = await Raw.to(service.url);
    const form = `token=${key}`;
    client.socket.write(head(`content-length: ${form.length}\r\nexpect: 100-continue\r\n`));
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write(form);
    await client.until(/"active":true/);
    client.socket.destroy();
  });

  it('whose sender goes away is answered to nobody, and counted as that (499)', async () => {
    const before = counted('/oauth2/introspect', 499);
    const client = await Raw.to(service.url);
    client.socket.write(`${head('content-length: 100\r\n')}token=`);
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
    while (counted('/oauth2/introspect', 499) === before) await new Promise((resolve) => setImmediate(resolve));
    expect(counted('/oauth2/introspect', 499)).toBe(before + 1);
  });
});

describe('a connection', () => {
  it('that is sent several requests at once answers them in their order', async () => {
    const client = await Raw.to(service.url);
    const nobody = `GET /verify HTTP/1.1\r\nhost: x\r\n\r\n`;
    const form = `token=${key}`;
    client.socket.write(verify() + nobody + head(`content-length: ${form.length}\r\n`) + form + verify('HEAD') + verify());
    await client.until(/(?:HTTP\/1\.1 [^]*){5}\r\n\r\n$/);
    expect(client.told.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 401, 200, 200, 200].map((status) => `HTTP/1.1 ${status}`));
    client.socket.destroy();
  });

  it('that breaks lets go of all that was sent on it, each once', async () => {
    const inFlight = (): number => {
      const shown = service.app.meters.shown().find(({ name }) => name === 'bailiwick_http_requests_in_flight');
      if (shown?.kind !== 'gauge') throw new Error('there is no such figure');
      return shown.read();
    };
    const counts = (): number => counted('/verify', 499) + counted('/verify', 200);
    const before = counts();
    const body = JSON.stringify({
      query: 'mutation { signIn(input: { email: "nobody@x.example", password: "a wrong password" }) { accessToken } }',
    });
    const slow = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const client = await Raw.to(service.url);
    client.socket.write(slow + verify().repeat(50));
    while (counts() === before) await new Promise((resolve) => setImmediate(resolve));
    client.socket.resetAndDestroy();
    while (inFlight() > 0) await new Promise((resolve) => setImmediate(resolve));
    const after = await Raw.to(service.url);
    after.socket.write(verify());
    await after.until(/HTTP\/1\.1 200 /);
    after.socket.destroy();
    while (inFlight() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect({ inFlight: inFlight(), counted: counts() - before }).toEqual({ inFlight: 0, counted: 51 });
  });

  it('of HTTP/1.0 is answered and ended', async () => {
    const client = await Raw.to(service.url);
    client.socket.write(verify().replace('HTTP/1.1', 'HTTP/1.0'));
    await client.closed;
    expect(client.told).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.told).toContain(`x-auth-organization-id: ${tenant.organizationId}\r\n`);
  });
});

it('an address with our own name before it is the same (RFC 9112, section 3.2.2)', async () => {
  for (const [request, status] of [
    [verify().replace('/verify', 'http://x.example/verify?permission=service:manage'), 200],
    [verify().replace('/verify', 'HTTP://x/verify?scope=a'), 400],
    [verify('DELETE').replace('/verify', 'http://x/verify'), 405],
    [verify().replace('/verify', 'http://x/verify/more'), 404],
  ] as const) {
    const client = await Raw.to(service.url);
    client.socket.write(request);
    await client.until(/\r\n\r\n/);
    expect(client.told).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(client.told).toContain('\r\ncache-control: no-store\r\n');
    client.socket.destroy();
  }
});

describe('a yes that was put into words before', () => {
  const asked = async (its: TestKey) => {
    const introspection = await post(`${service.url}/oauth2/introspect`, { token: its.key }, bearer(gateway.key));
    const passed = await knock(`${service.url}/verify`, { headers: { ...bearer(its.key), 'x-bailiwick-service-key': gateway.key } });
    const { scope, api_key_name: name, metadata, rate_limit: limit } = introspection.body;
    const { 'x-auth-permissions': permissions, ratelimit } = passed.headers;
    return { scope, name, metadata, limit, permissions, ratelimit };
  };
  const wide = 'application:view service:manage';

  it('is said in new ones once the key is another', async () => {
    const its = await tenant.key({ permissions: wide.split(' ') });
    const update = (said: object) => tenant.owner.client.ask(UpdateApiKeyDocument, { input: { id: its.id, ...said } });
    const first = await asked(its);
    expect(first).toMatchObject({ scope: wide, permissions: wide, limit: undefined, metadata: undefined });
    expect(await asked(its)).toEqual(first);
    await update({ name: 'Another', metadata: { plan: 'pro' } });
    expect(await asked(its)).toMatchObject({ name: 'Another', metadata: { plan: 'pro' } });
    await update({ permissions: ['service:manage'] });
    expect(await asked(its)).toMatchObject({ scope: 'service:manage', permissions: 'service:manage' });
    await update({ rateLimit: { limit: 5, windowSeconds: 60 } });
    expect(await asked(its)).toMatchObject({ limit: { limit: 5, remaining: 4 }, ratelimit: '"key";r=3;t=60' });
    expect(await asked(its)).toMatchObject({ limit: { limit: 5, remaining: 2 }, ratelimit: '"key";r=1;t=60' });
    await update({ rateLimit: null });
    expect(await asked(its)).toMatchObject({ scope: 'service:manage', name: 'Another', limit: undefined, ratelimit: undefined });
  });
});

it('every answer carries what keeps it from being kept, sniffed or told to others', async () => {
  for (const [request, status] of [
    [verify(), 200],
    [verify().replace(key, 'nothing'), 401],
    [head('content-length: 0\r\n'), 400],
  ] as const) {
    const client = await Raw.to(service.url);
    client.socket.write(request);
    await client.until(/\r\n\r\n/);
    expect(client.told).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    for (const line of ['cache-control: no-store', 'x-content-type-options: nosniff', 'referrer-policy: no-referrer']) {
      expect(client.told).toContain(`\r\n${line}\r\n`);
    }
    expect(client.told).toMatch(/\r\nx-request-id: [\w-]{36}\r\n/);
    client.socket.destroy();
  }
});
