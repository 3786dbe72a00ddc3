import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { RevokeApiKeysDocument, VerifyApiKeyDocument } from '../generated/documents.js';
import { bearer, knock, post } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { databaseKind } from '../support/testDatabase.js';
import { type EndedSpan, registerSdk } from '../support/traces.js';

// Before the service, as `node --import` does it.
const { ended, unended } = registerSdk();

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerSpan}-01`;

/** The spans of the trace that a caller began, once the request has ended. */
async function spansOf(work: () => Promise<unknown>): Promise<{ readonly all: readonly EndedSpan[]; readonly server: EndedSpan }> {
  ended.length = 0;
  await work();
  for (;;) {
    const all = ended.filter((span) => span.traceId === traceId);
    const server = all.find(({ kind }) => kind === SpanKind.SERVER);
    if (server) return { all, server };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a request that is traced', () => {
  it('is a part of its caller’s trace, with what it did and what it asked of the database inside', async () => {
    const asked = await tenant.key();
    const gateway = (await tenant.gateway()).client.with({ traceparent });
    const question = { input: { key: asked.key, permissions: ['service:manage'] } };
    const { all, server } = await spansOf(() => gateway.ask(VerifyApiKeyDocument, question));
    expect(server).toMatchObject({
      name: 'POST /graphql',
      parentId: callerSpan,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
      },
      status: { code: SpanStatusCode.UNSET },
    });
    const root = all.find(({ name }) => name === 'mutation verifyApiKey')!;
    expect(root).toMatchObject({ kind: SpanKind.INTERNAL, parentId: server.spanId, attributes: { 'graphql.operation.type': 'mutation' } });
    expect(root.events).toEqual([
      { name: 'bailiwick.verification', attributes: { 'bailiwick.door': 'graphql', 'bailiwick.code': 'VALID' } },
    ]);
    const statements = all.filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(statements.length).toBeGreaterThan(0);
    const parents = new Set([server.spanId, root.spanId]);
    for (const { name, parentId, attributes } of statements) {
      expect([name, attributes['db.operation.name'], attributes['db.system.name']]).toEqual([
        'SELECT',
        'SELECT',
        databaseKind() === 'sqlite' ? 'sqlite' : 'mysql',
      ]);
      expect(parents.has(parentId ?? '')).toBe(true);
      expect(attributes['db.query.text']).toMatch(/^\s*SELECT\s[^]*\?/);
    }
    expect(statements.some(({ parentId }) => parentId === root.spanId)).toBe(true);
  });

  it('at a door for gateways and services tells what was verified there, also where a body came first', async () => {
    const { key } = await tenant.key();
    const gateway = await tenant.gateway();
    const event = (door: string) => ({ name: 'bailiwick.verification', attributes: { 'bailiwick.door': door, 'bailiwick.code': 'VALID' } });
    const verify = { headers: { traceparent, ...bearer(key), 'x-bailiwick-service-key': gateway.key } };
    const passed = await spansOf(() => knock(`${service.url}/verify?permission=service:manage`, verify));
    expect(passed.server).toMatchObject({ name: 'GET /verify', parentId: callerSpan, events: [event('api'), event('verify')] });
    const asked = await spansOf(() => post(`${service.url}/oauth2/introspect`, { token: key }, { traceparent, ...bearer(gateway.key) }));
    expect(asked.server).toMatchObject({ name: 'POST /oauth2/introspect', events: [event('api'), event('introspect')] });
    expect(asked.server.attributes['http.response.status_code']).toBe(200);
  });

  it('tells no secret, no value and no query of its address (R25)', async () => {
    const asked = await tenant.key();
    const gateway = (await tenant.gateway()).client.with({ traceparent });
    const { all } = await spansOf(() => gateway.ask(VerifyApiKeyDocument, { input: { key: asked.key } }));
    const told = JSON.stringify(all);
    for (const value of [asked.secret, asked.id, tenant.organizationId]) expect(told).not.toContain(value);
    const { server } = await spansOf(() =>
      fetch(`${service.url}/graphql?query=%7Bsecret%7D`, { headers: { traceparent, 'apollo-require-preflight': '1' } }),
    );
    expect(JSON.stringify(server)).not.toContain('secret');
    expect(server.attributes['http.response.status_code']).toBe(400);
  });

  it('that comes to nothing is one more span, not one more name', async () => {
    const { server } = await spansOf(() => fetch(`${service.url}/nothing/at/all`, { headers: { traceparent } }));
    expect(server).toMatchObject({ name: 'GET', attributes: { 'url.path': '/nothing/at/all', 'http.response.status_code': 404 } });
    expect(server.attributes).not.toHaveProperty('http.route');
  });

  it('that is refused tells how by the class alone', async () => {
    const client = tenant.owner.client.with({ traceparent });
    const { all } = await spansOf(() =>
      client.send('mutation { deleteNamespace(input: { id: "wks_01h455vb4pex5vsknk084sn02q" }) { deletedNamespaceId } }'),
    );
    const root = all.find(({ name }) => name === 'mutation deleteNamespace');
    expect(root).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'Refusal' } });
    expect(JSON.stringify(all)).not.toContain('wks_01h455vb4pex5vsknk084sn02q');
  });

  it('without a trace of its caller begins its own, and each span is ended', async () => {
    ended.length = 0;
    await tenant.owner.client.ask('{ viewer { environment } }');
    await tenant.owner.client.ask('{ viewer { environment } }');
    const servers = ended.filter(({ kind }) => kind === SpanKind.SERVER);
    expect(new Set(servers.map(({ traceId: its }) => its)).size).toBe(servers.length);
    while (unended() > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a job that is traced', () => {
  it('is a trace of its own, chunk by chunk', async () => {
    await tenant.key();
    ended.length = 0;
    await tenant.owner.client.ask(RevokeApiKeysDocument, {
      input: { organizationId: tenant.organizationId, filter: { environment: 'PRODUCTION' }, reason: 'left in a repository' },
    });
    const chunk = (): EndedSpan | undefined => ended.find(({ name }) => name === 'job revokeApiKeys');
    while (!chunk()) await new Promise((resolve) => setImmediate(resolve));
    expect(chunk()).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { 'bailiwick.job.kind': 'revokeApiKeys' } });
  });
});
