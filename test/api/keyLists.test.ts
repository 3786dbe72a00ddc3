import {
  ApiKeysByLastUseDocument,
  ApiKeysDocument,
  type ApiKeysQuery,
  type ApiKeysQueryVariables,
  DeleteApiKeyDocument,
  ExpiringApiKeysDocument,
  PowerfulApiKeysDocument,
  StaleApiKeysDocument,
  UpdateApiKeyDocument,
} from '../generated/documents.js';
import { newId } from '../../src/domain/index.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;
let application: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
  application = await tenant.application();
});
afterAll(() => service.stop());

type Asked = ApiKeysQueryVariables;
const ids = ({ apiKeys }: { readonly apiKeys: { readonly nodes: readonly { readonly id: string }[] } }): string[] =>
  apiKeys.nodes.map(({ id }) => id);
const list = async (variables: Asked, by = owner): Promise<string[]> => ids(await by.ask(ApiKeysDocument, variables));
const found = (filter: Asked['filter'], by?: Client): Promise<string[]> => list({ filter }, by);
const used = (key: { readonly id: string }, at: Date): Promise<unknown> =>
  sql(service, 'UPDATE api_keys SET last_used_at = ? WHERE id = ?', [
    service.app.database.kind === 'sqlite' ? at.toISOString().replace('T', ' ').slice(0, -1) : at,
    key.id,
  ]);
const idsOf = (...keys: readonly TestKey[]): string[] => keys.map(({ id }) => id);

describe('a filter', () => {
  test('narrows the keys of the organization to those of which all that is set holds (S0.2, S1.1, S2.4)', async () => {
    const ada = await tenant.person('Ada', ['rol_admin', application]);
    const soon = new Date(service.clock.now().getTime() + 60_000);
    const billing = await tenant.key({ namespaceId: application, name: 'Billing export', environment: 'STAGING', roleId: 'rol_admin' });
    const forAda = await tenant.key({ namespaceId: application, forUser: ada.id, permissions: ['event:submit'], expiresAt: soon });
    const plain = await tenant.key({ name: 'exportál: nightly', permissions: ['apiKey:create', 'event:submit'] });
    const own = await tenant.key({ by: ada.client, namespaceId: application, permissions: ['event:submit'], name: 'Own' });
    const rows: readonly (readonly [NonNullable<Asked['filter']>, readonly TestKey[]])[] = [
      [{}, [billing, forAda, plain, own]],
      [{ namespaceId: application }, [billing, forAda, own]],
      [{ namespaceId: tenant.organizationId }, [plain]],
      [{ organizationId: tenant.organizationId }, [billing, forAda, plain, own]],
      [{ environment: 'STAGING' }, [billing]],
      [{ userId: ada.id }, [forAda, own]],
      [{ createdById: ada.id }, [own]],
      [{ createdById: tenant.owner.id, userId: ada.id }, [forAda]],
      [{ roleId: 'rol_admin' }, [billing]],
      [{ permission: 'apiKey:create' }, [billing, plain]],
      [{ expiresBefore: new Date(soon.getTime() + 1).toISOString() }, [forAda]],
      [{ expiresBefore: soon.toISOString() }, []],
      [{ unusedSince: soon.toISOString() }, [billing, forAda, plain, own]],
      [{ search: 'EXPORT' }, [billing, plain]],
      [{ search: 'billing ex' }, [billing]],
      [{ search: 'night' }, [plain]],
      [{ search: 'xport' }, []],
      [{ status: 'ACTIVE', environment: 'PRODUCTION', permission: 'event:submit' }, [forAda, plain, own]],
    ];
    for (const [filter, right] of rows) expect([filter, await found(filter)]).toEqual([filter, idsOf(...right)]);
    expect((await owner.ask(ApiKeysDocument, { filter: { search: 'export' }, first: 1 })).apiKeys).toMatchObject({ totalCount: 2 });
  });

  test('narrows further inside each kind of namespace, and inside a user', async () => {
    const workspace = await tenant.workspace(application);
    const group = await tenant.group();
    const staged: Record<string, string> = {};
    for (const namespaceId of [tenant.organizationId, application, workspace, group]) {
      await tenant.key({ namespaceId, name: 'b' });
      await tenant.key({ namespaceId, name: 'a' });
      staged[namespaceId] = (await tenant.key({ namespaceId, environment: 'STAGING' })).id;
    }
    const inside = `apiKeys(filter: $filter, orderBy: $orderBy) { nodes { id name } totalCount }`;
    const heading = '$id: ID!, $filter: ApiKeyFilter, $orderBy: ApiKeyOrder';
    type Inside = { it: { apiKeys: { nodes: { id: string; name: string }[]; totalCount: number } } };
    const ask = (field: string, id: string, more: object) =>
      owner.ask<Inside, object>(`query (${heading}) { it: ${field}(id: $id) { ${inside} } }`, { id, ...more });
    const byName = { field: 'NAME', direction: 'ASC' };
    for (const [id, key] of Object.entries(staged)) {
      expect((await ask('namespace', id, { filter: { environment: 'STAGING' } })).it.apiKeys).toMatchObject({
        nodes: [{ id: key }],
        totalCount: 1,
      });
      const { nodes } = (await ask('namespace', id, { filter: { environment: 'PRODUCTION' }, orderBy: byName })).it.apiKeys;
      expect(nodes.map(({ name }) => name)).toEqual(['a', 'b']);
    }
    const mine = (await ask('user', tenant.owner.id, { filter: { namespaceId: group }, orderBy: byName })).it.apiKeys;
    expect(mine.nodes.map(({ name }) => name)).toEqual(['a', 'b', 'Key']);
    expect((await ask('namespace', group, { filter: { namespaceId: application } })).it.apiKeys).toEqual({ nodes: [], totalCount: 0 });
  });

  test('by what is not there, of another kind or of another tenant finds nothing, and tells nothing (R8, R45)', async () => {
    await tenant.key();
    const other = await foundTenant(service);
    const theirs = await other.key();
    const answers = new Set<string>();
    for (const id of [newId('usr'), newId('app'), newId('aud'), theirs.id, other.organizationId, other.owner.id, 'rol_nothing']) {
      for (const field of ['namespaceId', 'userId', 'createdById', 'roleId', 'organizationId']) {
        const answer = await owner.send(ApiKeysDocument, { filter: { [field]: id } });
        answers.add(JSON.stringify([answer.status, answer.data]));
      }
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('"nodes":[]');
    for (const id of ["' OR '1'='1", 'x', '', `${tenant.owner.id} `]) {
      expect(await owner.send(ApiKeysDocument, { filter: { userId: id } })).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'filter.userId',
      });
    }
    expect(await owner.send(ApiKeysDocument, { filter: { search: ' ' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'filter.search',
    });
    expect(await owner.send(ApiKeysDocument, { filter: { permission: 'all' } })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await owner.send(ApiKeysDocument, { filter: { unusedSince: '2030-02-30T00:00:00Z' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('never shows a key that the caller does not see, however they ask (S4.1, S4.9, R12, R83)', async () => {
    const [ada, bob] = [await tenant.person('Ada', ['rol_admin', application]), await tenant.person('Bob', ['rol_editor', application])];
    const elsewhere = await tenant.key({ permissions: ['event:submit'] });
    const bobs = await tenant.key({ by: bob.client, namespaceId: application, permissions: ['application:view'] });
    const adas = await tenant.key({ by: ada.client, namespaceId: application, permissions: ['application:view'] });
    const all = idsOf(elsewhere, bobs, adas);
    const filters = [{}, { search: 'key' }, { status: 'ACTIVE' }, { environment: 'PRODUCTION' }, { userId: tenant.owner.id }] as const;
    for (const field of ['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const) {
      for (const filter of filters) {
        const asked = { filter, orderBy: { field, direction: 'ASC' }, first: 100 } as const;
        const isOwners = 'userId' in filter;
        // Asking with a key is a use of it, which moves it in the order of last uses.
        const seen = async (by: Client): Promise<string[]> => (await list(asked, by)).sort();
        expect(await seen(owner)).toEqual(isOwners ? idsOf(elsewhere) : all);
        expect(await seen(bob.client)).toEqual(isOwners ? [] : idsOf(bobs));
        expect(await seen(ada.client)).toEqual(isOwners ? [] : idsOf(bobs, adas));
        expect(await seen(elsewhere.client)).toEqual(idsOf(elsewhere));
      }
    }
    const counted = await bob.client.ask(ApiKeysDocument, { filter: { environment: 'PRODUCTION' } });
    expect(counted.apiKeys.totalCount).toBe(1);
  });

  test('finds a key by what it is called and granted now', async () => {
    const key = await tenant.key({ name: 'Old name', permissions: ['event:submit'] });
    await owner.ask(UpdateApiKeyDocument, { input: { id: key.id, name: 'Fresh label', permissions: ['workspace:view'] } });
    expect(await found({ search: 'name' })).toEqual([]);
    expect(await found({ search: 'label' })).toEqual([key.id]);
    expect(await found({ permission: 'event:submit' })).toEqual([]);
    expect(await found({ permission: 'workspace:view' })).toEqual([key.id]);
    await owner.ask(DeleteApiKeyDocument, { input: { id: key.id } });
    expect(await found({ search: 'label' })).toEqual([]);
    expect(await found({ permission: 'workspace:view' })).toEqual([]);
  });
});

const orders = (['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);

describe('an order', () => {
  test('is one of four, in two directions, and nothing else that a client says (R43)', async () => {
    for (const orderBy of [
      'secret_digest',
      { field: 'secret_digest', direction: 'ASC' },
      { field: 'NAME', direction: 'ASC; DROP' },
      { field: 'NAME' },
    ]) {
      expect((await owner.send(ApiKeysDocument, { orderBy } as never)).code).toBe('BAD_USER_INPUT');
    }
  });

  test.each(orders)(
    'by $field $direction shows each key once on a walk, whatever is made and deleted meanwhile (S1.13)',
    async (orderBy) => {
      const keys: TestKey[] = [];
      for (let n = 0; n < 9; n += 1) {
        const expiresAt = n % 3 === 0 ? {} : { expiresAt: new Date(service.clock.now().getTime() + 60_000 * (1 + (n % 2))) };
        keys.push(await tenant.key({ name: `Name ${n % 4}`, ...expiresAt }));
        if (n % 2 === 0) await used(keys[n]!, new Date(Date.UTC(2026, 0, 1 + (n % 3))));
      }
      const whole = await list({ orderBy, first: 100 });
      expect(new Set(whole)).toEqual(new Set(idsOf(...keys)));
      expect(await list({ orderBy: { ...orderBy, direction: orderBy.direction === 'ASC' ? 'DESC' : 'ASC' }, first: 100 })).toEqual(
        [...whole].reverse(),
      );

      const walked: string[] = [];
      const deleted = new Set<string>();
      const added = new Set<string>();
      for (let after: string | null = null, more = true; more;) {
        const { apiKeys }: ApiKeysQuery = await owner.ask(ApiKeysDocument, { orderBy, first: 2, after });
        walked.push(...apiKeys.nodes.map(({ id }) => id));
        ({ endCursor: after, hasNextPage: more } = apiKeys.pageInfo);
        // The row of the cursor goes, and one that may stand anywhere comes.
        const last = walked.at(-1)!;
        if (deleted.size < 3) {
          await owner.ask(DeleteApiKeyDocument, { input: { id: last } });
          deleted.add(last);
          added.add((await tenant.key({ name: `Name ${deleted.size}` })).id);
        }
      }
      expect(new Set(walked).size).toBe(walked.length);
      expect(walked.filter((id) => !added.has(id))).toEqual(whole);
    },
  );

  test('has cursors of its own: one of another order is refused', async () => {
    for (let n = 0; n < 3; n += 1) await tenant.key();
    const cursors = new Map<string, string>();
    for (const orderBy of orders) {
      const { apiKeys } = await owner.ask(ApiKeysDocument, { orderBy, first: 1 });
      cursors.set(JSON.stringify(orderBy), apiKeys.pageInfo.endCursor!);
    }
    for (const orderBy of orders) {
      for (const [given, after] of cursors) {
        const { code, field } = await owner.send(ApiKeysDocument, { orderBy, after });
        expect([orderBy, given, code, field]).toEqual(
          given === JSON.stringify(orderBy) ? [orderBy, given, 'OK', undefined] : [orderBy, given, 'BAD_USER_INPUT', 'after'],
        );
      }
      // To a name they are names; as instants no database knows them.
      const beyond = orderBy.field === 'NAME' ? [] : ['+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'];
      const forged = [
        ...beyond.map((year) => [orderBy.field, orderBy.direction, year, newId('key')]),
        ['NAME', 'ASC', 1, newId('key')],
        ['EXPIRES_AT', 'ASC', 'soon', newId('key')],
        ['EXPIRES_AT', 'ASC', null, 'x'],
        { id: 1 },
        null,
      ];
      for (const parts of forged) {
        const after = Buffer.from(JSON.stringify(parts)).toString('base64url');
        expect(await owner.send(ApiKeysDocument, { orderBy, after })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
      }
    }
  });
});

describe('the ready operations', () => {
  test('tell what to clean up, what to be careful with and what runs out (S1.11, S1.12, S1.13)', async () => {
    const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
    const soon = new Date(service.clock.now().getTime() + 60_000);
    const never = await tenant.key({ name: 'never', permissions: ['event:submit'] });
    const recent = await tenant.key({ name: 'recent', roleId: 'rol_admin', expiresAt: soon });
    const old = await tenant.key({ name: 'old', permissions: ['apiKey:manage'] });
    const older = await tenant.key({ name: 'older', roleId: 'rol_read_only' });
    for (const [key, day] of [
      [recent, 20],
      [old, 5],
      [older, 2],
    ] as const)
      await used(key, at(day));

    expect(ids(await owner.ask(StaleApiKeysDocument, { unusedSince: at(10).toISOString() }))).toEqual(idsOf(never, older, old));
    expect(ids(await owner.ask(StaleApiKeysDocument, { unusedSince: at(5).toISOString() }))).toEqual(idsOf(never, older));
    const powerful = await owner.ask(PowerfulApiKeysDocument, {});
    expect(powerful.admins.nodes.map(({ id }) => id)).toEqual(idsOf(recent));
    expect(powerful.dangerous.nodes.map(({ id }) => id)).toEqual(idsOf(recent, old));
    expect(ids(await owner.ask(ApiKeysByLastUseDocument, {}))).toEqual(idsOf(recent, old, older, never));
    expect(ids(await owner.ask(ApiKeysByLastUseDocument, { direction: 'ASC' }))).toEqual(idsOf(never, older, old, recent));
    expect(ids(await owner.ask(ExpiringApiKeysDocument, { expiresBefore: new Date(soon.getTime() + 1).toISOString() }))).toEqual(
      idsOf(recent),
    );
  });
});
