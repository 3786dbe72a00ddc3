import { ApplicationsDocument, ApiKeysDocument, DeleteNamespaceDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
/** 23 applications, in the order of their creation. */
let all: string[];

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  all = [];
  for (let n = 0; n < 23; n += 1) all.push(await tenant.application(`Application ${n % 5}`));
});
afterAll(() => service.stop());

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}
interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}
const PAGE = '{ edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }';
const page = async (args: { first?: number; after?: string | null }, by = owner): Promise<Page> =>
  (await by.ask<{ applications: Page }>(`query ($first: Int, $after: String) { applications(first: $first, after: $after) ${PAGE} }`, args))
    .applications;
const ids = ({ nodes }: Pick<Page, 'nodes'>): string[] => nodes.map(({ id }) => id);

describe('a page', () => {
  test('holds 20 where nothing is said, and 1 to 100 where it is', async () => {
    expect(ids(await page({}))).toEqual(all.slice(0, 20));
    expect(ids(await page({ first: 1 }))).toEqual(all.slice(0, 1));
    expect(ids(await page({ first: 100 }))).toEqual(all);
    for (const first of [0, -1, 101, 2_147_483_647]) {
      const answer = await owner.send('query ($first: Int) { organizations(first: $first) { totalCount } }', { first });
      expect([first, answer.code]).toEqual([first, first > 100_000 ? 'QUERY_TOO_COMPLEX' : 'BAD_USER_INPUT']);
    }
    expect(await owner.send(ApplicationsDocument, { first: 101 })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
    expect(await owner.send(ApplicationsDocument, { first: 1.5 })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('leads to the next until there is no more; every row is on exactly one', async () => {
    const found: string[] = [];
    let after: string | null = null;
    for (let n = 0; ; n += 1) {
      const next: Page = await page({ first: 10, after });
      expect(next.pageInfo.hasPreviousPage).toBe(n > 0);
      expect(next.edges.map(({ node }) => node.id)).toEqual(ids(next));
      expect(next.pageInfo.startCursor).toBe(next.edges[0]?.cursor);
      expect(next.pageInfo.endCursor).toBe(next.edges.at(-1)?.cursor);
      expect(next.totalCount).toBe(23);
      found.push(...ids(next));
      after = next.pageInfo.endCursor;
      if (!next.pageInfo.hasNextPage) break;
    }
    expect(found).toEqual(all);
    expect(await page({ first: 10, after })).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
      totalCount: 23,
    });
  });

  test('that ends exactly with the list has none behind it', async () => {
    expect((await page({ first: 23 })).pageInfo.hasNextPage).toBe(false);
    expect((await page({ first: 22 })).pageInfo.hasNextPage).toBe(true);
  });

  test('may begin behind any row', async () => {
    const { edges } = await page({ first: 100 });
    expect(ids(await page({ first: 2, after: edges[6]!.cursor }))).toEqual(all.slice(7, 9));
    expect(ids(await page({ first: 2, after: null }))).toEqual(all.slice(0, 2));
  });
});

describe('a cursor', () => {
  test('is one of ours, or is refused with the field', async () => {
    const { edges } = await page({ first: 2 });
    const good = edges[0]!.cursor;
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    const garbage = [
      '',
      'garbage',
      '0',
      all[0]!,
      ` ${good}`,
      `${good} `,
      `${good}=`,
      good.toUpperCase(),
      good.slice(0, -2),
      encoded(`id:${all[0]!}'`),
      encoded("id:' OR 1=1 --"),
      encoded('id:'),
      encoded(`xy:${all[0]!}`),
      'x'.repeat(10_000),
    ];
    for (const after of garbage) {
      expect([after, await owner.send(ApplicationsDocument, { after })]).toMatchObject([
        after,
        { code: 'BAD_USER_INPUT', field: 'after', data: null },
      ]);
    }
  });

  test('is a position and no access: one of another tenant, of another kind or of what is gone shows nothing new', async () => {
    const other = await foundTenant(service);
    await other.application();
    const theirs = await page({ first: 1 }, other.owner.client);
    const ours = ids(await page({ first: 100, after: theirs.pageInfo.endCursor }));
    expect(ours).toEqual(all.filter((id) => id > theirs.nodes[0]!.id));
    const key = await tenant.key();
    const keys = await owner.ask<{ apiKeys: Page }>(`{ apiKeys ${PAGE} }`);
    expect(ids(keys.apiKeys)).toContain(key.id);
    expect((await owner.send(ApplicationsDocument, { after: keys.apiKeys.pageInfo.endCursor })).code).toBe('OK');
  });
});

describe('under changes', () => {
  test('rows that are added or deleted meanwhile move nothing: none is shown twice, none is skipped', async () => {
    const moving = await foundTenant(service);
    const { client } = moving.owner;
    const before: string[] = [];
    for (let n = 0; n < 9; n += 1) before.push(await moving.application(`A${n}`));
    const first = await page({ first: 4 }, client);
    // The row of the cursor itself, one before it and one behind it go; another comes.
    for (const index of [3, 0, 5]) await client.ask(DeleteNamespaceDocument, { input: { id: before[index]! } });
    const added = await moving.application('Added');
    const second = await page({ first: 100, after: first.pageInfo.endCursor }, client);
    expect([...ids(first), ...ids(second)]).toEqual([...before.filter((_, index) => index !== 5), added]);
    expect(second.totalCount).toBe(7);
  });
});

describe('totalCount', () => {
  test('counts what the caller may see, and with the search', async () => {
    const person = await tenant.person('Ada', ['rol_viewer', all[0]!], ['rol_viewer', all[4]!]);
    expect(await page({ first: 1 }, person.client)).toMatchObject({
      nodes: [{ id: all[0] }],
      totalCount: 2,
      pageInfo: { hasNextPage: true },
    });
    const found = await owner.ask(ApplicationsDocument, { search: 'Application 4', first: 3 });
    expect(found.applications).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    expect(found.applications.nodes.map(({ id }) => id)).toEqual([all[4], all[9], all[14]]);
  });

  test('is asked of the database only where it is asked for', async () => {
    const counting = async (query: string) =>
      (await service.statementsOf(() => owner.ask(query))).filter((sql) => /COUNT\(/i.test(sql)).length;
    expect(await counting('{ applications(first: 2) { nodes { id } pageInfo { hasNextPage } } }')).toBe(0);
    expect(await counting('{ applications(first: 2) { nodes { id } totalCount } }')).toBe(1);
    expect(await counting('{ applications(first: 9) { nodes { workspaces { nodes { id } } } } }')).toBe(0);
    expect(await counting('{ applications(first: 9) { nodes { workspaces { totalCount } } } }')).toBe(1);
  });
});

describe('nested pages', () => {
  test("are each parent's own, with their own count and cursors", async () => {
    const [few, many, none] = [await tenant.application('Few'), await tenant.application('Many'), await tenant.application('None')];
    const made = new Map<string, string[]>([
      [few, []],
      [many, []],
    ]);
    for (let n = 0; n < 7; n += 1) {
      const parent = n % 3 === 0 ? few : many;
      made.get(parent)!.push(await tenant.workspace(parent, `W${n}`));
    }
    const { endCursor } = (await owner.ask<{ applications: Page }>(`{ applications(first: 100, search: "Application") ${PAGE} }`))
      .applications.pageInfo;
    const query = `query ($after: String!, $nested: String) { applications(after: $after) { nodes { id workspaces(first: 2, after: $nested) ${PAGE} } } }`;
    type Nested = { applications: { nodes: { id: string; workspaces: Page }[] } };
    const { nodes } = (await owner.ask<Nested>(query, { after: endCursor })).applications;
    expect(nodes.map(({ id, workspaces }) => [id, ids(workspaces), workspaces.totalCount, workspaces.pageInfo.hasNextPage])).toEqual([
      [few, made.get(few)!.slice(0, 2), 3, true],
      [many, made.get(many)!.slice(0, 2), 4, true],
      [none, [], 0, false],
    ]);
    const further = await owner.ask<Nested>(query, { after: endCursor, nested: nodes[1]!.workspaces.pageInfo.endCursor });
    expect(ids(further.applications.nodes[1]!.workspaces)).toEqual(made.get(many)!.slice(2));
    expect(further.applications.nodes[1]!.workspaces.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });

    const byAlias = await owner.ask<{ namespace: Record<string, Page> }>(
      `query ($id: ID!) { namespace(id: $id) { ... on Application { one: workspaces(first: 1) ${PAGE} three: workspaces(first: 3) ${PAGE} found: workspaces(search: "W4") ${PAGE} } } }`,
      { id: many },
    );
    expect(ids(byAlias.namespace['one']!)).toEqual(made.get(many)!.slice(0, 1));
    expect(ids(byAlias.namespace['three']!)).toEqual(made.get(many)!.slice(0, 3));
    expect(byAlias.namespace['found']).toMatchObject({ totalCount: 1 });
  });

  test.each(['applications(first: 0)', 'userGroups(after: "garbage")', 'users(first: 101)', 'grants(first: -1)', 'apiKeys(after: "")'])(
    'are held to the same rules: %s is refused',
    async (field) => {
      const query = `query ($id: ID!) { namespace(id: $id) { ... on Organization { ${field} { totalCount } } } }`;
      expect(await owner.send(query, { id: tenant.organizationId })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: field.includes('first') ? 'first' : 'after',
      });
    },
  );

  test('are in the order of creation in every connection, and of the same length on every database', async () => {
    const people = await Promise.all(['Zoe', 'adam', 'Ödön', 'bea'].map((name) => tenant.person(name)));
    const group = await tenant.group(tenant.organizationId, 'Ordered');
    for (const { id } of people) await tenant.join(group, id);
    const made = [];
    for (const name of ['b', 'A', 'ä', 'B']) made.push((await tenant.key({ name, namespaceId: group })).id);
    const query = `query ($id: ID!) { namespace(id: $id) { apiKeys { nodes { id } } ... on UserGroup { members(first: 3) ${PAGE} } } }`;
    const { namespace } = await owner.ask<{ namespace: { apiKeys: Page; members: Page } }>(query, { id: group });
    expect(ids(namespace.apiKeys)).toEqual(made);
    expect(ids(namespace.members)).toEqual(
      people
        .map(({ id }) => id)
        .sort()
        .slice(0, 3),
    );
    expect(namespace.members).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const listed = (await owner.ask(ApiKeysDocument, { first: 100 })).apiKeys.nodes.map(({ id }) => id);
    expect(listed).toEqual([...listed].sort());
  });
});
