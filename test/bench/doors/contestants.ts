import { requestText } from '../client/plan.js';
import { inRepository, message, type Server, startProgram } from '../support/processes.js';
import type { BenchDatabase } from '../support/databases.js';
import { ASKED, type Bench, startService, verifyDocument, verifyManyDocument } from '../support/service.js';

/** A server that is up, and what it is asked. */
export interface Ready {
  readonly server: Server;
  readonly port: number;
  readonly requests: readonly string[];
  readonly expected: string;
}

/** Somebody whose requests a second are counted. */
export interface Contestant {
  readonly name: string;
  /** A door of this service. */
  readonly ours: boolean;
  /** Answers so few requests that waiting for many would take minutes. */
  readonly slow?: boolean;
  start(): Promise<Ready>;
}

const peer = (name: string, file: string, args: readonly string[] = []): Contestant => ({
  name,
  ours: false,
  start: async () => {
    const server = startProgram(inRepository('test/bench/peers', file), args);
    const { ready } = await message<{ ready: Omit<Ready, 'server'> }>(server.child, 'ready');
    return { server, ...ready };
  },
});

/** What others take for the same, and the least that the transport takes. */
export const peers = (answer: object): readonly Contestant[] => [
  peer('plain node:http', 'plainHttp.mjs'),
  peer('bare Fastify JSON', 'bareFastify.mjs'),
  peer('bare Apollo', 'bareApollo.mjs', [
    inRepository('schema/schema.graphql'),
    inRepository('schema/operations/verifyApiKey.graphql'),
    JSON.stringify(answer),
  ]),
  peer('better-auth', 'betterAuth.mjs'),
  peer('oidc-provider', 'oidcProvider.mjs'),
  { ...peer('Apollo with bcrypt', 'bcryptApollo.mjs'), slow: true },
];

/** Keys that are asked about in turns; the others of the tenant wait. Of a key that is asked about often, the log lists so much a minute. */
const BUSY = 100;
type Requests = (bench: Bench) => readonly string[];

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const graphql = (credential: string, query: string, variables: object = {}): string =>
  requestText('POST', '/graphql', { ...json, ...bearer(credential) }, JSON.stringify({ query, variables }));

const MANY = 10;

const busy = (keys: readonly string[]): readonly string[] => keys.slice(0, BUSY);

const verifyOne: Requests = ({ gateway, keys }) =>
  busy(keys).map((key) => graphql(gateway, verifyDocument, { input: { key, permissions: [ASKED] } }));
const verifyTen: Requests = ({ gateway, keys }) =>
  busy(keys).map((_, index) => {
    const some = Array.from({ length: MANY }, (_each, more) => keys[(index + more) % BUSY]);
    return graphql(gateway, verifyManyDocument, { inputs: some.map((key) => ({ key, permissions: [ASKED] })) });
  });
const introspect: Requests = ({ gateway, keys }) =>
  busy(keys).map((key) => requestText('POST', '/oauth2/introspect', { ...form, ...bearer(gateway) }, `token=${key}`));
const forwardAuth: Requests = ({ gateway, keys }) =>
  busy(keys).map((key) => requestText('GET', `/verify?permission=${ASKED}`, { ...bearer(key), 'x-bailiwick-service-key': gateway }));
const viewer: Requests = ({ keys }) => busy(keys).map((key) => graphql(key, '{ viewer { __typename } }'));

const door = (name: string, requests: Requests, expected: string, bench: Bench): Contestant => ({
  name: `${name}, ${bench.database.kind}`,
  ours: true,
  start: async () => {
    const server = await startService(bench.database);
    return { server, port: server.port, requests: requests(bench), expected };
  },
});

/** A door, measured on a database of that kind. */
const known: readonly (readonly [kind: BenchDatabase['kind'], name: string, requests: Requests, expected: string])[] = [
  ['SQLite', 'verifyApiKey', verifyOne, '"valid":true'],
  ['MariaDB', 'verifyApiKey', verifyOne, '"valid":true'],
  ['SQLite', 'verifyApiKeys of 10', verifyTen, '"valid":true'],
  ['SQLite', '/oauth2/introspect', introspect, '"active":true'],
  ['SQLite', '/verify', forwardAuth, ''],
  ['SQLite', '/graphql with a key (viewer)', viewer, '"viewer"'],
];

/** This service's doors, each on a database of its own: those that are wanted by name. */
export async function doors(
  found: (kind: BenchDatabase['kind']) => Promise<Bench>,
  wanted: (of: Pick<Contestant, 'name'>) => boolean,
): Promise<Contestant[]> {
  const made: Contestant[] = [];
  for (const [kind, name, requests, expected] of known) {
    if (wanted({ name: `${name}, ${kind}` })) made.push(door(name, requests, expected, await found(kind)));
  }
  return made;
}
