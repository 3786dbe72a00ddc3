import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { limits } from '../../src/graphql/limits.js';
import { type Service, startService } from '../support/service.js';
import { counter } from './support/database.js';
import { exchange, indiscretion, type Sent } from './support/exchange.js';
import { errorLines } from './support/shown.js';
import { firstTenant } from './support/world.js';

let service: Service;
let owner: { authorization: string };
let count: () => Promise<string>;

beforeAll(async () => {
  service = await startService();
  owner = { authorization: `Bearer ${(await (await firstTenant(service)).key()).key}` };
  count = await counter(service);
});
let logged = 0;
afterEach(() => {
  const since = service.logged.slice(logged);
  logged = service.logged.length;
  expect(errorLines(since)).toEqual([]);
});
afterAll(() => service.stop());

const query = JSON.stringify({ query: '{ viewer { environment } }' });
const answered = '{"data":{"viewer":{"environment":"PRODUCTION"}}}\n';
const change = 'mutation { createRole(input: { organizationId: "org_x", name: "x", permissions: ["role:view"] }) { role { id } } }';

/** Sends a request that must be refused with one of these statuses, tells nothing and changes nothing. */
async function refused(sent: Sent, ...statuses: readonly number[]): Promise<void> {
  const before = await count();
  const answer = await exchange(service.url, { ...sent, headers: { ...owner, ...sent.headers } });
  expect([indiscretion(answer), answer.text.includes('PRODUCTION')]).toEqual([null, false]);
  expect(statuses).toContain(answer.status);
  expect(await count()).toBe(before);
}

describe('bodies that are no request (R52)', () => {
  const deep = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);
  const cases: Readonly<Record<string, readonly [body: string | Buffer, ...statuses: number[]]>> = {
    nothing: ['', 400],
    'no JSON': ['{ viewer { environment } }', 400],
    'half of JSON': [query.slice(0, -5), 400],
    'a text': ['"query"', 400],
    'a number': ['7', 400],
    null: ['null', 400],
    'an empty object': ['{}', 400],
    'an empty list': ['[]', 400],
    'a batch of one': [`[${query}]`, 400],
    'a batch of a thousand': [`[${Array.from({ length: 1_000 }, () => query).join(',')}]`, 400],
    'a query that is no text': ['{"query":{"text":"{ __typename }"}}', 400],
    'a query that is a list': ['{"query":["{ __typename }"]}', 400],
    'variables that are a text': ['{"query":"{ viewer { environment } }","variables":"{}"}', 400],
    'variables that are a list': ['{"query":"{ viewer { environment } }","variables":[1]}', 400],
    'an operationName that is no text': ['{"query":"{ viewer { environment } }","operationName":{}}', 400],
    'an operationName that is not there': ['{"query":"query A { viewer { environment } }","operationName":"B"}', 400],
    'two operations and no name': ['{"query":"query A { viewer { environment } } query B { __typename }"}', 400],
    'extensions that are a text': ['{"query":"{ viewer { environment } }","extensions":"x"}', 400],
    'a persisted query': [`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'a'.repeat(64)}"}}}`, 200, 400],
    'a prototype (R47)': ['{"query":"{ viewer { environment } }","__proto__":{"polluted":true}}', 400],
    'a prototype in variables (R47)': [
      '{"query":"query ($a: ID!) { node(id: $a) { id } }","variables":{"a":{"__proto__":{"polluted":true}}}}',
      400,
    ],
    'a constructor (R47)': ['{"query":"{ viewer { environment } }","variables":{"constructor":{"prototype":{"polluted":true}}}}', 400],
    'a body one byte too large': [`{"query":"{ viewer { environment } }","pad":"${'x'.repeat(limits.bodyBytes)}"}`, 413],
    'a body far too large': [Buffer.alloc(8 * limits.bodyBytes, 0x20), 413],
    'lists in lists in lists': [`{"query":"{ __typename }","variables":{"a":${deep('[', ']', 60_000)}}}`, 200, 400],
    'objects in objects in objects': [
      `{"query":"query ($a: ID!) { node(id: $a) { id } }","variables":{"a":${deep('{"a":', '}', 20_000).replace('}', '1}')}}}`,
      200,
      400,
    ],
    'lists in lists where an input belongs': [
      `{"query":"mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }","variables":{"i":${deep('[', ']', 60_000)}}}`,
      400,
    ],
    'selections in selections': [`{"query":"${deep('{a', '}', 80_000)}"}`, 400],
    'lists in lists in the document': [`{"query":"{ node(id: ${deep('[', ']', 90_000)}) { id } }"}`, 400],
    'bytes that are no UTF-8': [Buffer.from([...Buffer.from('{"query":"'), 0xff, 0xfe, 0xc0, 0x80, ...Buffer.from('"}')]), 400],
    'UTF-16': [Buffer.from(query, 'utf16le'), 400],
    'NUL after the end': [`${query}\0`, 400],
    'two requests': [`${query}${query}`, 400],
  };

  test.each(Object.entries(cases))('%s', async (_what, [body, ...statuses]) => {
    await refused({ body }, ...statuses);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('a body that unpacks to more than it is: refused as it is, and not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20), { level: 9 });
    for (const encoding of ['gzip', 'deflate', 'br', 'x-unknown'])
      await refused({ headers: { 'content-encoding': encoding }, body: bomb }, 400, 415);
  });

  test('a length that is a lie, or none, does not keep the service', async () => {
    await refused({ headers: { 'content-length': '5' }, body: query.slice(0, 5) }, 400);
    await refused({ headers: { 'transfer-encoding': 'chunked' }, body: ' '.repeat(limits.bodyBytes + 1) }, 413);
  });
});

describe('how a request may be sent', () => {
  const spelt = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'APPLICATION/JSON',
  ];
  test.each(spelt)('%s is read', async (type) => {
    expect(await exchange(service.url, { headers: { ...owner, 'content-type': type }, body: query })).toMatchObject({
      status: 200,
      text: answered,
    });
  });

  const charsets = ['utf-16', 'utf-7', 'iso-8859-1', 'ibm500', 'us-ascii', 'utf-8-mac', 'x-user-defined', 'utf8; charset=utf-16le', ''];
  test.each(charsets)('charset=%s is refused (R48)', (charset) =>
    refused({ headers: { 'content-type': `application/json; charset=${charset}` }, body: query }, 415),
  );

  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/json',
    'application/xml',
    '*/*',
    ';',
    '',
  ];
  test.each(types)('%s is refused, also where a preflight is claimed (R59)', async (type) => {
    for (const more of [
      {},
      { 'apollo-require-preflight': '1' },
      { 'x-apollo-operation-name': 'x' },
      { cookie: 'session=1', origin: 'https://evil.test' },
    ]) {
      for (const body of [
        query,
        `query=${encodeURIComponent(change)}`,
        `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${query}\r\n--x--`,
      ]) {
        await refused({ headers: { 'content-type': type, ...more }, body }, 400, 415);
      }
    }
  });

  test('by GET nothing is changed, and nothing is read that a page of somebody else could ask for (R59)', async () => {
    const path = `/graphql?query=${encodeURIComponent(change)}`;
    const asked = `/graphql?query=${encodeURIComponent('{ viewer { environment } }')}`;
    await refused({ method: 'GET', path }, 400);
    await refused({ method: 'GET', path, headers: { 'apollo-require-preflight': '1' } }, 405);
    await refused({ method: 'GET', path, headers: { 'content-type': 'application/json' } }, 405);
    await refused({ method: 'GET', path: asked, headers: { cookie: 'session=1' } }, 400);
    await refused({ method: 'GET', path: '/graphql' }, 400);
    await refused({ method: 'GET', path: `${asked}&query=x`, headers: { 'apollo-require-preflight': '1' } }, 400);
    await refused({ method: 'GET', path: `${asked}&variables=x`, headers: { 'apollo-require-preflight': '1' } }, 400);
    await refused({ method: 'POST', path, headers: { 'x-http-method-override': 'GET' }, body: '' }, 400);
  });

  test('an Accept header that asks for something else is refused, not obeyed', async () => {
    for (const accept of ['text/html', 'multipart/mixed', 'image/png', 'x']) await refused({ headers: { accept }, body: query }, 406);
  });

  test('headers that are too many or too large are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`x-${index}`, 'y']));
    for (const headers of [{ 'x-large': 'x'.repeat(20_000) }, many]) {
      const answer = await exchange(service.url, { headers: { ...owner, ...headers }, body: query }).catch(() => null);
      if (answer) expect([answer.status, indiscretion({ ...answer, text: '' })]).toEqual([expect.any(Number), null]);
      expect([200, 400, 431, undefined]).toContain(answer?.status);
    }
  });

  test('the id of a request is its own only where it is one, and never a line of the log (R49)', async () => {
    for (const id of ['short', 'x'.repeat(65), 'a b c d e f g', '../../../etc', '${jndi:ldap://x}', '{"level":60}', '<script>alert(1)']) {
      const answer = await exchange(service.url, { headers: { ...owner, 'x-request-id': id }, body: query });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
    for (const line of service.logged) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});

describe('other addresses and methods (R61)', () => {
  const paths = [
    '/.git/config',
    '/.env',
    '/graphql/',
    '/GRAPHQL',
    '/graphql/x',
    '/graphiql',
    '/metrics',
    '/admin',
    '/server-status',
    '/debug/pprof',
    '/package.json',
    '/%2e%2e/package.json',
    '/..;/package.json',
    '/playground/../package.json',
    '/playground/%2e%2e/%2e%2e/package.json',
    '/playground/..%2f..%2fpackage.json',
    '/playground/index.html',
    '/playground/%69ndex.html',
    '/playground//index.html',
    '/playground/iframe-sandbox/index.html',
    '/playground/nothing.js',
    '//',
    '/\\',
    '/%00',
    '/%',
    '/%zz',
    '/%c0%af',
    `/${'x'.repeat(10_000)}`,
    '/staging',
    '/production/graphql',
    '/staging/graphql/x',
    '/verify/../graphql',
    '/oauth2',
    '/oauth2/token',
    '/.well-known/openid-configuration',
    '/.well-known/../verify',
    '/*',
  ];
  test.each(paths)('%s', async (path) => {
    await refused({ method: 'GET', path, body: '' }, 400, 403, 404);
    await refused({ method: 'POST', path, body: query }, 400, 404);
  });

  const methods = ['PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'PROPFIND', 'LOCK', 'SEARCH', 'REPORT'];
  test.each(methods)('%s', async (method) => {
    for (const path of ['/graphql', '/staging/graphql', '/', '/readyz', '/playground', '/oauth2/introspect', '/oauth2/revoke', '/verify'])
      await refused({ method, path, headers: { 'content-type': 'application/json' } }, 400, 404, 405);
  });

  test('HEAD tells no more than GET', async () => {
    for (const path of [
      '/graphql',
      '/',
      '/readyz',
      '/livez',
      '/playground',
      '/.well-known/jwks.json',
      '/verify',
      '/oauth2/revoke',
      '/nothing',
    ]) {
      const { status, text } = await exchange(service.url, { method: 'HEAD', path, headers: owner });
      expect([status < 500, text]).toEqual([true, '']);
    }
  });

  test('bytes that are no HTTP are refused, and nothing is told', async () => {
    const { hostname, port } = new URL(service.url);
    const tell = (bytes: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(Number(port), hostname, () => socket.end(bytes));
        socket
          .on('data', (chunk) => (text += chunk.toString('latin1')))
          .on('close', () => resolve(text))
          .on('error', reject);
      });
    const broken = [
      'nonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{`,
    ];
    const smuggled = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /readyz HTTP/1.1\r\nhost: x\r\n\r\n`;
    for (const bytes of [...broken, smuggled]) {
      const answer = await tell(bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.toMatch(/fastify|FST_|HPE_|node_modules|at .*:\d+|"status":"ready"/i);
    }
  });
});
