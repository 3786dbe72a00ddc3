import fc from 'fast-check';
import { ApiKeysDocument, type ApiKeysQuery } from '../generated/documents.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const statuses = ['ACTIVE', 'INACTIVE', 'EXPIRED'] as const;
const ids = ({ apiKeys }: ApiKeysQuery): string[] => apiKeys.nodes.map(({ id }) => id);

/** One act on keys; which ones, its number says. */
const acts = [
  'create',
  'createExpiring',
  'createChild',
  'revoke',
  'revokeForGood',
  'reactivate',
  'delete',
  'pass',
  'removeUser',
  'deleteHome',
] as const;
type Step = readonly [act: (typeof acts)[number], which: number];

/** A home for keys in a tenant, and the keys that were ever made there. */
class Home {
  readonly made: TestKey[] = [];
  private user = '';
  namespaceId = '';

  constructor(private readonly tenant: TestTenant) {}

  async open(): Promise<void> {
    this.namespaceId = await this.tenant.application();
    this.user = await this.tenant.serviceUser('Robot', ['rol_admin', this.namespaceId]);
  }

  /** Does it, or is refused: what cannot be done changes nothing. */
  async do([act, which]: Step): Promise<void> {
    const { tenant, namespaceId } = this;
    const key = this.made[which % Math.max(1, this.made.length)];
    const on = (mutation: string, more = ''): Promise<unknown> =>
      tenant.owner.client.send(`mutation { ${mutation}(input: { id: "${key?.id ?? namespaceId}"${more} }) { __typename } }`);
    const issue = async (more: Parameters<TestTenant['key']>[0]): Promise<void> => {
      const made = await tenant.key({ namespaceId, permissions: ['apiKey:create', 'event:submit'], ...more }).catch(() => null);
      if (made) this.made.push(made);
    };
    const mine = which % 2 === 0 ? {} : { forUser: this.user };
    switch (act) {
      case 'create':
        return issue(mine);
      case 'createExpiring':
        return issue({ ...mine, expiresAt: new Date(service.clock.now().getTime() + 1_000 * (1 + (which % 3))) });
      case 'createChild':
        return issue({ by: key?.client ?? tenant.owner.client, expiresAt: new Date(service.clock.now().getTime() + 1_000) });
      case 'revoke':
        return void (await on('revokeApiKey'));
      case 'revokeForGood':
        return void (await on('revokeApiKey', ', permanent: true'));
      case 'reactivate':
        return void (await on('reactivateApiKey'));
      case 'delete':
        return void (await on('deleteApiKey'));
      case 'pass':
        service.clock.advance(1_000);
        return;
      case 'removeUser':
        return void (await tenant.removeUser(this.user).catch(() => undefined));
      case 'deleteHome':
        if (which % 4 === 0) await tenant.owner.client.send(`mutation { deleteNamespace(input: { id: "${namespaceId}" }) { __typename } }`);
    }
  }
}

/** Steps in which each status comes up: among those that are drawn perhaps nothing expires while it counts. */
const allStatuses: Step[] = [
  ['pass', 0],
  ['revoke', 0],
  ['reactivate', 0],
  ['pass', 0],
  ['pass', 0],
  ['create', 0],
];

describe('the filter by status', () => {
  test('never disagrees with the status that a key tells, whatever was done to it and to the key that made it (S2.6, C17, C18)', async () => {
    const step = fc.tuple(fc.constantFrom(...acts), fc.nat(11));
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        // Time passes in each run: sessions are new.
        const tenant = await foundTenant(service);
        const home = new Home(tenant);
        await home.open();
        const asked = async (filter: object): Promise<ApiKeysQuery> => tenant.owner.client.ask(ApiKeysDocument, { filter, first: 100 });
        const start: Step[] = [
          ['create', 0],
          ['createExpiring', 2],
          ['createChild', 0],
          ['createChild', 1],
        ];
        for (const each of [...start, ...steps]) {
          await home.do(each);
          const all = (await asked({ namespaceId: home.namespaceId })).apiKeys.nodes;
          for (const status of statuses) {
            const told = all.filter((key) => key.status === status).map(({ id }) => id);
            expect([each, status, ids(await asked({ namespaceId: home.namespaceId, status }))]).toEqual([each, status, told]);
            if (told.length > 0) seen.add(status);
          }
        }
      }),
      { numRuns: 7, examples: [[allStatuses]] },
    );
    expect([...seen].sort()).toEqual([...statuses].sort());
  }, 120_000);

  test('finds what a key made INACTIVE while that one is stopped, and ACTIVE when it is back, but for what was stopped itself', async () => {
    const tenant = await foundTenant(service);
    const { client } = tenant.owner;
    const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'] });
    const children = [await tenant.key({ by: parent.client }), await tenant.key({ by: parent.client })];
    const [first, second] = children;
    const act = (mutation: string, key?: TestKey): Promise<unknown> =>
      client.ask(`mutation { ${mutation}(input: { id: "${key?.id}" }) { __typename } }`);
    const inactive = async (): Promise<string[]> => ids(await client.ask(ApiKeysDocument, { filter: { status: 'INACTIVE' } }));
    await act('revokeApiKey', second);
    await act('revokeApiKey', parent);
    expect(await inactive()).toEqual([parent.id, first!.id, second!.id]);
    // A child that is reactivated while its parent is stopped is not back yet.
    await act('reactivateApiKey', second);
    expect(await inactive()).toEqual([parent.id, first!.id, second!.id]);
    await act('revokeApiKey', second);
    await act('reactivateApiKey', parent);
    expect(await inactive()).toEqual([second!.id]);
    await act('deleteApiKey', parent);
    expect(await inactive()).toEqual([first!.id, second!.id]);
  });
});
