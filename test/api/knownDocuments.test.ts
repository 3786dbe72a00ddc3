import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { RevokeApiKeyDocument } from '../generated/documents.js';
import { Raw } from '../support/raw.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

const operation = (name: string): string => readFileSync(join(__dirname, `../../schema/operations/${name}.graphql`), 'utf8');
const one = operation('verifyApiKey');
const many = operation('verifyApiKeys');
const two = 'mutation A($a: VerifyApiKeyInput!) { verifyApiKey(input: $a) { code } } mutation B { __typename }';
const twice =
  'mutation ($a: VerifyApiKeyInput!, $b: VerifyApiKeyInput!) { a: verifyApiKey(input: $a) { code } b: verifyApiKey(input: $b) { code } }';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
let revoked: TestKey;
let powerless: TestKey;
let key: TestKey;

const apollo = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
afterAll(() => apollo.mockRestore());

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  key = await tenant.key({ name: 'known' });
  powerless = await tenant.key({ permissions: ['event:submit'] });
  revoked = await tenant.key();
  await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: revoked.id } });
});
afterAll(() => service.stop());

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  /** What is sent beside `query`, or in its stead. */
  readonly body: unknown;
}

/** All of an answer that does not tell the time. */
async function send({ headers = {}, path = '/graphql', method = 'POST', body }: Sent) {
  const response = await fetch(new URL(path, service.url), {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${gateway.key}`,
      'x-request-id': 'the-same-for-both',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const told = [...response.headers].filter(([name]) => name !== 'date');
  return { status: response.status, headers: told, body: await response.text() };
}

let times = 0;
/** The same document in a text that nobody has sent before. */
const anew = (query: string): string => `${query}\n# ${(times += 1)}`;
const input = (more: object = {}) => ({ key: key.key, permissions: ['application:edit'], ...more });

/** What each request is answered that does not come as it usually does, or is answered with a refusal. */
const cases: Readonly<Record<string, () => readonly [query: string, body: object, more?: Omit<Sent, 'body'>]>> = {
  'a question': () => [one, { variables: { input: input() } }],
  'many questions': () => [many, { variables: { inputs: [input(), { key: 'bwk_prod_x' }, { key: revoked.key }] } }],
  'a key that is unknown': () => [one, { variables: { input: { key: 'nothing' } } }],
  'a key that is revoked': () => [one, { variables: { input: { key: revoked.key } } }],
  'more variables than are declared': () => [one, { variables: { input: input(), more: 1 } }],
  'members that are no one’s': () => [one, { variables: { input: input() }, query2: 'x' }],
  'no variables': () => [one, {}],
  'variables that are null': () => [one, { variables: null }],
  'variables that are a list': () => [one, { variables: [] }],
  'variables that are a text': () => [one, { variables: '{}' }],
  'a variable that is null': () => [one, { variables: { input: null } }],
  'a variable that is no input': () => [one, { variables: { input: 'secret' } }],
  'a field that no input has': () => [one, { variables: { input: input({ secret: 'x' }) } }],
  'a field of another type': () => [one, { variables: { input: input({ cost: 'secret' }) } }],
  'a permission that is none': () => [one, { variables: { input: input({ permissions: ['*'] }) } }],
  'an empty list of permissions': () => [one, { variables: { input: input({ permissions: [] }) } }],
  'a cost that is too much': () => [one, { variables: { input: input({ cost: -1 }) } }],
  'no questions': () => [many, { variables: { inputs: [] } }],
  'one question where a list may be': () => [many, { variables: { inputs: input() } }],
  'a fault after an answer': () => [twice, { variables: { a: input(), b: input({ permissions: [] }) } }],
  'a name of an operation': () => [one, { operationName: 'VerifyApiKey', variables: { input: input() } }],
  'the name of another operation': () => [two, { operationName: 'A', variables: { a: input() } }],
  'the name of one more': () => [two, { operationName: 'B' }],
  'no name where there are two': () => [two, { variables: { a: input() } }],
  'a name that is null': () => [one, { operationName: null, variables: { input: input() } }],
  'a name that is empty': () => [one, { operationName: '', variables: { input: input() } }],
  'a name of nothing': () => [one, { operationName: 'toString', variables: { input: input() } }],
  'a name that is none': () => [one, { operationName: 7, variables: { input: input() } }],
  extensions: () => [one, { extensions: {}, variables: { input: input() } }],
  'extensions of which there are none here': () => [one, { extensions: { persistedQuery: { version: 1 } }, variables: { input: input() } }],
  'a credential that is empty': () => [one, { variables: { input: input() } }, { headers: { authorization: '' } }],
  'a service that may not ask': () => [one, { variables: { input: input() } }, { headers: { authorization: `Bearer ${powerless.key}` } }],
  'a service whose key is revoked': () => [one, { variables: { input: input() } }, { headers: { authorization: `Bearer ${revoked.key}` } }],
  'two credentials': () => [one, { variables: { input: input() } }, { headers: { 'x-api-key': gateway.key } }],
  'another environment': () => [one, { variables: { input: input() } }, { path: '/staging/graphql' }],
  'an address with more behind it': () => [one, { variables: { input: input() } }, { path: '/graphql?query=%7B__typename%7D' }],
  'a key of the request that is malformed': () => [one, { variables: { input: input() } }, { headers: { 'idempotency-key': 'a b' } }],
  'a key of the request': () => [one, { variables: { input: input() } }, { headers: { 'idempotency-key': 'a' } }],
  'a form of a browser': () => [one, { variables: { input: input() } }, { headers: { 'content-type': 'text/plain' } }],
  'JSON in UTF-8': () => [one, { variables: { input: input() } }, { headers: { 'content-type': 'application/json; charset=utf-8' } }],
  'JSON in another alphabet': () => [
    one,
    { variables: { input: input() } },
    { headers: { 'content-type': 'application/json; charset=latin1' } },
  ],
  'any answer': () => [one, { variables: { input: input() } }, { headers: { accept: '*/*' } }],
  'the answer of GraphQL over HTTP': () => [
    one,
    { variables: { input: input() } },
    { headers: { accept: 'application/graphql-response+json' } },
  ],
  either: () => [
    one,
    { variables: { input: input() } },
    { headers: { accept: 'application/graphql-response+json;q=0.1, application/json' } },
  ],
  'an answer that nobody gives': () => [one, { variables: { input: input() } }, { headers: { accept: 'application/xml' } }],
  'another method': () => [one, { variables: { input: input() } }, { method: 'PUT' }],
};

test.each(Object.entries(cases))('%s is answered the same when its document is known, to the byte', async (_what, asked) => {
  const [query, body, more] = asked();
  const known = { ...more, body: { query, ...body } };
  // Now it is known, where it can be, in this form.
  await send({ ...known, body: { query: one, variables: { input: input() } } });
  await send(known);
  expect(await send(known)).toEqual(await send({ ...known, body: { ...known.body, query: anew(query) } }));
});

const question = (): string => JSON.stringify({ input: input() });
test.each([
  ['a prototype', (query: string) => `{"__proto__":{},"query":${query},"variables":${question()}}`],
  ['a prototype that is not plainly written', (query: string) => `{"\\u005f_proto__":{},"query":${query},"variables":${question()}}`],
  ['a constructor', (query: string) => `{"constructor":{"prototype":1},"query":${query},"variables":${question()}}`],
  ['a mark of its order of bytes', (query: string) => `\ufeff{"query":${query},"variables":${question()}}`],
  ['its variables twice', (query: string) => `{"query":${query},"variables":{"input":{"key":"x"}},"variables":${question()}}`],
  ['nothing that can be read', (query: string) => `{"query":${query},"variables":`],
])('a body with %s is answered the same when its document is known', async (_what, bodyOf) => {
  await send({ body: { query: one, variables: { input: input() } } });
  const known = await send({ body: bodyOf(JSON.stringify(one)) });
  expect(known).toEqual(await send({ body: bodyOf(JSON.stringify(anew(one))) }));
});

test('a stranger is refused for what the document holds elsewhere, also where it is known', async () => {
  const query = `${one} query Other { __schema { types { name fields { name args { name } } } } }`;
  const body = { query, operationName: 'VerifyApiKey', variables: { input: input() } };
  for (const _time of ['first', 'again']) expect(await send({ body })).toMatchObject({ status: 200 });
  const asStranger = async (text: string) => {
    const headers = { 'content-type': 'application/json', 'x-request-id': 'the-same-for-both' };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ ...body, query: text }) });
    return { status: response.status, text: await response.text() };
  };
  const known = await asStranger(query);
  expect(known).toEqual(await asStranger(anew(query)));
  expect(known.text).toContain('"code":"UNAUTHENTICATED"');
});

test('what fails is done once, though Apollo puts it into words', async () => {
  const limited = await tenant.key({ rateLimit: { limit: 9, windowSeconds: 60 } });
  const remaining = async (): Promise<number> => {
    const query = 'mutation ($a: VerifyApiKeyInput!) { verifyApiKey(input: $a) { rateLimit { remaining } } }';
    const { body } = await send({ body: { query, variables: { a: { key: limited.key, cost: 0 } } } });
    return Number(/"remaining":(\d+)/.exec(body)?.[1]);
  };
  const ask = (b: object) => send({ body: { query: twice, variables: { a: { key: limited.key }, b } } });
  for (const left of [7, 5]) {
    await ask({ key: limited.key });
    expect(await remaining()).toBe(left);
  }
  expect(await ask({ key: limited.key, permissions: [] })).toMatchObject({ body: expect.stringContaining('"BAD_USER_INPUT"') as string });
  expect(await remaining()).toBe(4);
});

test('a body comes in whatever pieces, between others, and may be left', async () => {
  const body = JSON.stringify({ query: one, variables: { input: input() } });
  const fresh = JSON.stringify({ query: anew(one), variables: { input: input() } });
  const request = (text: string): string =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  await send({ body });
  const client = await Raw.to(service.url);
  const pieces = request(body) + request(fresh) + request(body) + request(body).slice(0, -20);
  for (let from = 0; from < pieces.length; from += 700) {
    client.socket.write(pieces.slice(from, from + 700));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.until(/(?:"valid":true[^]*){3}/);
  client.socket.destroy();
  expect(client.told.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  expect(await send({ body })).toMatchObject({ status: 200 });
});

test('a document that is known is answered without Apollo, and a service that may not ask is refused all the same', async () => {
  const body = { query: anew(one), variables: { input: input() } };
  apollo.mockClear();
  expect(await send({ body })).toMatchObject({ status: 200, body: expect.stringContaining('"code":"VALID"') as string });
  expect(apollo).toHaveBeenCalledTimes(1);
  expect(await send({ body })).toMatchObject({ status: 200, body: expect.stringContaining('"code":"VALID"') as string });
  expect(apollo).toHaveBeenCalledTimes(1);
  const refused = await send({ body, headers: { authorization: `Bearer ${powerless.key}` } });
  expect(refused.body).toContain('"code":"FORBIDDEN"');
});

test('a service whose key is revoked meanwhile is refused at once, as for any other document', async () => {
  const asking = await tenant.gateway();
  const body = { query: one, variables: { input: input() } };
  const headers = { authorization: `Bearer ${asking.key}` };
  for (const _time of ['first', 'again']) expect((await send({ body, headers })).body).toContain('"code":"VALID"');
  await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: asking.id } });
  expect(await send({ body, headers })).toMatchObject({ status: 401 });
});
