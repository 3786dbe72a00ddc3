import { effective, held, reach } from '../../src/authority/index.js';
import { ofLevel, universe } from './designTables.js';
import { keyFacts, namespaceFacts, personFacts } from './facts.js';
import type { NamespaceRow, World } from './referenceModel.js';

/** Two tenants of the same shape: an organization with a group, two applications, each with two workspaces and two groups. */
const tenant = (organization: string): readonly NamespaceRow[] => {
  const row = (name: string, kind: NamespaceRow['kind'], parent: string): NamespaceRow => ({ id: name, kind, parent, deleted: false });
  const applications = [`${organization}/shop`, `${organization}/blog`];
  return [
    { id: organization, kind: 'ORGANIZATION', parent: null, deleted: false },
    row(`${organization}/staff`, 'USER_GROUP', organization),
    row(`${organization}/guests`, 'USER_GROUP', organization),
    ...applications.flatMap((application) => [
      row(application, 'APPLICATION', organization),
      row(`${application}/east`, 'WORKSPACE', application),
      row(`${application}/west`, 'WORKSPACE', application),
      row(`${application}/buyers`, 'USER_GROUP', application),
      row(`${application}/sellers`, 'USER_GROUP', application),
    ]),
  ];
};
const namespaces = [...tenant('acme'), ...tenant('rival')];

/** S3.17 to S3.24 and C20: what each kind of home lets through, target by target. What is not here is nothing. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'acme/shop/east': {
    'acme/shop/east': 'everything S3.17',
    'acme/shop': 'application:view S3.18',
    acme: 'organization:view S3.19',
  },
  'acme/shop/buyers': {
    'acme/shop/buyers': 'everything S3.20',
    'acme/shop': 'application:view S3.21',
    acme: 'organization:view S3.21',
  },
  'acme/staff': {
    'acme/staff': 'everything S3.20',
    acme: 'organization:view S3.22',
  },
  'acme/shop': {
    'acme/shop': 'everything S3.23',
    acme: 'organization:view S3.23',
    'acme/shop/east': 'workspace:view workspace:edit workspace:delete S3.24',
    'acme/shop/west': 'workspace:view workspace:edit workspace:delete S3.24',
    'acme/shop/buyers': 'userGroup:view userGroup:edit userGroup:delete S3.24',
    'acme/shop/sellers': 'userGroup:view userGroup:edit userGroup:delete S3.24',
  },
  acme: { acme: 'everything C20' },
};

const rows = Object.entries(table).flatMap(([home, exceptions]) =>
  namespaces.map(({ id: target }) => {
    const words = (exceptions[target] ?? 'nothing').split(' ');
    const fact = words.length > 1 ? words.pop() : target.startsWith('acme') ? 'S3.6, C20' : 'S4.11';
    return { home, target, through: words.join(', '), fact };
  }),
);

/** Somebody of acme who is OWNER of everything there, and their key at that home which carries everything. */
const worldWithKeyAt = (home: string): World => ({
  now: 0,
  namespaces,
  users: [{ id: 'owner', tenant: 'acme', state: 'ACTIVE', groups: [] }],
  roles: [{ id: 'OWNER', permissions: ofLevel('OWNER') }],
  grants: namespaces.map(({ id }) => ({ subject: 'owner', role: 'OWNER', namespace: id })),
  keys: [
    {
      id: 'key',
      home,
      environment: 'PRODUCTION',
      permissions: universe,
      user: 'owner',
      issuer: 'owner',
      parent: null,
      things: null,
      networks: null,
      stopped: false,
      expiresAt: null,
    },
  ],
});

test('the table asks of the five kinds of home about every namespace of both tenants', () => {
  expect(Object.keys(table)).toHaveLength(5);
  expect(rows).toHaveLength(5 * 26);
});

test.each(rows)('$fact: a key at home in $home lets through to $target: $through', ({ home, target, through }) => {
  const world = worldWithKeyAt(home);
  const there = namespaceFacts(world, target);
  const expected = through === 'everything' ? universe : through === 'nothing' ? [] : through.split(', ');
  const actual = reach(namespaceFacts(world, home), there);
  expect(actual === 'everything' ? universe : [...actual]).toEqual(expected);

  const holds = held(personFacts(world, 'owner'), there);
  const usable = universe.filter((name) => expected.some((each) => each === name) && holds.has(name));
  expect([...effective(keyFacts(world, 'key'), there)].sort()).toEqual([...usable].sort());
});

test.each(Object.keys(table))('a deleted namespace reaches nothing and is reached from nowhere, at home in %s', (home) => {
  const world = worldWithKeyAt(home);
  const gone = { ...namespaceFacts(world, home), deleted: true };
  for (const { id } of namespaces) {
    expect(reach(gone, namespaceFacts(world, id))).toEqual(new Set());
    expect(reach(namespaceFacts(world, id), gone)).toEqual(new Set());
  }
});

const kinds = ['ORGANIZATION', 'APPLICATION', 'WORKSPACE', 'USER_GROUP'] as const;
/** Between kinds, whatever is told of who stands in whom. */
const between = kinds.flatMap((home) => kinds.map((target) => ({ home, target })));
const exceptions = [
  ...['APPLICATION', 'WORKSPACE', 'USER_GROUP'].map((home) => `${home} to ORGANIZATION`),
  ...['WORKSPACE', 'USER_GROUP'].flatMap((each) => [`${each} to APPLICATION`, `APPLICATION to ${each}`]),
];

test.each(between)(
  'of a key in $home to $target only the exceptions let anything through, also on facts that no store makes',
  ({ home, target }) => {
    const inside = (kind: string): boolean => kind === 'WORKSPACE' || kind === 'USER_GROUP';
    const facts = { organizationId: 'acme', deleted: false, first: false };
    const from = { ...facts, id: 'home', kind: home, applicationId: inside(home) ? 'target' : null };
    const to = { ...facts, id: 'target', kind: target, applicationId: inside(target) ? 'home' : null };
    const through = reach(from, to);
    expect(through === 'everything' || through.size > 0).toBe(exceptions.includes(`${home} to ${target}`));
  },
);
