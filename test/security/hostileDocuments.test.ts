import { limits } from '../../src/graphql/limits.js';
import { type Service, startService } from '../support/service.js';
import type { TestTenant } from '../support/tenant.js';
import { exchange, indiscretion, type Received } from './support/exchange.js';
import { errorLines } from './support/shown.js';
import { firstTenant } from './support/world.js';

let service: Service;
let tenant: TestTenant;
let owner: { authorization: string };
/** What is asked of the database to know who sends a request. */
let toAuthenticate: number;

beforeAll(async () => {
  service = await startService();
  tenant = await firstTenant(service);
  const application = await tenant.application();
  await tenant.workspace(application);
  const key = await tenant.key();
  owner = { authorization: `Bearer ${key.key}` };
  toAuthenticate = (await service.statementsOf(() => post('{ __typename }'))).length;
});
let logged = 0;
afterEach(() => {
  const since = service.logged.slice(logged);
  logged = service.logged.length;
  expect(errorLines(since)).toEqual([]);
});
afterAll(() => service.stop());

const post = (query: unknown, more: object = {}, headers: Record<string, string> = owner): Promise<Received> =>
  exchange(service.url, { headers, body: JSON.stringify({ query, ...more }) });

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nest = (count: number, open: string, inside: string, close = '}'): string => `${open.repeat(count)}${inside}${close.repeat(count)}`;

/** Sends a document that must be refused, and checks that nothing was executed for it. */
async function refusedUnread(query: string, variables: object = {}): Promise<string | null> {
  let answer: Received | undefined;
  const statements = await service.statementsOf(async () => {
    answer = await post(query, { variables });
  });
  expect(indiscretion(answer!)).toBeNull();
  expect(answer!.text).not.toContain('"data":{');
  expect(statements.length).toBeLessThanOrEqual(toAuthenticate);
  return answer!.code;
}

const deep = (levels: number): string => nest(levels, 'nodes { organization { applications { ', '__typename', '} } }');

describe('documents beyond the limits are refused before anything is executed (R52, R57)', () => {
  const aliases = limits.aliases;
  const cases: Readonly<Record<string, readonly [query: string, code: string, variables?: object]>> = {
    'one alias too many': [`{ ${times(aliases + 1, (n) => `a${n}: __typename`)} }`, 'QUERY_TOO_COMPLEX'],
    'hundreds of aliases': [`{ ${times(240, (n) => `a${n}: viewer { __typename }`)} }`, 'GRAPHQL_PARSE_FAILED'],
    'aliases in a fragment, spread again and again': [
      `{ ${times(4, (n) => `v${n}: viewer { ...f }`)} } fragment f on Viewer { ${times(9, (n) => `b${n}: __typename`)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    'aliases in fragments that double': [
      `{ ...f0 } ${times(8, (n) => `fragment f${n} on Query { viewer { user { id } } ...f${n + 1} ...f${n + 1} }`)} fragment f8 on Query { a: __typename }`,
      'QUERY_TOO_COMPLEX',
    ],
    'aliases behind @skip and @include': [`{ ${times(aliases + 1, (n) => `a${n}: __typename @include(if: false)`)} }`, 'QUERY_TOO_COMPLEX'],
    'aliases in an operation of several': [
      `query A { __typename } query B { ${times(aliases + 1, (n) => `a${n}: __typename`)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    'a mutation in many aliases': [
      `mutation { ${times(aliases + 1, (n) => `a${n}: revokeApiKey(input: { id: "key_0" }) { __typename }`)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    'too deep': [`{ applications { ${deep(6)} } }`, 'QUERY_TOO_COMPLEX'],
    'too deep in fragments': [
      `{ applications { ...f0 } } ${times(6, (n) => `fragment f${n} on ApplicationConnection { nodes { organization { applications { ...f${n + 1} } } } }`)} fragment f6 on ApplicationConnection { __typename }`,
      'QUERY_TOO_COMPLEX',
    ],
    'too deep in a fragment named __schema (the bypass of GHSA-733v)': [
      `{ applications { ...__schema } } fragment __schema on ApplicationConnection { ${deep(6)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    'aliases in a fragment named __type': [
      `{ ...__type } fragment __type on Query { ${times(aliases + 1, (n) => `a${n}: __typename`)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    'introspection that is too deep': [
      `{ __schema { types { fields { type { ${nest(14, 'ofType { ', 'name')} } } } } }`,
      'QUERY_TOO_COMPLEX',
    ],
    'lists in lists': [
      `{ applications(first: 100) { nodes { workspaces(first: 100) { nodes { apiKeys(first: 100) { nodes { id } } } } } } }`,
      'QUERY_TOO_COMPLEX',
    ],
    'lists in lists by a variable': [
      `query ($n: Int) { applications(first: $n) { nodes { workspaces(first: $n) { nodes { apiKeys(first: $n) { nodes { id } } } } } } }`,
      'QUERY_TOO_COMPLEX',
      { n: 100 },
    ],
    'lists in lists by the default of a variable': [
      `query ($n: Int = 100) { applications(first: $n) { nodes { workspaces(first: $n) { nodes { apiKeys(first: $n) { nodes { id } } } } } } }`,
      'QUERY_TOO_COMPLEX',
    ],
    'lists in lists, both arms of a connection': [
      `{ applications(first: 100) { nodes { id workspaces(first: 50) { nodes { id } } } edges { node { userGroups(first: 100) { edges { node { members { totalCount } } } } } } } }`,
      'QUERY_TOO_COMPLEX',
    ],
    'lists that are no pages, in lists that are': [
      `{ viewer { user { userGroups { members(first: 100) { nodes { userGroups { members(first: 100) { nodes { id } } } } } } } } }`,
      'QUERY_TOO_COMPLEX',
    ],
    'a milliard of things': ['{ applications(first: 1000000000) { nodes { id } } }', 'QUERY_TOO_COMPLEX'],
    'a milliard of things to count': ['{ applications(first: 1000000000) { totalCount } }', 'QUERY_TOO_COMPLEX'],
    'too many tokens': [`{ ${'__typename '.repeat(limits.tokens)} }`, 'GRAPHQL_PARSE_FAILED'],
    'too many tokens, none of them read as a field': [`{ __typename } ${'query A { __typename } '.repeat(250)}`, 'GRAPHQL_PARSE_FAILED'],
    'hundreds of directives that are not there': [`{ __typename ${times(300, () => '@a')} }`, 'GRAPHQL_VALIDATION_FAILED'],
    'hundreds of directives that are': [`{ __typename ${times(100, () => '@skip(if: false)')} }`, 'GRAPHQL_VALIDATION_FAILED'],
    'a fragment that is part of itself': ['{ ...f } fragment f on Query { ...f }', 'GRAPHQL_VALIDATION_FAILED'],
    'fragments in a circle': [
      '{ ...a } fragment a on Query { ...b } fragment b on Query { ...c viewer { __typename } } fragment c on Query { ...a }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'a circle through fields': [
      '{ applications { ...f } } fragment f on ApplicationConnection { nodes { organization { applications { ...f } } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'a circle that nobody enters': [
      '{ __typename } fragment a on Query { ...b } fragment b on Query { ...a }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    '@defer and @stream': ['{ ... @defer { viewer { __typename } } applications @stream { nodes { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
    'a subscription, which is for a WebSocket': ['subscription { jobUpdated(id: "job_0") { id } }', 'OPERATION_RESOLUTION_FAILURE'],
    'a subscription to nothing': ['subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    'a definition of a type': ['type Query { owned: Boolean } extend type Mutation { owned: Boolean }', 'GRAPHQL_VALIDATION_FAILED'],
  };

  test.each(Object.entries(cases))('%s', async (_what, [query, code, variables]) => {
    const named = query.startsWith('query A { __typename } query B') ? { operationName: 'B' } : {};
    if ('operationName' in named) {
      expect(await post(query, named)).toMatchObject({ code });
      return;
    }
    expect(await refusedUnread(query, variables)).toBe(code);
  });

  test('fragments that double sixty times are measured once each, and executed once each where they load nothing', async () => {
    const doubling = (inside: string): string =>
      `{ ...f0 } ${times(60, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`)} fragment f60 on Query { ${inside} }`;
    expect(await refusedUnread(doubling('viewer { environment }'))).toBe('QUERY_TOO_COMPLEX');
    expect(await post(doubling('__typename'))).toMatchObject({ status: 200, text: '{"data":{"__typename":"Query"}}\n' });
    const nested = `{ ...f0 } ${times(50, (n) => `fragment f${n} on Query { ... on Query { ...f${n + 1} } ...f${n + 1} }`)} fragment f50 on Query { __typename }`;
    expect(await post(nested)).toMatchObject({ status: 200 });
  });

  test('the same field a hundred times over is one field', async () => {
    const once = (await service.statementsOf(() => post('{ viewer { apiKey { id } } }'))).length;
    const often = await service.statementsOf(() => post(`{ ${times(100, () => 'viewer { apiKey { id } }')} }`));
    expect(often.length).toBe(once);
  });

  test.each([-1, 0, 101, -2_147_483_648])('first: %s is refused (R65)', async (first) => {
    expect(await refusedUnread(`{ applications(first: ${first}) { totalCount } }`)).toMatch(/^(BAD_USER_INPUT|QUERY_TOO_COMPLEX)$/);
  });

  test('a string and a comment that fill the request are read and refused or answered', async () => {
    const filling = 'x'.repeat(200_000);
    for (const query of [
      `{ __typename } #${filling}`,
      `{ node(id: "${filling}") { id } }`,
      `{ node(id: """${filling}""") { id } }`,
      `{ ${filling} }`,
    ]) {
      const answer = await post(query);
      expect(indiscretion(answer)).toBeNull();
      // No question is answered with a flood.
      expect(answer.text.length).toBeLessThan(2 * 200_000);
    }
  });
});

describe('introspection (R58, R60)', () => {
  const hidden: Readonly<Record<string, string>> = {
    plain: '{ __schema { types { name } } }',
    'one type': '{ __type(name: "ApiKey") { fields { name } } }',
    renamed: '{ harmless: __schema { types { name } } }',
    'in a fragment': '{ ...f } fragment f on Query { __schema { types { name } } }',
    'in a fragment named __schema': '{ ...__schema } fragment __schema on Query { __schema { types { name } } }',
    'in fragments that nobody would follow': `{ ...f0 } ${times(30, (n) => `fragment f${n} on Query { ...f${n + 1} }`)} fragment f30 on Query { ... { __type(name: "Query") { name } } }`,
    'behind a directive': 'query ($yes: Boolean = true) { ... @include(if: $yes) { __schema { queryType { name } } } }',
  };

  test.each(Object.entries(hidden))('%s: a stranger is told nothing', async (_what, query) => {
    const answer = await post(query, {}, {});
    expect([answer.code, answer.text.includes('"data":{')]).toEqual(['UNAUTHENTICATED', false]);
    expect(indiscretion(answer)).toBeNull();
  });

  test.each([
    '{ viewr { id } }',
    '{ viewer { usr { id } } }',
    'mutation { signin(input: {}) { id } }',
    '{ node(ids: 1) { id } }',
    'mutation { signIn(input: { emai: "a" }) { accessToken } }',
  ])('%s: a wrong guess is not put right', async (query) => {
    const answer = await post(query, {}, {});
    expect(answer.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(answer.text).not.toMatch(/did you mean/i);
  });

  test('nor is a wrong guess in variables, and what was sent is not repeated (R25)', async () => {
    const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }';
    const secret = 'a secret that was sent';
    const wrong = [
      { emai: secret, password: secret },
      { email: 'a@b', password: [secret] },
      { email: { of: secret }, password: secret },
      { email: 'a@b', password: secret, organizationId: { in: [secret] } },
      secret,
      [secret],
    ];
    for (const input of wrong) {
      const answer = await post(query, { variables: { input } }, {});
      expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', text: expect.not.stringMatching(/did you mean/i) });
      expect(answer.text).not.toContain(secret);
    }
    const createUser = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { temporaryPassword } }';
    const kinds = [{ kind: secret }, { kind: [secret] }, { kind: 'HUMAN', name: 'x', password: { $ne: secret } }];
    for (const input of kinds) expect((await post(createUser, { variables: { input } })).text).not.toContain(secret);
  });
});
