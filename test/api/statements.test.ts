import { VerifyApiKeysDocument } from '../generated/documents.js';
import { type Service, startService } from '../support/service.js';
import { steadily } from '../support/steadily.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

/** Rows of each kind. A page of all of them must cost as many statements as a page of three. */
const MANY = 30;

// Longer than this file takes: what is written behind the answers would be counted with them.
const QUIET_MS = 3_600_000;

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
let variables: Record<string, string>;
const keys: { readonly key: TestKey; readonly application: string }[] = [];

beforeAll(async () => {
  service = await startService(undefined, { flushEveryMs: QUIET_MS });
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  const role = await tenant.role('Custom', 'event:submit', 'application:view');
  const group = await tenant.group();
  for (let n = 0; n < MANY; n += 1) {
    const application = await tenant.application(`Application ${n}`);
    const workspace = await tenant.workspace(application);
    const ofApplication = await tenant.group(application);
    const user = await tenant.serviceUser(`User ${n}`, [role], ['rol_viewer', application], ['rol_editor', workspace]);
    await tenant.join(group, user);
    await tenant.join(ofApplication, user);
    keys.push({ key: await tenant.key({ forUser: user, roleId: role }), application });
    keys.push({ key: await tenant.key({ namespaceId: application }), application });
  }
  const { organizationId: org, owner } = tenant;
  variables = { org, group, owner: owner.id };
}, 120_000);
afterAll(() => service.stop());

const tag = 'id kind name description createdAt viewerPermissions';
const person = 'id kind name email active organization { id name }';
const grant = `id createdAt role { id name permissions } namespace { ${tag} } grantedBy { ${person} } subject { ... on User { ${person} } ... on UserGroup { id name viewerPermissions } }`;
const key = `id status permissions effectivePermissions role { id name permissions } namespace { ${tag} } user { ${person} } createdBy { ${person} } issuedBy { ${person} } createdByApiKey { id } revocation { by { id } }`;

const queries: Record<string, string> = {
  'Query.organizations': `{ organizations(first: $n) { nodes { ${tag} } totalCount } }`,
  'Query.applications': `{ applications(first: $n) { nodes { ${tag} organization { ${tag} } } totalCount } }`,
  'Query.workspaces': `{ workspaces(first: $n) { nodes { ${tag} application { ${tag} organization { ${tag} } } } totalCount } }`,
  'Query.userGroups': `{ userGroups(first: $n) { nodes { ${tag} organization { ${tag} } application { ${tag} } } totalCount } }`,
  'Query.apiKeys': `{ apiKeys(first: $n) { nodes { ${key} } totalCount } }`,
  'Query.apiKeys, narrowed and ordered': `{ apiKeys(filter: { status: ACTIVE, search: "k" }, orderBy: { field: NAME, direction: DESC }, first: $n) { nodes { ${key} } totalCount } }`,
  'Application.apiKeys of each, narrowed and ordered': `{ applications(first: $n) { nodes { apiKeys(filter: { status: ACTIVE }, orderBy: { field: LAST_USED_AT, direction: ASC }, first: 3) { nodes { ${key} } totalCount } } } }`,
  'Organization.applications': `{ namespace(id: $org) { ... on Organization { applications(first: $n) { nodes { ${tag} } totalCount } } } }`,
  'Organization.userGroups': `{ namespace(id: $org) { ... on Organization { userGroups(first: $n) { nodes { ${tag} } totalCount } } } }`,
  'Organization.users': `{ namespace(id: $org) { ... on Organization { users(first: $n) { nodes { ${person} permissions(namespaceId: $org) } totalCount } } } }`,
  'Organization.users, their groups': `{ namespace(id: $org) { ... on Organization { users(first: $n) { nodes { userGroups { ${tag} } } } } } }`,
  'Organization.users, their grants': `{ namespace(id: $org) { ... on Organization { users(first: $n) { nodes { grants(first: 3) { nodes { ${grant} } totalCount } } } } } }`,
  'Organization.users, their keys': `{ namespace(id: $org) { ... on Organization { users(first: $n) { nodes { apiKeys(first: 3) { nodes { ${key} } totalCount } } } } } }`,
  'Organization.grants': `{ namespace(id: $org) { grants(first: $n) { nodes { ${grant} } totalCount } } }`,
  'Organization.apiKeys': `{ namespace(id: $org) { apiKeys(first: $n) { nodes { ${key} } totalCount } } }`,
  'Application.workspaces of each': `{ applications(first: $n) { nodes { workspaces(first: 3) { nodes { ${tag} } totalCount } } } }`,
  'Application.userGroups of each': `{ applications(first: $n) { nodes { userGroups(first: 3) { nodes { ${tag} members(first: 2) { nodes { ${person} } } } totalCount } } } }`,
  'Application.grants of each': `{ applications(first: $n) { nodes { grants(first: 3) { nodes { ${grant} } totalCount } } } }`,
  'Application.apiKeys of each': `{ applications(first: $n) { nodes { apiKeys(first: 3) { nodes { ${key} } totalCount } } } }`,
  'Workspace.grants of each': `{ workspaces(first: $n) { nodes { grants(first: 3) { nodes { ${grant} } } apiKeys(first: 3) { nodes { id } } } } }`,
  'UserGroup.members': `{ namespace(id: $group) { ... on UserGroup { members(first: $n) { nodes { ${person} } totalCount } } } }`,
  'UserGroup.members of each': `{ userGroups(first: $n) { nodes { members(first: 3) { nodes { ${person} userGroups { id } } totalCount } } } }`,
  'User.grants': `{ user(id: $owner) { grants(first: $n) { nodes { ${grant} } totalCount } } }`,
  'User.apiKeys': `{ user(id: $owner) { apiKeys(first: $n) { nodes { ${key} } totalCount } } }`,
};

describe.each(['a person', 'a key'])('asked by %s, the number of statements does not grow with the number of rows', (who) => {
  test.each(Object.keys(queries))('%s', async (name) => {
    const query = queries[name]!;
    const used = ['org', 'group', 'owner'].filter((each) => query.includes(`$${each}`));
    const document = `query ($n: Int!${used.map((each) => `, $${each}: ID!`).join('')}) ${query}`;
    const client = who === 'a key' ? everything.client : tenant.owner.client;
    let rows = 0;
    const statements = async (n: number): Promise<number> => {
      const sent = await service.statementsOf(async () => {
        const { data, errors } = await client.send<object>(document, {
          n,
          ...Object.fromEntries(used.map((each) => [each, variables[each]])),
        });
        expect(errors).toEqual([]);
        rows = JSON.stringify(data).split('"id"').length;
      });
      return sent.length;
    };
    await steadily(async () => {
      const ofThree = await statements(3);
      const found = rows;
      expect([name, await statements(MANY)]).toEqual([name, ofThree]);
      if (who === 'a person' && name !== 'Query.organizations') expect(rows).toBeGreaterThan(3 * found);
      expect(ofThree).toBeLessThanOrEqual(30);
    });
  });

  let everything: TestKey;
  beforeAll(async () => {
    everything = await tenant.key();
    // At its first use a key is read, and remembered from then on.
    await everything.client.ask('{ viewer { __typename } }');
  });
});

describe('verifyApiKeys', () => {
  test.each([
    ['about what the keys hold', () => ({ permissions: ['event:submit'] })],
    ['about where they want to act', (application: string) => ({ namespaceId: application })],
  ])('asks the database as often about 20 new keys as about 2, and about known ones not at all: %s', async (_what, more) => {
    const statements = async (count: number): Promise<number> => {
      const inputs = keys.slice(0, count).map((each) => ({ key: each.key.key, ...more(each.application) }));
      const sent = await service.statementsOf(async () => {
        const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs });
        expect(verifyApiKeys.some(({ valid }) => valid)).toBe(true);
      });
      return sent.length;
    };
    const { contexts } = service.app;
    await steadily(async () => {
      contexts.forgetAll();
      const ofTwo = await statements(2);
      contexts.forgetAll();
      expect(await statements(20)).toBe(ofTwo);
      expect(ofTwo).toBeGreaterThan(0);
      expect(ofTwo).toBeLessThanOrEqual(12);
      expect(await statements(20)).toBe(0);
    });
  });

  test('answers a made-up credential without asking the database about it (R29)', async () => {
    const ask = (presented: string) =>
      service.statementsOf(() => gateway.client.ask(VerifyApiKeysDocument, { inputs: [{ key: presented }] }));
    const known = keys[0]!.key.key;
    const mistyped = known.slice(0, -1) + (known.endsWith('0') ? '1' : '0');
    await steadily(async () => {
      service.app.contexts.forgetAll();
      // The asking key is read, and the one that is asked about: each itself, and what its people hold.
      expect(await ask(known)).toHaveLength(4);
      expect(await ask(mistyped)).toEqual([]);
      expect(await ask('bwk_nonsense')).toEqual([]);
      // One of another form may have been imported: it is looked for by its digest and by its head, and that is all.
      expect((await ask('nonsense')).length).toBeLessThanOrEqual(2);
    });
  });
});
