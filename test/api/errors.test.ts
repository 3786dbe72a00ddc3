import { request } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { type Answer, answerOf, type Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { firstOwner } from '../support/tenant.js';

let service: Service;
let signedIn: Client;

beforeAll(async () => {
  service = await startService();
  signedIn = await firstOwner(service);
});
afterAll(() => service.stop());

/** What a client may be told, and nothing else: GraphQL's own and ours. */
const CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'EXCEEDS_AUTHORITY',
  'CONFLICT',
  'RATE_LIMITED',
  'QUERY_TOO_COMPLEX',
  'UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
];
const INNARDS = /\bat \S+ \(|\.[jt]s:\d|node_modules|SELECT |INSERT |UPDATE |sqlite|mysql|mariadb|typeorm|stacktrace/i;

const call = async (path: string, init: RequestInit = {}): Promise<Answer<Record<string, unknown>>> =>
  answerOf(await fetch(`${service.url}${path}`, init));
const post = (body: string, headers: Record<string, string> = {}, path = '/graphql') =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const viewer = JSON.stringify({ query: '{ viewer { user { id } } }' });
const json = (query: string): string => JSON.stringify({ query });

/** A request whose content-type Node's fetch would not send as it is, or not at all. */
const typed = (contentType: string | null, body: string | Buffer): Promise<Answer<unknown>> =>
  new Promise((resolve, reject) => {
    const headers = contentType === null ? {} : { 'content-type': contentType };
    const sent = request(`${service.url}/graphql`, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers: got } = response;
        const whole = new Response(Buffer.concat(chunks), { status: statusCode, headers: got as Record<string, string> });
        answerOf<unknown>(whole).then(resolve, reject);
      });
    });
    sent.on('error', reject).end(body);
  });

const wrong: readonly (readonly [what: string, status: number, code: string, ask: () => Promise<Answer<unknown>>])[] = [
  ['text that is no GraphQL', 400, 'GRAPHQL_PARSE_FAILED', () => post(json('{ viewer { '))],
  ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', () => post(json('{ viewers { id } }'))],
  ['a missing variable', 400, 'BAD_USER_INPUT', () => post(json('query ($id: ID!) { node(id: $id) { id } }'))],
  [
    'a variable of another type',
    400,
    'BAD_USER_INPUT',
    () => post(JSON.stringify({ query: 'query ($n: Int) { organizations(first: $n) { totalCount } }', variables: { n: 'ten' } })),
  ],
  ['a literal of another type', 400, 'GRAPHQL_VALIDATION_FAILED', () => post(json('{ organizations(first: "ten") { totalCount } }'))],
  [
    'an operation that is not in the document',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => post(JSON.stringify({ query: 'query A { viewer { environment } } query B { viewer { environment } }', operationName: 'C' })),
  ],
  [
    'a persisted query, which is off',
    200,
    'BAD_REQUEST',
    () => post(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } })),
  ],
  ['a batch of operations', 400, 'BAD_REQUEST', () => post(`[${viewer},${viewer}]`)],
  ['a body that is no JSON', 400, 'BAD_REQUEST', () => post('{"query": ')],
  ['a body that is no object', 400, 'BAD_REQUEST', () => post('"query"')],
  ['an empty body', 400, 'BAD_REQUEST', () => post('')],
  ['a body without a query', 400, 'BAD_REQUEST', () => post('{}')],
  ['nobody signed in', 200, 'UNAUTHENTICATED', () => post(viewer)],
  ['a credential that is no good', 401, 'UNAUTHENTICATED', () => post(viewer, { authorization: 'Bearer nonsense' })],
  ['an address where nothing is', 404, 'BAD_REQUEST', () => call('/graphqls')],
  ['a path out of the playground', 404, 'BAD_REQUEST', () => call('/playground/../../package.json')],
  [
    'another method',
    404,
    'BAD_REQUEST',
    () => call('/graphql', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: viewer }),
  ],
  ['a body of more than 256 KiB', 413, 'BAD_REQUEST', () => post(json(`{ viewer { environment } } #${'x'.repeat(256 * 1024)}`))],
  ['another media type', 415, 'BAD_REQUEST', () => typed('application/xml', '<query/>')],
  ['UTF-16 (R48)', 415, 'BAD_REQUEST', () => typed('application/json; charset=utf-16', Buffer.from(viewer, 'utf16le'))],
  ['an exotic charset (R48)', 415, 'BAD_REQUEST', () => typed('application/json; charset="ibm500"', viewer)],
  ['text/plain, which a browser sends unasked (R59)', 400, 'BAD_REQUEST', () => typed('text/plain', viewer)],
  [
    'a form, which a browser sends unasked (R59)',
    415,
    'BAD_REQUEST',
    () => typed('application/x-www-form-urlencoded', 'query=%7Bviewer%7D'),
  ],
  ['a multipart form (R59)', 415, 'BAD_REQUEST', () => typed('multipart/form-data; boundary=x', '--x--')],
  ['no media type', 415, 'BAD_REQUEST', () => typed(null, viewer)],
  ['GET without a preflight header (R59)', 400, 'BAD_REQUEST', () => call('/graphql?query=%7Bviewer%7Benvironment%7D%7D')],
  [
    'a mutation by GET (R59)',
    405,
    'BAD_REQUEST',
    () => call('/graphql?query=mutation%7BsignOut%7BsignedOut%7D%7D', { headers: { 'apollo-require-preflight': '1' } }),
  ],
];

describe('errors', () => {
  test.each(wrong)('%s: %d and %s, with a requestId and nothing of the inside (R60)', async (_what, status, code, ask) => {
    const answer = await ask();
    expect(answer).toMatchObject({ status, code });
    expect(answer.errors.length).toBeGreaterThan(0);
    for (const { message, extensions } of answer.errors) {
      expect(CODES).toContain(extensions.code);
      expect(extensions.requestId).toBe(answer.headers.get('x-request-id'));
      expect(message).not.toMatch(/Did you mean/);
    }
    expect(answer.text).not.toMatch(INNARDS);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  });

  test('a request may name itself: its id is echoed and told with errors; one that is no id is replaced', async () => {
    const named = await post(viewer, { 'x-request-id': 'order-4711_a' });
    expect(named.headers.get('x-request-id')).toBe('order-4711_a');
    expect(named.errors[0]?.extensions.requestId).toBe('order-4711_a');
    for (const made of ['short', 'x'.repeat(65), 'with spaces in it', 'a"quote"d-one']) {
      const answer = await post(viewer, { 'x-request-id': made });
      expect(answer.headers.get('x-request-id')).not.toBe(made);
      expect(answer.errors[0]?.extensions.requestId).toMatch(/^[\w-]{36}$/);
    }
  });

  test('a fault of ours says nothing but the requestId, and is told to the log (R60)', async () => {
    const { reader } = service.app.database;
    const fault = jest.spyOn(reader, 'findBy').mockRejectedValueOnce(new Error('SELECT secret FROM vault at /srv/app.js:1'));
    try {
      const answer = await signedIn.send('{ organizations { nodes { id } } }');
      expect(answer).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: null });
      expect(answer.text).not.toMatch(/secret|vault|app\.js/);
      const { requestId } = answer.errors[0]!.extensions;
      expect(service.logged.some((line) => line.includes(requestId) && line.includes('vault'))).toBe(true);
    } finally {
      fault.mockRestore();
    }
  });

  test('an unreachable database is UNAVAILABLE with when to try again, never an answer', async () => {
    const { reader } = service.app.database;
    const away = jest.spyOn(reader, 'findBy').mockRejectedValueOnce(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    try {
      const answer = await signedIn.send('{ organizations { nodes { id } } }');
      expect(answer).toMatchObject({
        code: 'UNAVAILABLE',
        data: null,
        errors: [{ extensions: { retryAfterSeconds: expect.any(Number) } }],
      });
    } finally {
      away.mockRestore();
    }
  });
});

describe('what a document may ask', () => {
  const ancestors = (levels: number): string =>
    `{ viewer { apiKey ${'{ createdByApiKey '.repeat(levels - 3)}{ id }${' }'.repeat(levels - 3)} } }`;
  const aliases = (count: number): string => `{ ${Array.from({ length: count }, (_, n) => `a${n}: viewer { environment }`).join(' ')} }`;

  test.each([
    ['16 levels', ancestors(16), ancestors(17), 'QUERY_TOO_COMPLEX'],
    ['30 renamed fields', aliases(30), aliases(31), 'QUERY_TOO_COMPLEX'],
    [
      '20,000 things',
      '{ applications(first: 100) { nodes { workspaces(first: 90) { nodes { id } } } } }',
      '{ applications(first: 100) { nodes { workspaces(first: 100) { nodes { apiKeys(first: 2) { nodes { id } } } } } } }',
      'QUERY_TOO_COMPLEX',
    ],
  ])('%s are allowed and not one more, and nothing is executed beyond (R52)', async (_what, within, beyond, code) => {
    expect((await signedIn.send(within)).code).toBe('OK');
    const refused = await signedIn.send(beyond);
    expect(refused).toMatchObject({ status: 400, code, data: undefined });
    expect(refused.errors[0]?.extensions.requestId).toBe(refused.headers.get('x-request-id'));
  });

  test('1,000 tokens are allowed, and what is longer is not read on (R52)', async () => {
    const operations = (count: number): string =>
      JSON.stringify({ query: Array.from({ length: count }, (_, n) => `query A${n} { __typename }`).join(' '), operationName: 'A0' });
    expect(await post(operations(200))).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expect(await post(operations(201))).toMatchObject({ status: 400, code: 'GRAPHQL_PARSE_FAILED' });
  });

  test('of a document that is wrong all over, the first few faults are told (R52)', async () => {
    const answer = await post(json(`{ ${Array.from({ length: 100 }, (_, n) => `unknown${n}`).join(' ')} }`));
    expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(answer.errors.length).toBeLessThanOrEqual(6);
  });

  test('fragments, directives and variables do not hide what is asked (R52, R57)', async () => {
    const doubling = Array.from({ length: 9 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ');
    const bomb = `{ ...F0 } ${doubling} fragment F9 on Query { x: viewer { environment } }`;
    expect(await signedIn.send(bomb)).toMatchObject({ status: 400, code: 'QUERY_TOO_COMPLEX' });
    const circular = '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }';
    expect(await signedIn.send(circular)).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    const large =
      'query ($n: Int) { applications(first: $n) { nodes { workspaces(first: $n) { nodes { grants(first: $n) { nodes { id } } } } } } }';
    expect(await signedIn.send(large, { n: 100 })).toMatchObject({ status: 400, code: 'QUERY_TOO_COMPLEX' });
    expect(await signedIn.send(large, { n: 3 })).toMatchObject({ status: 200, code: 'OK' });
    const byDefault = large.replace('Int)', 'Int = 100)');
    expect(await signedIn.send(byDefault)).toMatchObject({ status: 400, code: 'QUERY_TOO_COMPLEX' });
    expect(await signedIn.send(byDefault, { n: 3 })).toMatchObject({ status: 200, code: 'OK' });
    const named = '{ ...__schema } fragment __schema on Query { __schema { types { name } } }';
    expect(await service.anonymous.send(named)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a page may not be larger than 100 however it is asked for (R65)', async () => {
    for (const first of [1_000, 101, 0, -1]) {
      expect(await signedIn.send(`{ organizations(first: ${first}) { totalCount } }`)).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'first',
      });
    }
  });
});

describe('the schema', () => {
  test('is shown to whoever is signed in, and to nobody else (R58)', async () => {
    expect((await signedIn.send(getIntrospectionQuery())).code).toBe('OK');
    for (const query of [getIntrospectionQuery(), '{ __type(name: "ApiKey") { fields { name } } }']) {
      expect(await service.anonymous.send(query)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', data: undefined });
    }
    expect((await service.anonymous.send<{ __typename: string }>('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  test('is not given away by suggestions, neither to strangers nor to anybody (R58)', async () => {
    const guesses = [
      '{ viewerr { environment } }',
      '{ organizations(frist: 1) { totalCount } }',
      'mutation ($i: SignInInputt!) { signIn(input: $i) { accessToken } }',
      'mutation { signIn(input: { emial: "a@b.test", password: "x" }) { accessToken } }',
      'mutation { createApiKey(input: { namespaceId: "x", name: "x", environment: PRODUCTIO }) { key } }',
    ];
    for (const client of [service.anonymous, signedIn]) {
      for (const guess of guesses) {
        const answer = await client.send(guess);
        expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
        expect(answer.text).not.toMatch(/did you mean/i);
      }
      const coerced = await client.send('mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }', { i: { emial: 'a@b.test' } });
      expect(coerced.code).toBe('BAD_USER_INPUT');
      expect(coerced.text).not.toMatch(/did you mean/i);
    }
  });
});

describe('a browser', () => {
  test('may ask by GET with a header that no form can send, and is never let to change anything (R59)', async () => {
    const asked = encodeURIComponent('{ __typename }');
    const preflighted = await call(`/graphql?query=${asked}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(preflighted).toMatchObject({ status: 200, data: { __typename: 'Query' } });
  });

  test('is told to keep no answer, and to guess no type', async () => {
    const answer = await signedIn.send('{ viewer { environment } }');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
