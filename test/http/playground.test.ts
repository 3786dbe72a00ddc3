import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import vm from 'node:vm';
import { fastify, type FastifyInstance } from 'fastify';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
  getVariableValues,
} from 'graphql';
import { playgroundRoutes } from '../../src/http/playground.js';
import { job } from '../../src/http/playground/job.js';
import { library } from '../../src/http/playground/library.js';
import { operationsFolder, readOperations } from '../../src/http/playground/operations.js';
import { altairOptions } from '../../src/http/playground/options.js';
import { collectionsOf } from '../../src/http/playground/windows.js';

const operations = readOperations();
const schema = buildSchema(readFileSync(join(operationsFolder(), '..', 'schema.graphql'), 'utf8'));
const tabs = [...job, ...library.flatMap((shelf) => shelf.tabs)];

const onlyOperation = (document: DocumentNode): OperationDefinitionNode => {
  const [first, ...rest] = document.definitions;
  if (first?.kind !== Kind.OPERATION_DEFINITION || rest.length > 0) throw new Error('not exactly one operation');
  return first;
};

/** Whether an operation asks for what lies at a path of its root field. */
const selects = (document: DocumentNode, path: string): boolean => {
  let within: SelectionSetNode | undefined = onlyOperation(document).selectionSet;
  for (const name of path.split('.')) {
    const field: SelectionSetNode['selections'][number] | undefined = within?.selections.find(
      (selection) => selection.kind === Kind.FIELD && selection.name.value === name,
    );
    if (field?.kind !== Kind.FIELD) return false;
    within = field.selectionSet;
  }
  return within === undefined;
};

describe('the ready operations', () => {
  it.each([...operations])('%s is one named operation that the schema knows, told in a sentence', (name, source) => {
    const document = parse(source);
    expect(onlyOperation(document).name?.value).toBe(name[0]!.toUpperCase() + name.slice(1));
    expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
    expect(source).toMatch(/^# [A-Z][^\n]+\.\n(query|mutation|subscription) /);
  });

  it('are found from the sources and from what is built', () => {
    expect(operationsFolder(join(process.cwd(), 'src/http/playground'))).toBe(join(process.cwd(), 'schema/operations'));
    expect(operationsFolder(join(process.cwd(), 'dist/src/http/playground'))).toBe(join(process.cwd(), 'schema/operations'));
    expect(() => operationsFolder('/')).toThrow('schema/operations is missing');
  });
});

describe('the tabs of the playground', () => {
  it('go through the main job in its order', () => {
    expect(altairOptions(operations).initialWindows?.map(({ initialName }) => initialName)).toEqual([
      'Sign in',
      'Who am I',
      'Create application',
      'Create workspace',
      'Create API key',
      'Create service key',
      'Verify API key',
      'Revoke API key',
      'Verify again',
    ]);
  });

  it('hold documents that parse and are of the schema, also with their notes', () => {
    for (const { initialQuery = '' } of altairOptions(operations).initialWindows ?? []) {
      expect(validate(schema, parse(initialQuery))).toEqual([]);
    }
  });

  it.each(tabs.map((tab) => [tab.title, tab] as const))('%s has example variables that fit its operation', (_title, tab) => {
    const { variableDefinitions = [] } = onlyOperation(parse(operations.get(tab.operation)!));
    const variables = JSON.parse(JSON.stringify(tab.variables ?? {}).replaceAll('{{environment}}', 'STAGING')) as Record<string, unknown>;
    const declared = variableDefinitions.map(({ variable }) => variable.name.value);
    expect(declared).toEqual(expect.arrayContaining(Object.keys(variables)));
    expect((getVariableValues(schema, variableDefinitions, variables).errors as GraphQLError[] | undefined) ?? []).toEqual([]);
  });

  it.each(tabs.filter(({ remember }) => remember).map((tab) => [tab.title, tab] as const))(
    '%s hands on only what its operation asks for',
    (_title, { operation, remember = {} }) => {
      for (const path of Object.values(remember)) expect(selects(parse(operations.get(operation)!), `${operation}.${path}`)).toBe(true);
    },
  );

  it('hand on every variable that another tab takes', () => {
    const taken = new Set(JSON.stringify(tabs).match(/(?<=\{\{)\w+(?=\}\})/g));
    const given = new Set(['environment', ...tabs.flatMap(({ remember = {} }) => Object.keys(remember))]);
    expect([...taken].filter((name) => !given.has(name))).toEqual([]);
  });

  it('send the token of the person who signed in, and for verifying the key of a service', () => {
    const bearers = Object.fromEntries(
      (altairOptions(operations).initialWindows ?? []).map((window) => [window.initialName, window.initialHeaders?.['Authorization']]),
    );
    expect(bearers).toMatchObject({
      'Sign in': undefined,
      'Who am I': 'Bearer {{token}}',
      'Create API key': 'Bearer {{token}}',
      'Verify API key': 'Bearer {{serviceKey}}',
      'Verify again': 'Bearer {{serviceKey}}',
    });
  });

  it('keep the token of an answer, and nothing of a refusal', () => {
    const script = altairOptions(operations).initialWindows?.[0]?.initialPostRequestScript ?? '';
    const run = (body: unknown): object => {
      const environment: Record<string, unknown> = {};
      const setEnvironment = (name: string, value: unknown): void => void (environment[name] = value);
      vm.runInNewContext(script, { altair: { response: { body }, helpers: { setEnvironment } } });
      return environment;
    };
    const user = { id: 'usr_1', organization: { id: 'org_1' } };
    const answer = { data: { signIn: { accessToken: 'a', refreshToken: 'r', user } } };
    const kept = { token: 'a', refreshToken: 'r', organizationId: 'org_1' };
    expect(run(answer)).toEqual(kept);
    expect(run(JSON.stringify(answer))).toEqual(kept);
    expect(run({ data: null, errors: [{ message: 'no' }] })).toEqual({});
    expect(run({ errors: [{ message: 'no' }] })).toEqual({});
  });

  it('follow a job over a WebSocket at the chosen door, with the token of the person who signed in', () => {
    const folders = collectionsOf(operations) as readonly { queries: readonly Record<string, unknown>[] }[];
    expect(folders.flatMap(({ queries }) => queries).find(({ windowName }) => windowName === 'Follow job')).toMatchObject({
      subscriptionUrl: '{{socket}}',
      subscriptionRequestHandlerId: 'graphql-ws',
      subscriptionConnectionParams: '{"authorization":"Bearer {{token}}"}',
    });
  });

  it('hold every ready operation between them, in folders by room', () => {
    const folders = collectionsOf(operations) as readonly { title: string; parentPath: string; queries: readonly { query: string }[] }[];
    expect(folders.map(({ title, parentPath }) => [title, parentPath])).toEqual([
      ['Ready operations', ''],
      ...library.map(({ title }) => [title, '/bailiwick']),
    ]);
    const names = folders.flatMap(({ queries }) => queries.map(({ query }) => onlyOperation(parse(query)).name?.value));
    const all = [...operations.values()].map((source) => onlyOperation(parse(source)).name?.value);
    expect([...new Set(names)].sort()).toEqual(all.sort());
  });
});

describe('GET /playground', () => {
  let server: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    server = fastify();
    await playgroundRoutes(server);
    await server.listen({ port: 0, host: '127.0.0.1' });
    port = (server.server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  /** Asks for exactly this path: fetch would resolve its dots first. */
  const get = async (path: string): Promise<{ statusCode: number; headers: IncomingHttpHeaders; body: string }> => {
    const [answer] = (await once(request({ host: '127.0.0.1', port, path, agent: false }).end(), 'response')) as [IncomingMessage];
    return { statusCode: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  };
  const inlineScript = (html: string): string => /<script type="module" nonce="[^"]+">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';

  it.each(['/playground', '/playground/'])('answers %s with the page', async (url) => {
    const { statusCode, headers, body } = await get(url);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(body).toContain('<base href="/playground/">');
  });

  it('is where / leads', async () => {
    const { statusCode, headers } = await get('/');
    expect([statusCode, headers.location]).toEqual([302, '/playground']);
  });

  it('is sent with a strict policy, under a nonce that is never used twice', async () => {
    const nonces = [];
    for (const { headers, body } of [await get('/playground'), await get('/playground')]) {
      const policy = String(headers['content-security-policy']);
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(policy).toContain("default-src 'none'; script-src 'self' 'nonce-");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      const nonce = /'nonce-([^']{24})'/.exec(policy)?.[1] ?? 'none';
      expect(body).toContain(`<script type="module" nonce="${nonce}">`);
      expect(body).toContain(`cspNonce: \`${nonce}\``);
      expect(body).not.toContain('@nonce@');
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  it('names no other host', async () => {
    // What the ready operations give as an example belongs to nobody, and is sent to no one (RFC 2606).
    const examples = /https:\/\/hooks\.example\.com\//g;
    for (const url of ['/playground', '/playground/start.js']) {
      expect((await get(url)).body.replaceAll(examples, '')).not.toMatch(/\b(https?|wss?):|(src|href)="\/\//);
    }
  });

  it.each([
    ['https:', 'wss:'],
    ['http:', 'ws:'],
  ])('starts Altair with a door for each environment, at the address under which the page was opened: %s', async (protocol, socket) => {
    const script = inlineScript((await get('/playground')).body);
    expect(script).toContain("import './start.js';");
    let options: ReturnType<typeof altairOptions> | undefined;
    vm.runInNewContext(script.replace("import './start.js';", ''), {
      AltairGraphQL: { init: (given: typeof options) => (options = given) },
      location: { origin: `${protocol}//id.example:8443`, protocol, host: 'id.example:8443' },
    });
    const at = (path: string, environment: string) => ({
      door: `${protocol}//id.example:8443${path}`,
      socket: `${socket}//id.example:8443${path}`,
      environment,
    });
    expect(options?.initialEnvironments?.subEnvironments?.map(({ title, variables }) => [title, variables])).toEqual([
      ['Production', at('/graphql', 'PRODUCTION')],
      ['Staging', at('/staging/graphql', 'STAGING')],
      ['Development', at('/development/graphql', 'DEVELOPMENT')],
    ]);
    expect(options?.initialWindows?.map(({ initialQuery }) => initialQuery)).toEqual(
      altairOptions(operations).initialWindows?.map(({ initialQuery }) => initialQuery),
    );
    expect(options).toMatchObject({ preserveState: false, disableAccount: true, initialSettings: { 'banners.disable': true } });
  });

  it('serves what the page loads, with the right type', async () => {
    const { body } = await get('/playground');
    const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!).filter((path) => path !== '/playground/');
    expect(loaded).toEqual(expect.arrayContaining(['main.js', 'polyfills.js', 'styles.css', 'favicon.ico', 'assets/img/logo_350.svg']));
    const types: Record<string, RegExp> = { js: /^(text|application)\/javascript/, css: /^text\/css/, svg: /^image\/svg/, ico: /^image\// };
    for (const path of [...loaded, 'start.js']) {
      const { statusCode, headers } = await get(`/playground/${path}`);
      expect([path, statusCode]).toEqual([path, 200]);
      expect(headers['content-type']).toMatch(types[path.split('.').at(-1)!]!);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('loads a script that is one, with all ready operations in it', async () => {
    const { body } = await get('/playground/start.js');
    expect(() => new vm.Script(`(async () => {${body}\n})`)).not.toThrow();
    expect(body).toContain(JSON.stringify(collectionsOf(operations)));
  });

  it.each([
    '/playground/../package.json',
    '/playground/..%2f..%2fpackage.json',
    '/playground/%2e%2e/%2e%2e/package.json',
    '/playground/assets/..%2f..%2f..%2f..%2fpackage.json',
    '/playground/..%5c..%5cpackage.json',
    '/playground//etc/passwd',
    '/playground/%00',
    '/playground/index.html',
    '/playground/iframe-sandbox/index.html',
    '/playground/./iframe-sandbox/index.html',
    '/playground/iframe%2Dsandbox/index.html',
    '/playground/assets/',
    '/playground/nothing.js',
  ])('refuses %s', async (url) => {
    const { statusCode, body } = await get(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(body).not.toMatch(/altair-static|root:|<html/);
  });
});
