import { ofLevel, sessionOnlyNames } from '../authority/designTables.js';
import {
  askOfEach,
  forEach,
  foundReachTenant,
  type Home,
  homes,
  kindOf,
  type Place,
  places,
  type ReachTenant,
} from '../support/reachTenant.js';
import { cell, rowOf } from '../support/reachTable.js';
import { type Service, startService } from '../support/service.js';
import { verify } from '../support/tenant.js';

/** The lists, word by word: S3.17 to S3.24 and C20. */
const lists: Readonly<Record<Home, Readonly<Record<string, readonly Place[]>>>> = {
  A1: { organizations: ['O'], applications: ['A'], workspaces: ['A1'], userGroups: [] },
  A: { organizations: ['O'], applications: ['A'], workspaces: ['A1', 'A2'], userGroups: ['GA1', 'GA2'] },
  GA1: { organizations: ['O'], applications: ['A'], workspaces: [], userGroups: ['GA1'] },
  GO1: { organizations: ['O'], applications: [], workspaces: [], userGroups: ['GO1'] },
  O: { organizations: ['O'], applications: [], workspaces: [], userGroups: [] },
};

/** What hangs together with what a key sees: never a way round the lists. */
const nested: Readonly<Record<Home, Readonly<Record<string, readonly Place[]>>>> = {
  A1: {
    ...{ 'O applications': ['A'], 'O userGroups': [] },
    ...{ 'A organization': ['O'], 'A workspaces': ['A1'], 'A userGroups': [], 'A1 application': ['A'] },
  },
  A: {
    ...{ 'O applications': ['A'], 'O userGroups': ['GA1', 'GA2'] },
    ...{ 'A organization': ['O'], 'A workspaces': ['A1', 'A2'], 'A userGroups': ['GA1', 'GA2'] },
    ...{ 'A1 application': ['A'], 'A2 application': ['A'] },
    ...{ 'GA1 organization': ['O'], 'GA1 application': ['A'], 'GA2 organization': ['O'], 'GA2 application': ['A'] },
  },
  GA1: {
    ...{ 'O applications': ['A'], 'O userGroups': ['GA1'] },
    ...{ 'A organization': ['O'], 'A workspaces': [], 'A userGroups': ['GA1'] },
    ...{ 'GA1 organization': ['O'], 'GA1 application': ['A'] },
  },
  GO1: { ...{ 'O applications': [], 'O userGroups': ['GO1'] }, ...{ 'GO1 organization': ['O'], 'GO1 application': [] } },
  O: { 'O applications': [], 'O userGroups': [] },
};

let service: Service;
let world: ReachTenant;

beforeAll(async () => {
  service = await startService();
  world = await foundReachTenant(service);
});
afterAll(() => service.stop());

type Node = { readonly id: string };
type Nodes = { readonly nodes: readonly Node[] };
const named = (nodes: readonly Node[]): string[] => nodes.map(({ id }) => world.placeOf(id)).sort();
const ids = (): string[] => places.map((place) => world.id[place]);
const view = { org: 'organization', app: 'application', wks: 'workspace', grp: 'userGroup' } as const;

describe.each(homes)('a key at home in %s', (home) => {
  const client = () => world.caller[home].client;

  test('lists exactly what it reaches, of each kind (S3.17 to S3.24, C20)', async () => {
    const fields = 'organizations { nodes { id } } applications { nodes { id } } workspaces { nodes { id } } userGroups { nodes { id } }';
    const found = await client().ask<Record<string, Nodes>>(`{ ${fields} }`);
    expect(Object.fromEntries(Object.entries(found).map(([list, { nodes }]) => [list, named(nodes)]))).toEqual(lists[home]);
  });

  test('lists no more where a list is narrowed to any parent (S3.6, S3.15)', async () => {
    for (const parent of places.filter((each) => kindOf(each) === 'app')) {
      const within = `(applicationId: "${world.id[parent]}")`;
      const found = await client().ask<Record<string, Nodes>>(
        `{ workspaces${within} { nodes { id } } userGroups${within} { nodes { id } } }`,
      );
      const { workspaces, userGroups } = lists[home];
      const expected =
        parent === 'A'
          ? { workspaces, userGroups: userGroups?.filter((each) => each.startsWith('GA')) }
          : { workspaces: [], userGroups: [] };
      expect(Object.fromEntries(Object.entries(found).map(([list, { nodes }]) => [list, named(nodes)]))).toEqual(expected);
    }
    for (const parent of ['O', 'F'] as const) {
      const within = `(organizationId: "${world.id[parent]}")`;
      const found = await client().ask<Record<string, Nodes>>(
        `{ applications${within} { nodes { id } } userGroups${within} { nodes { id } } }`,
      );
      const { applications, userGroups } = lists[home];
      const expected = parent === 'O' ? { applications, userGroups } : { applications: [], userGroups: [] };
      expect(Object.fromEntries(Object.entries(found).map(([list, { nodes }]) => [list, named(nodes)]))).toEqual(expected);
    }
  });

  test('finds by id, through `namespace` and `node`, what it lists and nothing else (S3.6, S3.17 to S3.24)', async () => {
    const expected = rowOf((place) => (cell(home, place) === '.' ? null : { id: world.id[place] }));
    for (const field of ['namespace', 'node']) {
      const found = await askOfEach<Node | null>(client(), ids(), (variable) => `${field}(id: ${variable}) { id }`);
      expect(rowOf((place) => found[places.indexOf(place)])).toEqual(expected);
    }
  });

  test('may use at home what it carries, elsewhere at most a record (S3.15, S3.24, C10, C11)', async () => {
    type Found = { readonly viewerPermissions: readonly string[] } | null;
    const found = await askOfEach<Found>(client(), ids(), (variable) => `namespace(id: ${variable}) { viewerPermissions }`);
    const atHome = ofLevel('ADMIN').filter((name) => !sessionOnlyNames.includes(name) && !/^(license|customer|telemetry):/.test(name));
    const expected = rowOf((place) => {
      const record = view[kindOf(place)];
      return {
        '*': [...atHome].sort(),
        r: [`${record}:view`],
        c: [`${record}:delete`, `${record}:edit`, `${record}:view`],
        '.': undefined,
      }[cell(home, place)];
    });
    expect(rowOf((place) => found[places.indexOf(place)]?.viewerPermissions)).toEqual(expected);
  });

  test('is led by no nested field to what it does not reach (S3.17 to S3.24, C11)', async () => {
    type Found = Readonly<Record<string, Nodes | Node | null>> | null;
    const fragment = `fragment Around on Namespace {
      ... on Organization { applications { nodes { id } } userGroups { nodes { id } } }
      ... on Application { organization { id } workspaces { nodes { id } } userGroups { nodes { id } } }
      ... on Workspace { application { id } }
      ... on UserGroup { organization { id } application { id } }
    }`;
    const found = await askOfEach<Found>(client(), ids(), (variable) => `namespace(id: ${variable}) { ...Around }`, fragment);
    const flat = places.flatMap((place, index) =>
      Object.entries(found[index] ?? {}).map(([field, value]) => {
        const nodes = value === null ? [] : 'nodes' in value ? value.nodes : [value];
        return [`${place} ${field}`, named(nodes)] as const;
      }),
    );
    expect(Object.fromEntries(flat)).toEqual(nested[home]);
  });

  test('sees keys, grants, members and users inside its home and nowhere else (S3.6, S3.15, C10)', async () => {
    const inside =
      'apiKeys { nodes { id } } grants { nodes { id } } ... on UserGroup { members { nodes { id } } } ... on Organization { users { nodes { id } } }';
    type Found = Readonly<Record<string, Nodes>> | null;
    const ask = (by = client()) => askOfEach<Found>(by, ids(), (variable) => `namespace(id: ${variable}) { ${inside} }`);
    const [found, all] = [await ask(), await ask(world.tenant.owner.client)];
    for (const place of places.filter((each) => cell(home, each) !== '.')) {
      const [mine, full] = [found[places.indexOf(place)] ?? {}, all[places.indexOf(place)] ?? {}];
      const expected = Object.fromEntries(
        Object.entries(full).map(([field, { nodes }]) => [
          field,
          // Of its home's keys those of its own environment (C21).
          place === home
            ? nodes
                .filter(({ id }) => id !== world.staging[place].id)
                .map(({ id }) => id)
                .sort()
            : [],
        ]),
      );
      expect({
        place,
        ...Object.fromEntries(Object.entries(mine).map(([field, { nodes }]) => [field, nodes.map(({ id }) => id).sort()])),
      }).toEqual({ place, ...expected });
      if (place === home) expect(full['grants']?.nodes.length).toBeGreaterThan(0);
    }
    if (kindOf(home) === 'grp') expect(found[places.indexOf(home)]?.['members']?.nodes).toEqual([{ id: world.member }]);
  });

  test('lists and finds itself and the keys of its home in its environment (S3.6, C21)', async () => {
    const { apiKeys } = await client().ask<{ apiKeys: Nodes }>('{ apiKeys(first: 100) { nodes { id } } }');
    expect(apiKeys.nodes.map(({ id }) => id).sort()).toEqual([world.caller[home].id, world.key[home].id].sort());
    for (const [keys, visible] of [
      [world.key, (place: Place) => place === home],
      [world.staging, () => false],
    ] as const) {
      for (const field of ['apiKey', 'node']) {
        const found = await askOfEach<Node | null>(
          client(),
          places.map((place) => keys[place].id),
          (variable) => `${field}(id: ${variable}) { id }`,
        );
        expect(rowOf((place) => found[places.indexOf(place)] !== null)).toEqual(rowOf(visible));
      }
    }
  });

  test('finds users only from the organization (S3.6)', async () => {
    const found = await askOfEach<Node | null>(
      client(),
      [world.member, world.tenant.owner.id],
      (variable) => `user(id: ${variable}) { id }`,
    );
    expect(found.map((user) => user !== null)).toEqual(home === 'O' ? [true, true] : [false, false]);
  });

  test('verifies the keys of its home; from the organization, all of the tenant (S3.6, S4.11)', async () => {
    const answers = async (keys: ReachTenant['key']) =>
      forEach(places, async (place) => (await verify(world.caller[home], keys[place])).code);
    const asks = (place: Place): boolean => (home === 'O' ? !place.startsWith('F') : place === home);
    expect(await answers(world.key)).toEqual(rowOf((place) => (asks(place) ? 'VALID' : 'NOT_FOUND')));
    expect(await answers(world.staging)).toEqual(rowOf((place) => (asks(place) ? 'ENVIRONMENT_MISMATCH' : 'NOT_FOUND')));
  });

  test('is verified wherever it reaches anything, and nowhere else (S3.6, S3.15)', async () => {
    const gateway = world.caller.O;
    const found = await forEach(
      places,
      async (place) => (await verify(gateway, world.caller[home], { namespaceId: world.id[place] })).code,
    );
    expect(found).toEqual(rowOf((place) => (cell(home, place) === '.' ? 'NAMESPACE_MISMATCH' : 'VALID')));
  });
});
