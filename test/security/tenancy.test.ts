import { getNamedType, type GraphQLObjectType, isAbstractType, isObjectType, isRequiredArgument } from 'graphql';
import { cursorOf } from '../../src/domain/page.js';
import { type IdKind, newId } from '../../src/domain/index.js';
import { makeCredential } from '../../src/keys/credential.js';
import { type Service, startService } from '../support/service.js';
import { bytesOf, indistinct, manyTimes, neighbours, send, unknown } from './support/indistinct.js';
import {
  documentOf,
  needed,
  pageOf,
  type Place,
  placesOf,
  type Root,
  roots,
  schema,
  selectionOf,
  takesInput,
  valueFor,
  variablesOf,
  withValueAt,
  written,
} from './support/operations.js';
import { inShort, showsNothing } from './support/shown.js';
import { type Asker, everyIdOf, type Twin, twinOf } from './support/twins.js';
import { PASSWORD, typeOfId } from './support/values.js';
import { act, userOf } from './support/world.js';

let service: Service;
let own: Twin;
let foreign: Twin;
let foreignIds: readonly string[];

beforeAll(async () => {
  service = await startService();
  [own, foreign] = [await twinOf(service), await twinOf(service)];
  foreignIds = await everyIdOf(service, foreign.tenant.organizationId);
});
afterAll(() => service.stop());

const kindsOf: Readonly<Record<string, readonly IdKind[]>> = {
  Organization: ['org', 'usr'],
  Application: ['app', 'wks', 'grp', 'org', 'key'],
  Workspace: ['wks', 'app'],
  UserGroup: ['grp', 'usr'],
  User: ['usr', 'key'],
  Role: ['rol', 'grt'],
  Grant: ['grt', 'rol'],
  ApiKey: ['key', 'usr'],
};

/** The foreign ids to try where an id of that type belongs: one living and one ended of each kind, and one of a wrong kind. */
function foreignFor(root: string, name: string): string[] {
  const type = typeOfId(root, name, own.ids);
  const kinds = kindsOf[type] ?? [foreign.ids[type]!.slice(0, 3)];
  return kinds.flatMap((kind) => {
    const all = foreign.specimens[kind] ?? [foreign.ids[type]!];
    return [...new Set(kind === kinds[0] ? [all[0]!, all.at(-1)!] : [all[0]!])];
  });
}

/** A foreign id of each kind. */
const oneOfEach = (): string[] => Object.values(foreign.specimens).map((all) => all[0]!);

const isId = ({ type }: { type: Place['type'] }): boolean => getNamedType(type).name === 'ID';
const mayAsk = ({ access }: Root, { kind }: Asker): boolean => access.callers !== (kind === 'KEY' ? 'SIGNED_IN' : 'KEY');
const isMismatch = (text: string): boolean => /"code":"NAMESPACE_MISMATCH"/.test(text) && /"(valid|allowed)":false/.test(text);
/** What a query may answer: one that needs a right is refused to who lacks it; all others show what the caller sees. */
const codesFor = ({ access }: Root, what: string): readonly string[] =>
  what === 'the owner' || access.by === 'seen' || access.by === 'own' ? ['OK'] : ['OK', 'FORBIDDEN', 'NOT_FOUND'];

/** The operations that read all that a query leads to: one, or for a query by id one for each of the things that it can find. */
function readsOf(root: Root): readonly (readonly [document: string, variables: Record<string, unknown>])[] {
  const { name, field } = root;
  const type = getNamedType(field.type);
  if (takesInput(root)) return [[documentOf(root), variablesOf(root, own.ids)]];
  if (!field.args.some(isRequiredArgument)) return [[`{ ${name} ${selectionOf(type, 3)} }`, {}]];
  const found = isAbstractType(type) ? schema.getPossibleTypes(type) : [type as GraphQLObjectType];
  return found
    .filter((each) => own.ids[each.name])
    .map((each) => [`query ($id: ID!) { ${name}(id: $id) { ... on ${each.name} ${selectionOf(each, 2)} } }`, { id: own.ids[each.name] }]);
}

test.each(roots.filter(({ kind }) => kind === 'Query').map((root) => [root.name, root] as const))(
  '%s: whatever is read, however deep, nothing of the tenant with the same names is in it (R8, R12)',
  async (_name, root) => {
    for (const [document, variables] of readsOf(root)) {
      for (const { what, client } of own.askers) {
        const answer = await send(client, document, variables);
        expect(codesFor(root, what)).toContain(answer.code);
        expect(foreignIds.filter((each) => answer.text.includes(each))).toEqual([]);
      }
    }
  },
);

const placesOfIds = (withInput: boolean): [string, Root, Place][] =>
  roots
    .filter((root) => root.access.callers !== 'ANYONE')
    .flatMap((root) =>
      placesOf(root)
        .filter((place) => isId(place) && (takesInput(root) || place.path.length > 1) === withInput)
        .map((place): [string, Root, Place] => [`${root.name}(${place.path.join('.')})`, root, place]),
    );

/** Right variables; without the optional ids where one of those is tried, because they would stand in its way. */
function baseFor(root: Root, place: Place, asker: Asker): Record<string, unknown> {
  const ids = { ...own.ids, credential: asker.credential };
  const variables = variablesOf(root, ids);
  const inside = placesOf(root).find(
    ({ path, required }) => !required && path.length > 1 && path.join() === place.path.slice(0, -1).join(),
  );
  const others = placesOf(root).filter((each) => isId(each) && !each.required && (!place.required || inside));
  const alone = others.reduce((rest, { path }) => withValueAt(rest, path, undefined), variables);
  // An object that may be left out is there with all that it needs where one of its own ids is tried.
  return inside ? withValueAt(alone, inside.path, valueFor(root.name, inside.path.at(-1)!, inside.type, ids)) : alone;
}

test.each(placesOfIds(true))(
  '%s: an id of another tenant is one that never was, byte by byte (R8, R9, R11)',
  async (_name, root, place) => {
    const askers = own.askers.filter((each) => mayAsk(root, each));
    const ids = foreignFor(root.name, place.path.at(-1)!);
    const tryOne = async (asker: Asker, id: string): Promise<void> => {
      const base = baseFor(root, place, asker);
      const ask = (each: string) => send(asker.client, documentOf(root), withValueAt(base, place.path, each));
      const answer = await indistinct(asker.what, ask, id, unknown(id), foreignIds);
      const isEmpty = root.kind === 'Query' && showsNothing(answer.data?.[root.name]);
      // A job is started the same for both; that it then does nothing to another tenant is shown in test/api.
      const isStarted = root.access.by.includes('job.importApiKeys') || root.access.by.includes('job.revokeApiKeys');
      const isAbsent = isStarted || answer.code === 'NOT_FOUND' || (answer.code === 'OK' && (isEmpty || isMismatch(answer.text)));
      // Who may do it at all is told which id was not there; others only that they may not.
      if (!isAbsent && (asker.what === 'the owner' || answer.code !== 'FORBIDDEN')) throw new Error(`${asker.what}: ${inShort(answer)}`);
    };
    // The first asker tries them all; the others the ones that would be right, living and ended.
    const tries = askers.flatMap((asker) => (asker === askers[0] ? ids : ids.slice(0, 3)).map((id) => [asker, id] as const));
    await Promise.all(tries.map(([asker, id]) => tryOne(asker, id)));
  },
);

test.each(placesOfIds(false))(
  '%s: an id of another tenant is one that never was, byte by byte (R8, R11)',
  async (_name, root, { path, type }) => {
    const [right = [], ...wrong] = [...Map.groupBy(foreignFor(root.name, path.at(-1)!), (id) => id.slice(0, 3)).values()];
    for (const { what, client } of own.askers) {
      const call = (value: string): string => `${root.name}(${written(path, value)}) ${selectionOf(root.field.type, 1)}`;
      const ask = (values: readonly string[]) => send(client, ...manyTimes(call, String(type), values));
      // Each kind by itself: an id of a wrong kind where a list is narrowed may be refused, and then the whole operation is.
      for (const ids of [right, ...wrong]) {
        const answer = await indistinct(what, ask, ids, ids.map(unknown), foreignIds);
        const values = Object.values(answer.data ?? {});
        const isRefused = ids !== right && answer.code === 'NOT_FOUND';
        expect(isRefused || (answer.code === 'OK' && values.length === ids.length && showsNothing(values))).toBe(true);
      }
    }
  },
);

test('node: every id that is in the database for another tenant is as absent as one that never was (R8, R11)', async () => {
  expect(foreignIds.length).toBeGreaterThan(60);
  for (const { client, what } of own.askers) {
    for (let from = 0; from < foreignIds.length; from += 30) {
      const some = foreignIds.slice(from, from + 30);
      const ask = (ids: readonly string[]) => send(client, ...manyTimes((value) => `node(id: ${value}) { id }`, 'ID!', ids));
      const answer = await indistinct(what, ask, some, some.map(unknown), foreignIds);
      expect([answer.errors, Object.values(answer.data ?? { nothing: 0 }).every((found) => found === null)]).toEqual([[], true]);
    }
  }
});

/** Arguments of fields of things, which are reached through `node`. */
const nested = Object.values(schema.getTypeMap())
  .filter((type): type is GraphQLObjectType => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'))
  .flatMap((type) => Object.values(type.getFields()).flatMap((field) => field.args.map((argument) => ({ type, field, argument }))))
  .filter(({ argument }) => isId(argument) || argument.name === 'after');

test.each(nested.map((each) => [`${each.type.name}.${each.field.name}(${each.argument.name})`, each] as const))(
  '%s: an id of another tenant is one that never was, byte by byte (R8, R12)',
  async (_name, { type, field, argument }) => {
    const isCursor = argument.name === 'after';
    expect(field.args.filter((each) => isRequiredArgument(each) && each !== argument)).toEqual([]);
    const ids = isCursor ? oneOfEach() : foreignFor(type.name, argument.name);
    const call = (value: string): string =>
      `${field.name}(${argument.name}: ${value}) ${isCursor ? pageOf(field.type) : selectionOf(field.type, 1)}`;
    const around = (fields: string): string => `node(id: "${own.ids[type.name]!}") { ... on ${type.name} { ${fields} } }`;
    for (const { what, client } of own.askers) {
      const ask = (values: readonly string[]) =>
        send(client, ...manyTimes(call, String(argument.type), values.map(isCursor ? cursorOf : String), around));
      const answer = await indistinct(what, ask, ids, isCursor ? neighbours(ids) : ids.map(unknown), foreignIds);
      // A failure of a job has no id: who sees the job is told that these are no cursors of its failures.
      expect(type.name === 'Job' ? ['OK', 'BAD_USER_INPUT'] : ['OK']).toContain(answer.code);
    }
  },
);

const lists = roots.filter(({ field }) => field.args.some(({ name }) => name === 'after'));
test.each(lists.map((root) => [root.name, root] as const))(
  '%s: a cursor of another tenant is a position and nothing else (R8)',
  async (name, root) => {
    const ids = oneOfEach();
    for (const { what, client } of own.askers) {
      const ask = (values: readonly string[]) =>
        send(
          client,
          ...manyTimes(
            (value) => `${name}(${needed(root, own.ids.Organization)} after: ${value}) ${pageOf(root.field.type)}`,
            'String!',
            values.map(cursorOf),
          ),
        );
      expect(codesFor(root, what)).toContain((await indistinct(what, ask, ids, neighbours(ids), foreignIds)).code);
    }
  },
);

describe('verification', () => {
  const document =
    'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { valid code httpStatus message name apiKeyId organizationId } }';

  test("another tenant's credentials, living and ended, are those of keys that never were (R8, R18, R33, R34)", async () => {
    for (const { client, what } of own.askers.filter(({ kind }) => kind === 'KEY')) {
      for (const { key } of foreign.keys) {
        const never = makeCredential(newId('key'), key.startsWith('bwk_stg') ? 'STAGING' : 'PRODUCTION').credential;
        const answer = await indistinct(
          what,
          (credential) => send(client, document, { input: { key: credential } }),
          key,
          never,
          foreignIds,
        );
        expect(answer.data).toMatchObject({ verifyApiKey: { valid: false, code: 'NOT_FOUND', apiKeyId: null, organizationId: null } });
      }
    }
  });
});

describe('signing in', () => {
  const document = 'mutation ($input: SignInInput!) { signIn(input: $input) { user { id } } }';
  const signIn = (email: string, password: string, organizationId: string) =>
    send(service.anonymous, document, { input: { email, password, organizationId } });

  test("one's own right password opens no other tenant, and nothing is told of who is known there (R86)", async () => {
    await userOf(own.tenant, 'Only here');
    const { organizationId } = foreign.tenant;
    const ask = (id: string) => signIn('only.here@tenant.test', PASSWORD, id);
    expect((await indistinct('somebody', ask, organizationId, newId('org'), foreignIds)).code).toBe('UNAUTHENTICATED');
    const guess = (email: string) => signIn(email, 'wrong and long', organizationId);
    await indistinct('a guesser', guess, 'member@tenant.test', 'never.was@tenant.test', foreignIds);
  });

  test('an address that is known in another tenant is free in this one (R86, C24)', async () => {
    await userOf(foreign.tenant, 'Only there');
    await expect(userOf(own.tenant, 'Only there')).resolves.toMatch(/^usr_/);
  });
});

test('a header that names another tenant, or somebody else, changes nothing (R9, R63)', async () => {
  const { organizationId, owner } = foreign.tenant;
  const tenants = ['x-tenant-id', 'x-organization-id', 'x-org-id', 'x-zitadel-orgid', 'x-auth-organization-id'];
  const headers = {
    ...Object.fromEntries(tenants.map((name) => [name, organizationId])),
    'x-user-id': owner.id,
    'x-auth-user-id': owner.id,
    'x-auth-permissions': 'owner:manage',
    forwarded: 'for=127.0.0.1;host=admin',
  };
  const viewing = '{ viewer { user { id organization { id } } apiKey { id } } organizations { nodes { id } } }';
  const theirs = 'query ($id: ID!) { namespace(id: $id) { id } node(id: $id) { id } }';
  for (const { client } of own.askers) {
    for (const [document, variables] of [[viewing, {}] as const, [theirs, { id: organizationId }] as const]) {
      expect(bytesOf(await send(client.with(headers), document, variables))).toBe(bytesOf(await send(client, document, variables)));
    }
  }
  const takingOver = act(
    own.tenant.owner.client.with(headers),
    'updateOrganization',
    'UpdateOrganizationInput',
    { id: organizationId, name: 'Mine' },
    '{ organization { id } }',
  );
  await expect(takingOver).rejects.toThrow('NOT_FOUND');
});

test('ten thousand ids that never were, swapped in type or spelt otherwise, are null and no error (R11)', async () => {
  const ownIds = Object.values(own.specimens).flat();
  const kinds = Object.keys(own.specimens);
  const respelt = ownIds.flatMap((id) => [
    ...kinds.filter((kind) => !id.startsWith(kind)).map((kind) => kind + id.slice(3)),
    ...[id.toUpperCase(), ` ${id}`, `${id} `, `${id}\0`, id.slice(0, -1), `${id}0`, id.replace('_', '＿'), id.replace('_', '%5F')],
    ...[id, `ApiKey:${id}`].map((text) => Buffer.from(text).toString('base64')),
    id.replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('v', 'u'),
  ]);
  const random = Array.from({ length: 10_000 - respelt.length }, (_, index) => newId(kinds[index % kinds.length] as IdKind));
  const all = [...respelt, ...random].filter((id) => !ownIds.includes(id));
  for (let from = 0; from < all.length; from += 30) {
    const asked = manyTimes((value) => `node(id: ${value}) { id }`, 'ID!', all.slice(from, from + 30));
    const { status, errors, data } = await send(own.tenant.owner.client, ...asked);
    expect([status, errors, Object.values(data ?? { nothing: 0 }).every((found) => found === null)]).toEqual([200, [], true]);
  }
});
