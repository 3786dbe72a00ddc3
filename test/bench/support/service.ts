import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type BenchDatabase, copyKey } from './databases.js';
import { inRepository, type Server, startProgram } from './processes.js';

/** The built service as a process with the settings that it ships with, and a tenant in it. */
export interface Bench {
  readonly database: BenchDatabase;
  /** Of a service that may verify all keys of the tenant. */
  readonly gateway: string;
  readonly keys: readonly string[];
}

export interface RunningService extends Server {
  readonly port: number;
}

const PASSWORD = 'a good long password';
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

/** What each key carries: ten permissions, as a key of a back end may. */
const PERMISSIONS = ['application', 'workspace', 'userGroup', 'organization']
  .flatMap((kind) => [`${kind}:view`, `${kind}:edit`])
  .concat('service:manage', 'configuration:view');
/** What is asked for. */
export const ASKED = 'service:manage';

export async function startService(database: BenchDatabase, core?: number): Promise<RunningService> {
  const server = startProgram(
    inRepository('dist/src/main.js'),
    [],
    { PORT: '0', DATABASE_URL: database.url, BOOTSTRAP_PASSWORD: PASSWORD, ENCRYPTION_KEY },
    core,
  );
  return { ...server, port: await portOf(server) };
}

/** The port that the service tells on its terminal. */
async function portOf({ child }: Server): Promise<number> {
  let said = '';
  for (;;) {
    const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    said += chunk.toString();
    const port = /API +http:\/\/[^:]+:(\d+)/.exec(said)?.[1];
    if (port) return Number(port);
  }
}

type Ask = <T>(query: string, variables?: object) => Promise<T>;

const askerAt =
  (port: number, credential?: string): Ask =>
  async (query, variables) => {
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(credential && { authorization: `Bearer ${credential}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: never; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };

/** Founds what is measured: a workspace with so many keys of ten permissions, and a service that asks about them. */
export async function found(database: BenchDatabase, keys: number): Promise<Bench> {
  const service = await startService(database);
  const { signIn } = await askerAt(service.port)<{ signIn: { accessToken: string } }>(
    'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    { input: { email: 'owner@localhost', password: PASSWORD } },
  );
  const ask = askerAt(service.port, signIn.accessToken);
  const make = async (field: string, type: string, input: object, selection: string): Promise<never> =>
    (await ask<Record<string, never>>(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input }))[
      field
    ] as never;
  const { viewer } = await ask<{ viewer: { user: { organization: { id: string } } } }>('{ viewer { user { organization { id } } } }');
  const organizationId = viewer.user.organization.id;
  const { application } = await make('createApplication', 'CreateApplicationInput', { organizationId, name: 'Shop' }, 'application { id }');
  const { workspace } = await make(
    'createWorkspace',
    'CreateWorkspaceInput',
    { applicationId: (application as { id: string }).id, name: 'Orders' },
    'workspace { id }',
  );
  const key = { environment: 'PRODUCTION', name: 'Bench' };
  const first: { apiKey: { id: string }; key: string } = await make(
    'createApiKey',
    'CreateApiKeyInput',
    { ...key, namespaceId: (workspace as { id: string }).id, permissions: PERMISSIONS },
    'apiKey { id } key',
  );
  const gateway: { key: string } = await make(
    'createApiKey',
    'CreateApiKeyInput',
    { ...key, namespaceId: organizationId, permissions: ['apiKey:verify'] },
    'key',
  );
  await service.stop();
  return { database, gateway: gateway.key, keys: [first.key, ...(await copyKey(database, first.apiKey.id, keys - 1, keys - 1))] };
}

/** The operation that the playground has for it, and everybody copies. */
export const verifyDocument = readFileSync(inRepository('schema/operations/verifyApiKey.graphql'), 'utf8');
export const verifyManyDocument = readFileSync(inRepository('schema/operations/verifyApiKeys.graphql'), 'utf8');

/** What the service answers about one key, as data: what Apollo alone is to answer. */
export async function anAnswer(bench: Bench): Promise<object> {
  const service = await startService(bench.database);
  const ask = askerAt(service.port, bench.gateway);
  const data = await ask<{ verifyApiKey: { valid: boolean } }>(verifyDocument, { input: { key: bench.keys[0], permissions: [ASKED] } });
  await service.stop();
  if (!data.verifyApiKey.valid) throw new Error(`a key of the bench is refused: ${JSON.stringify(data)}`);
  return data.verifyApiKey;
}

/** The id of the key whose credential it is. */
export const idOf = (credential: string): string => `key_${credential.split('_')[2] ?? ''}`;
