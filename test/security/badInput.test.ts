import { getNamedType, type GraphQLObjectType, isObjectType, isRequiredArgument } from 'graphql';
import type { Answer, Client } from '../support/client.js';
import { inBatches } from '../support/inBatches.js';
import { until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';
import { type IdUse, valuesFor } from './support/badValues.js';
import { faultOfJobForNothing, faultOfKeptText } from './support/jobFaults.js';
import {
  documentOf,
  type Place,
  placesOf,
  type Root,
  roots,
  rowsOf,
  schema,
  selectionOf,
  variablesOf,
  withValueAt,
} from './support/operations.js';
import { errorLines, inShort, telling } from './support/shown.js';
import { type Ids, typeOfId } from './support/values.js';
import { firstTenant, preyOf } from './support/world.js';
import type { Tried } from './support/tried.js';

let service: Service;
let tenant: TestTenant;
let prey: Ids;
let foreign: Ids;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await firstTenant(service);
  prey = await preyOf(tenant);
  foreign = await preyOf(await foundTenant(service, 'Other'));
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

type Data = Record<string, unknown>;

/** What a refusal of input may be. */
const refusals = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_REQUEST']);
/** Beside them: what is compared and not right, and a page too large to be read at all. */
const alsoFor: Readonly<Record<string, string>> = {
  signIn: 'UNAUTHENTICATED',
  refreshSession: 'UNAUTHENTICATED',
  first: 'QUERY_TOO_COMPLEX',
};
/** Of queries that find nothing, and questions about a credential that is no good: answered, and nothing is told. */
const isQuestion = ({ kind, access }: Root): boolean => kind === 'Query' || access.callers === 'KEY';

/** What is wrong with an answer to something that was tried; null if nothing is. */
function fault(answer: Answer<Data>, { what, must }: Tried, also: readonly (string | undefined)[]): string | null {
  const complain = (about: string): string => `${what}: ${about}: ${inShort(answer)}`;
  if (answer.status >= 500 || answer.code === 'INTERNAL_SERVER_ERROR') return complain('a fault');
  if (telling.test(answer.text)) return complain('tells of what is inside');
  if (errorLines(service.logged).length > 0) return complain(`logged as a fault: ${errorLines(service.logged).join('\n')}`);
  if (answer.code === 'OK') return must === 'BE_REFUSED' ? complain('accepted') : null;
  if (must === 'BE_ACCEPTED') return complain('refused');
  const isClash = must === 'NOT_FAIL' && answer.code === 'CONFLICT';
  if (!refusals.has(answer.code) && !also.includes(answer.code) && !isClash) return complain('refused with another code');
  const [error] = answer.errors;
  const byTheService = error?.path !== undefined && (answer.code === 'BAD_USER_INPUT' || answer.code === 'NOT_FOUND');
  if (byTheService && !answer.field) return complain('refused without a field');
  if (/Invalid input|expected .* received/.test(error?.message ?? '')) return complain('refused in the words of a library');
  return null;
}

/** What was tried may have held the process up for a moment, and its lease have lapsed: it is ready again by itself. */
const ready = (): Promise<true> => until(async () => ((await fetch(`${service.url}/readyz`)).ok ? true : undefined));

/** Tries values at one place, and answers what went wrong. */
async function tryAll(
  tried: readonly Tried[],
  also: readonly (string | undefined)[],
  ask: (value: unknown) => Promise<Answer<Data>>,
  then = ok,
) {
  const faultOf = async (each: Tried): Promise<string | null> => {
    const answer = await ask(each.value);
    return fault(answer, each, also) ?? (await then(answer, each));
  };
  // What is refused changes nothing, and is tried many at a time.
  const refused = tried.filter(({ must }) => must === 'BE_REFUSED');
  const faults = await inBatches(refused, faultOf);
  for (const each of tried) if (!refused.includes(each)) faults.push(await faultOf(each));
  await ready();
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  return faults.filter((found) => found !== null);
}
const ok = (_answer: Answer<Data>, _tried: Tried): Promise<string | null> => Promise.resolve(null);

/** What narrows a list of keys, and what is said of keys that a job is to import, is compared with what there is when that is done. */
const compared: Readonly<Record<string, string>> = { apiKeys: 'filter', revokeApiKeys: 'filter', importApiKeys: 'keys' };
const useOfIds = (root: Root, { path }: Place): IdUse =>
  path.includes(compared[root.name] ?? '') ? 'COMPARES' : isQuestion(root) ? 'ASKS' : 'ACTS';

const idAt = ({ name }: Root, { path, type }: Place): string =>
  getNamedType(type).name === 'ID' ? foreign[typeOfId(name, path.at(-1) ?? '', foreign)]! : '';

let people = 0;
async function callerOf({ name, access }: Root): Promise<Client> {
  if (access.callers === 'KEY') return gateway.client;
  if (name !== 'changePassword') return tenant.owner.client;
  people += 1;
  return (await tenant.person(`Person ${people}`)).client;
}

const tables: Readonly<Record<string, string>> = {
  PermissionDefinition: 'permission_definitions',
  Organization: 'namespaces',
  Application: 'namespaces',
  Workspace: 'namespaces',
  UserGroup: 'namespaces',
  User: 'users',
  Role: 'roles',
  ApiKey: 'api_keys',
  Webhook: 'webhooks',
};
const columns: Readonly<Record<string, string>> = { reason: 'revoke_reason', type: 'restrictions' };

/** Whether a text that a mutation accepted is in the database as it was sent, byte by byte (R46). */
async function isStored(root: Root, { path, type }: Place, answer: Answer<Data>, { what, value }: Tried): Promise<string | null> {
  if (answer.code !== 'OK' || typeof value !== 'string' || isQuestion(root) || getNamedType(type).name !== 'String') return null;
  const payload = Object.values(answer.data?.[root.name] ?? {}) as unknown[];
  const made = payload.filter((each): each is Data & { __typename: string } => typeof each === 'object' && each !== null);
  // Of a new organization and its first owner, it is the owner whom `input.owner` describes.
  const thing: Data & { __typename: string } = (path.includes('owner') ? made.at(-1) : made[0]) ?? { __typename: '' };
  if (thing.__typename === 'Job') {
    const found = await faultOfKeptText(service, tenant, String(thing['id']), { root: root.name, path, value });
    return found && `${what}: ${found}`;
  }
  const [table, column] = [tables[thing.__typename], columns[path.at(-1) ?? ''] ?? path.at(-1) ?? ''];
  if (table === undefined) return `${what}: it is not known where a ${thing.__typename} is stored: add its table to this test`;
  const key = 'id' in thing ? 'id' : 'name';
  const [row] = await service.app.database.reader.query<Data[]>(`SELECT * FROM ${table} WHERE ${key} = ?`, [thing[key]]);
  if (/password/i.test(column)) return JSON.stringify(row).includes(value) ? `${what}: stored in clear` : null;
  const isWithin = path.includes('restrictions') && String(row?.[column]).includes(JSON.stringify(value));
  return isWithin || row?.[column] === value ? null : `${what}: stored as ${JSON.stringify(row?.[column])}`;
}

/** Whether an id of nothing, where it was accepted to be compared, narrowed everything away. */
async function findsNothing(root: Root, answer: Answer<Data>, { what, must }: Tried): Promise<string | null> {
  if (answer.code !== 'OK' || must !== 'BE_ACCEPTED') return null;
  const { nodes, job } = answer.data?.[root.name] as { nodes?: unknown[]; job?: { id: string } };
  const found = job ? await faultOfJobForNothing(tenant, job.id) : nodes?.length === 0 ? null : `found ${inShort(answer)}`;
  return found && `${what}: ${found}`;
}

describe.each(rowsOf(roots.filter(({ field }) => field.args.length > 0)))('%s', (_name, root) => {
  const places = placesOf(root).map((place) => [place.path.join('.'), place] as const);

  test.each(places)(
    '%s: bad input is refused with its field, good input is kept, and nothing is told (R2, R42, R45, R46, R47, R60)',
    async (_path, place) => {
      const client = await callerOf(root);
      const isCompared = root.access.callers === 'ANYONE' || (isQuestion(root) && place.path.at(-1) === 'key');
      const tried = valuesFor(place, useOfIds(root, place), idAt(root, place)).map((each): Tried =>
        isCompared && each.must === 'BE_ACCEPTED' ? { ...each, must: 'NOT_FAIL' } : each,
      );
      const ask = (value: unknown) =>
        client.send<Data>(documentOf(root, 1), withValueAt(variablesOf(root, prey, place.path), place.path, value));
      const also = [alsoFor[root.name], alsoFor[place.path.at(-1) ?? '']];
      const isId = getNamedType(place.type).name === 'ID';
      const then = (answer: Answer<Data>, each: Tried) => (isId ? findsNothing(root, answer, each) : isStored(root, place, answer, each));
      expect(await tryAll(tried, also, ask, then)).toEqual([]);
    },
  );
});

/** What somebody might hope to set beside what may be set. */
const hoped = [
  'id',
  'userId',
  'ownerId',
  'createdBy',
  'issuedBy',
  'organizationId',
  'tenantId',
  'secret',
  'secretDigest',
  'expiresAt',
  'status',
  'isAdmin',
  'active',
  'grants',
];

test.each(rowsOf(roots.filter(({ field }) => field.args.some(({ name }) => name === 'input'))))(
  '%s: what is no field of its input cannot be set, not even beside what is right (R2, R17)',
  async (_name, root) => {
    const client = await callerOf(root);
    const fields = placesOf(root).map(({ path }) => path.join('.'));
    for (const name of hoped.filter((each) => !fields.includes(`input.${each}`))) {
      const answer = await client.send<Data>(documentOf(root, 1), withValueAt(variablesOf(root, prey), ['input', name], prey.User));
      expect([name, answer.code, answer.errors[0]?.message]).toEqual([
        name,
        'BAD_USER_INPUT',
        expect.stringContaining(`"${name}" is not defined`),
      ]);
    }
  },
);

/** Scalar arguments of fields of things, which are reached through `node`. */
const nested = Object.values(schema.getTypeMap())
  .filter((type): type is GraphQLObjectType => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'))
  .flatMap((type) => Object.values(type.getFields()).flatMap((field) => field.args.map((argument) => ({ type, field, argument }))));

test.each(nested.map((each) => [`${each.type.name}.${each.field.name}(${each.argument.name})`, each] as const))(
  '%s: a bad argument is refused or finds nothing, and nothing is told (R42, R43, R45, R60, R65)',
  async (_name, { type, field, argument }) => {
    const place: Place = { path: [argument.name], type: argument.type, required: isRequiredArgument(argument) };
    const document = `query ($id: ID!, $value: ${String(argument.type)}) { node(id: $id) { ... on ${type.name} { ${field.name}(${argument.name}: $value) ${selectionOf(field.type, 1)} } } }`;
    const ask = (value: unknown) => tenant.owner.client.send<Data>(document, { id: prey[type.name], value });
    expect(await tryAll(valuesFor(place, 'ASKS', foreign.Application), [alsoFor[argument.name]], ask)).toEqual([]);
  },
);

test.each(rowsOf(roots.filter(({ field }) => field.args.length > 0)))(
  '%s: wrong types written into the document are refused by validation (R42)',
  async (_name, root) => {
    const client = await callerOf(root);
    const literals = ['{ a: 1 }', '[[[1]]]', '1.5e3', 'ENUM', '"\\ud800"', '{ input: { __proto__: 1 } }', '$undeclared'];
    for (const literal of literals) {
      const [first] = root.field.args;
      const answer = await client.send<Data>(
        `${root.kind.toLowerCase()} { ${root.name}(${first!.name}: ${literal}) ${selectionOf(root.field.type, 0)} }`,
      );
      expect(fault(answer, { what: literal, value: literal, must: root.kind === 'Query' ? 'NOT_FAIL' : 'BE_REFUSED' }, [])).toBeNull();
    }
  },
);
