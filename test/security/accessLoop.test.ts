import { Passwords } from '../../src/people/passwords.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant } from '../support/tenant.js';
import { counter, fingerprint } from './support/database.js';
import { documentOf, type Root, roots, rowsOf, variablesOf } from './support/operations.js';
import { inShort, showsNothing } from './support/shown.js';
import type { Ids } from './support/values.js';
import { goodOnce, neverGood, type Refused } from './support/withdrawn.js';
import { firstTenant, preyOf, withTemporaryPassword } from './support/world.js';

/** The attacks on every root field that is not open to anyone. A new one inherits them by being in the access table. */
const closed = roots.filter(({ access }) => access.callers !== 'ANYONE');
const forAll = test.each(rowsOf(closed));
/** What everybody does to themselves is no breach. */
const isOwn = ({ access }: Root): boolean => access.by === 'own' || access.by === 'password';

let service: Service;
let tenant: TestTenant;
let prey: Ids;
let count: () => Promise<string>;
let refused: readonly Refused[];
let nobody: Client;
let foreigners: readonly (readonly [what: string, client: Client])[];
let harmless: TestKey;
let readOnly: readonly TestKey[];
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await firstTenant(service);
  prey = await preyOf(tenant);
  count = await counter(service);
  refused = [...neverGood(service), ...(await goodOnce(service, tenant))];
  nobody = (await tenant.person('Nobody')).client;
  harmless = await tenant.key({ name: 'Harmless', permissions: ['configuration:view'] });
  readOnly = [await tenant.key({ roleId: 'rol_read_only', name: 'Read only' }), await tenant.key({ roleId: 'rol_viewer', name: 'Viewer' })];
  gateway = await tenant.key({ name: 'Gateway', permissions: ['apiKey:verify'] });
  const other = await foundTenant(service, 'Other');
  foreigners = [
    ['the OWNER of another tenant', other.owner.client],
    ['an ADMIN key of another tenant', (await other.key({ roleId: 'rol_admin' })).client],
    ["another tenant's gateway", (await other.key({ permissions: ['apiKey:verify', 'organization:view'] })).client],
  ];
});
afterAll(() => service.stop());

const ask = (client: Client, root: Root, ids = prey): Promise<Answer<Record<string, unknown>>> =>
  client.send<Record<string, unknown>>(documentOf(root), variablesOf(root, ids));

/** Whether a caller was kept out of the field: told so, or shown nothing. */
const keptOut = (root: Root, answer: Answer<Record<string, unknown>>, own?: string): boolean =>
  ['FORBIDDEN', 'NOT_FOUND'].includes(answer.code) || (answer.code === 'OK' && showsNothing(answer.data?.[root.name], own));

/** Runs an attack and answers what went wrong; an attack that changed anything went wrong. */
async function attack(root: Root, attackers: readonly Refused[], isRepelled: (answer: Answer<Record<string, unknown>>) => boolean) {
  const before = await count();
  const breaches: string[] = [];
  for (const [what, client] of attackers) {
    const answer = await ask(client, root);
    if (!isRepelled(answer)) breaches.push(`${what}: ${inShort(answer)}`);
  }
  if ((await count()) !== before) breaches.push('something was changed');
  return breaches;
}

describe('every root field that is not open to anyone', () => {
  let before: string;
  beforeAll(async () => {
    before = await fingerprint(service);
  });
  afterAll(async () => {
    expect(await fingerprint(service)).toBe(before);
  });

  forAll('%s: without a credential it is UNAUTHENTICATED (R1)', async (_name, root) => {
    const withoutData = (answer: Answer<Record<string, unknown>>): boolean =>
      answer.code === 'UNAUTHENTICATED' && (answer.data ?? { [root.name]: null })[root.name] === null;
    expect(await attack(root, [['nothing', service.anonymous]], withoutData)).toEqual([]);
  });

  forAll(
    '%s: what is presented and no good (any more) is 401 before anything is executed (R7, R13, R20, R22, R69)',
    async (_name, root) => {
      const atTheDoor = (answer: Answer<Record<string, unknown>>): boolean =>
        answer.status === 401 &&
        answer.code === 'UNAUTHENTICATED' &&
        answer.data === undefined &&
        answer.headers.get('www-authenticate')?.startsWith('Bearer') === true;
      expect(await attack(root, refused, atTheDoor)).toEqual([]);
    },
  );

  forAll('%s: two credentials at once are 400 (R85)', async (_name, root) => {
    const both = service.anonymous.with({ authorization: `Bearer ${gateway.key}`, 'x-api-key': gateway.key });
    expect(await attack(root, [['twice', both]], ({ status, code }) => status === 400 && code === 'BAD_REQUEST')).toEqual([]);
  });

  test.each(rowsOf(closed.filter((root) => !isOwn(root))))(
    '%s: a signed-in person who holds nothing is refused or shown nothing, and keeps no bcrypt busy (R5, R58)',
    async (_name, root) => {
      const digested = jest.spyOn(Passwords.prototype, 'digest');
      expect(await attack(root, [['nobody', nobody]], (answer) => keptOut(root, answer))).toEqual([]);
      expect(digested).not.toHaveBeenCalled();
      digested.mockRestore();
    },
  );

  test.each(rowsOf(closed.filter((root) => root.access.callers === 'SIGNED_IN' || !isOwn(root))))(
    '%s: a key without the permission is refused or shown nothing but itself (R5)',
    async (_name, root) => {
      expect(await attack(root, [['a key', harmless.client]], (answer) => keptOut(root, answer, harmless.id))).toEqual([]);
    },
  );

  test.each(rowsOf(closed.filter(({ kind }) => kind === 'Mutation')))('%s: a key that only reads is refused (R16)', async (_name, root) => {
    const attackers = readOnly.map(({ id, client }) => [id, client] as const);
    expect(await attack(root, attackers, ({ code }) => code === 'FORBIDDEN' || code === 'NOT_FOUND')).toEqual([]);
  });

  forAll('%s: the strongest of another tenant are shown and change nothing of this one (R8)', async (_name, root) => {
    if (root.access.callers === 'SIGNED_IN' && isOwn(root)) return;
    const secrets = Object.values(prey);
    const sent = JSON.stringify(variablesOf(root, prey));
    const isRepelled = (answer: Answer<Record<string, unknown>>): boolean =>
      (root.access.by === 'seen' || root.access.by === 'own' ? answer.code === 'OK' : keptOut(root, answer)) &&
      !secrets.some((secret) => answer.text.includes(secret) && !sent.includes(secret)) &&
      (Object.keys(variablesOf(root, prey)).length === 0 || keptOut(root, answer));
    expect(await attack(root, foreigners, isRepelled)).toEqual([]);
  });
});

describe('a temporary password', () => {
  let temporary: Client | undefined;

  test.each(rowsOf(closed.filter(({ access }) => !access.withTemporaryPassword)))(
    '%s: it opens nothing, whatever its bearer holds, until it is changed (R5)',
    async (_name, root) => {
      temporary ??= (await withTemporaryPassword(service, tenant)).client;
      const mustChange = ({ code, errors }: Answer<unknown>): boolean =>
        code === 'FORBIDDEN' && /temporary password/.test(errors[0]?.message ?? '');
      expect(await attack(root, [['temporary', temporary]], mustChange)).toEqual([]);
    },
  );

  test.each(rowsOf(closed.filter(({ access }) => access.withTemporaryPassword)))('%s: it opens this', async (_name, root) => {
    const { client, password } = await withTemporaryPassword(service, tenant);
    const variables = variablesOf(root, prey);
    if (root.name === 'changePassword') Object.assign(variables['input'] as object, { currentPassword: password });
    expect(await client.send(documentOf(root), variables)).toMatchObject({ code: 'OK' });
  });
});

describe('the attacks were real', () => {
  /** Acts that leave what they act on for the next. */
  const sparing = /^(add|change|create|grant|update|verify)/;
  let fresh: Ids;
  let used = true;

  forAll('%s: whoever it is for is let in with the same words', async (_name, root) => {
    if (used) fresh = await preyOf(tenant);
    used = root.kind === 'Mutation' && !sparing.test(root.name);
    const before = await count();
    const answer = await ask(await rightful(root), root, fresh);
    // CONFLICT is told only to whoever may act.
    if (!['OK', 'CONFLICT'].includes(answer.code)) {
      throw new Error(
        `${root.name} is refused even to an OWNER, so that the attacks on it prove nothing: ${JSON.stringify(variablesOf(root, fresh))}. ` +
          `Say what it needs in overrides (test/security/support/values.ts) or preyOf (test/security/support/world.ts). ${inShort(answer)}`,
      );
    }
    const hasEffect = root.access.callers === 'KEY' ? !showsNothing(answer.data?.[root.name]) : (await count()) !== before;
    expect(root.kind === 'Query' ? !showsNothing(answer.data?.[root.name]) : hasEffect || answer.code === 'CONFLICT').toBe(true);
  });

  async function rightful(root: Root): Promise<Client> {
    if (root.access.callers === 'KEY') return gateway.client;
    return root.kind === 'Mutation' && isOwn(root) ? (await tenant.person(`For ${root.name}`)).client : tenant.owner.client;
  }
});
