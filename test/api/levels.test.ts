import { type Level, matrixRows, ofLevel, sessionOnlyNames } from '../authority/designTables.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

/** The matrix of S0, its 48 cells over real calls: what this service enforces by doing it, what others ask by asking. */

const columns = ['OWNER', 'ADMIN', 'SERVICE_AUTHOR', 'POLICY_AUTHOR', 'EVENT_WRITER', 'READ_ONLY'] as const;
type Column = (typeof columns)[number];
const roleOf = (level: Column): string => `rol_${level.toLowerCase()}`;

/** S0.6 to S0.13, by hand: who has the tick, in the order of the columns. */
const matrix = {
  'S0.6': ['x . . . . .', 'create, update and delete owners'],
  'S0.7': ['x x . . . .', 'create, update and delete admins who are no owners'],
  'S0.8': ['x x . . . .', 'manage organization settings'],
  'S0.9': ['x x x . . .', 'manage services'],
  'S0.10': ['x x . x . .', 'manage roles and policies'],
  'S0.11': ['x x x x . .', 'manage trust profiles'],
  'S0.12': ['x x x x x x', 'submit events'],
  'S0.13': ['x x x x x x', 'view configurations'],
} as const;
type Row = keyof typeof matrix;

/** What other services ask about, of a key at that level. */
const asked: Partial<Record<Row, string>> = {
  'S0.9': 'service:manage',
  'S0.10': 'policy:manage',
  'S0.11': 'trustProfile:manage',
  'S0.12': 'event:submit',
  'S0.13': 'configuration:view',
};

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
const people = new Map<Column, TestPerson>();

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  for (const level of columns) people.set(level, await tenant.person(`The ${level}`, [roleOf(level)]));
});
afterAll(() => service.stop());

const clientOf = (level: Column): Client => people.get(level)?.client ?? service.anonymous;

function send(client: Client, field: string, input: object): Promise<Answer<unknown>> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
  return client.send<unknown, object>(`mutation ($input: ${type}) { ${field}(input: $input) { __typename } }`, { input });
}

let bearers = 0;
/** Somebody new who holds a level in the organization, and the grant of it. */
async function bearer(roleId: string): Promise<{ id: string; grantId: string }> {
  bearers += 1;
  const { id } = await tenant.person(`Bearer ${bearers}`);
  return { id, grantId: await tenant.grant(id, roleId) };
}

/** Everything that makes somebody an owner or admin, changes one, or ends one; the code of each. */
async function managing(client: Client, roleId: string): Promise<Record<string, string>> {
  const { organizationId: namespaceId } = tenant;
  const { id: newcomer } = await tenant.person(`Newcomer ${(bearers += 1)}`);
  const [renamed, deactivated, demoted, removed] = [await bearer(roleId), await bearer(roleId), await bearer(roleId), await bearer(roleId)];
  const codes = {
    grant: (await send(client, 'grantRole', { namespaceId, roleId, userId: newcomer })).code,
    update: (await send(client, 'updateUser', { id: renamed.id, name: 'Renamed' })).code,
    reset: (await send(client, 'resetUserPassword', { id: renamed.id })).code,
    deactivate: (await send(client, 'setUserActive', { id: deactivated.id, active: false })).code,
    activate: (await send(client, 'setUserActive', { id: deactivated.id, active: true })).code,
    revoke: (await send(client, 'revokeGrant', { id: demoted.grantId })).code,
    remove: (await send(client, 'removeUser', { id: removed.id })).code,
  };
  // Nobody of these is left behind as an owner.
  for (const id of [newcomer, renamed.id, deactivated.id, demoted.id]) await tenant.removeUser(id);
  return codes;
}

const all = (code: string) => ({ grant: code, update: code, reset: code, deactivate: code, activate: code, revoke: code, remove: code });
/** An ADMIN sees whom they may not touch; the others see neither users nor grants, only that there is an organization. */
const refusedTo = (level: Column) => (level === 'ADMIN' ? all('FORBIDDEN') : { ...all('NOT_FOUND'), grant: 'FORBIDDEN' });

/** A key of that person at their level; of an owner with all that an owner's key may carry, since none is at OWNER level (C8). */
const keyAt = (level: Column): Promise<TestKey> =>
  tenant.key({ by: clientOf(level), name: `A key at ${level}`, ...(level === 'OWNER' ? {} : { roleId: roleOf(level) }) });

let roles = 0;
const enforced: Partial<Record<Row, (level: Column, ticked: boolean) => Promise<void>>> = {
  async 'S0.6'(level, ticked) {
    expect(await managing(clientOf(level), 'rol_owner')).toEqual(ticked ? all('OK') : refusedTo(level));
  },
  async 'S0.7'(level, ticked) {
    expect(await managing(clientOf(level), 'rol_admin')).toEqual(ticked ? all('OK') : refusedTo(level));
  },
  async 'S0.8'(level, ticked) {
    const input = { id: tenant.organizationId, membersMayCreateApiKeys: true, maxApiKeyLifetimeDays: null };
    const answer = await send(clientOf(level), 'updateOrganization', input);
    expect(answer.code).toBe(ticked ? 'OK' : 'FORBIDDEN');
    if (!ticked) expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['organization:manage']);
  },
  async 'S0.10'(level, ticked) {
    const input = { organizationId: tenant.organizationId, name: `Role ${(roles += 1)}`, permissions: ['event:submit'] };
    const answer = await send(clientOf(level), 'createRole', input);
    expect(answer.code).toBe(ticked ? 'OK' : 'FORBIDDEN');
    if (!ticked) expect(answer.errors[0]?.extensions['missingPermissions']).toEqual(['role:manage']);
  },
};

const cells = Object.entries(matrix).flatMap(([number, [ticks, what]]) =>
  columns.map((level, column) => ({ number: number as Row, what, level, ticked: ticks.split(' ')[column] === 'x' })),
);

test('the matrix has 48 cells and 27 ticks', () => {
  expect([cells.length, cells.filter(({ ticked }) => ticked).length]).toEqual([48, 27]);
  expect(matrixRows).toHaveLength(8);
});

describe.each(cells)('$number: to $what, $level: $ticked', ({ number, level, ticked }) => {
  const act = enforced[number];
  if (act) test(`is enforced where a person of the level tries it (${number})`, () => act(level, ticked));

  const permission = asked[number];
  if (permission) {
    test(`is answered to the tenant's services about a key of the level (${number}, S2.15)`, async () => {
      const answer = await verify(gateway, await keyAt(level), { permissions: [permission] });
      expect(answer).toMatchObject(
        ticked
          ? { valid: true, code: 'VALID', httpStatus: 200 }
          : { valid: false, code: 'INSUFFICIENT_PERMISSIONS', httpStatus: 403, missingPermissions: [permission] },
      );
    });
  }
});

/** Who may issue a key at which level: sets are compared, never ranks (C7: EVENT_WRITER and READ_ONLY are the same set). */
const issuable: Readonly<Record<Column, readonly Column[]>> = {
  OWNER: ['ADMIN', 'SERVICE_AUTHOR', 'POLICY_AUTHOR', 'EVENT_WRITER', 'READ_ONLY'],
  ADMIN: ['ADMIN', 'SERVICE_AUTHOR', 'POLICY_AUTHOR', 'EVENT_WRITER', 'READ_ONLY'],
  SERVICE_AUTHOR: ['SERVICE_AUTHOR', 'EVENT_WRITER', 'READ_ONLY'],
  POLICY_AUTHOR: ['POLICY_AUTHOR', 'EVENT_WRITER', 'READ_ONLY'],
  EVENT_WRITER: ['EVENT_WRITER', 'READ_ONLY'],
  READ_ONLY: ['EVENT_WRITER', 'READ_ONLY'],
};
const carriedAt = (level: Level): string[] => ofLevel(level).filter((name) => name === 'admin:manage' || !sessionOnlyNames.includes(name));
const builtInOf = (names: readonly string[]): string[] => names.filter((name) => !/^(license|customer|telemetry):/.test(name)).sort();

describe('the levels at which keys are issued', () => {
  test('are, of the matrix, Admin, ServiceAuthor, PolicyAuthor, EventWriter and ReadOnly, and not Owner (S0.4)', async () => {
    const { namespace } = await tenant.owner.client.ask<{ namespace: { roles: { id: string; assignableToApiKeys: boolean }[] } }>(
      'query ($id: ID!) { namespace(id: $id) { ... on Organization { roles { id assignableToApiKeys } } } }',
      { id: tenant.organizationId },
    );
    const assignable = namespace.roles.filter(({ assignableToApiKeys }) => assignableToApiKeys).map(({ id }) => id);
    expect(columns.filter((level) => assignable.includes(roleOf(level)))).toEqual(issuable.OWNER);
  });

  test.each(columns)('by %s are those that they hold all of; OWNER never (S0.4, S3.16, C8, C13)', async (issuer) => {
    for (const level of columns) {
      const answer = await clientOf(issuer).send<{ createApiKey: { apiKey: { permissions: string[] } } }, object>(
        'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { permissions } } }',
        { input: { namespaceId: tenant.organizationId, environment: 'PRODUCTION', name: level, roleId: roleOf(level) } },
      );
      const expected = level === 'OWNER' ? 'BAD_USER_INPUT' : issuable[issuer].includes(level) ? 'OK' : 'EXCEEDS_AUTHORITY';
      expect({ level, code: answer.code }).toEqual({ level, code: expected });
      if (expected === 'OK') expect(answer.data?.createApiKey.apiKey.permissions).toEqual(builtInOf(carriedAt(level)));
    }
  });

  test.each([
    ['SERVICE_AUTHOR', 'POLICY_AUTHOR', 'policy:manage'],
    ['POLICY_AUTHOR', 'SERVICE_AUTHOR', 'service:manage'],
  ] as const)(
    '%s and %s are incomparable: the excess is told, for oneself and for another (S0.9, S0.10, C13)',
    async (one, other, beyond) => {
      const { organizationId: namespaceId } = tenant;
      const asking = { namespaceId, environment: 'PRODUCTION', name: 'Key', roleId: roleOf(other) };
      const excess = [{ namespaceId, permissions: [beyond] }];
      for (const answer of [
        await send(clientOf(one), 'createApiKey', asking),
        // Not even by an admin, who holds both.
        await send(clientOf('ADMIN'), 'createApiKeyForUser', { ...asking, userId: people.get(one)?.id }),
      ]) {
        expect([answer.code, answer.errors[0]?.extensions['excess']]).toEqual(['EXCEEDS_AUTHORITY', excess]);
      }
    },
  );

  test('READ_ONLY submits events, as the matrix has it; what strictly reads is VIEWER (S0.12, S1.8, C6)', async () => {
    const viewer = await tenant.key({ name: 'A key of a VIEWER', roleId: 'rol_viewer' });
    const submitting = async (key: TestKey) => (await verify(gateway, key, { permissions: ['event:submit'] })).code;
    expect([await submitting(await keyAt('READ_ONLY')), await submitting(viewer)]).toEqual(['VALID', 'INSUFFICIENT_PERMISSIONS']);
  });

  test('of an owner top out at ADMIN: all that is left out is what no key carries (C8)', async () => {
    const { viewer } = await (
      await keyAt('OWNER')
    ).client.ask<{ viewer: { apiKey: { permissions: string[] } } }>('{ viewer { apiKey { permissions } } }');
    expect(viewer.apiKey.permissions).toEqual(builtInOf(carriedAt('ADMIN')));
    for (const permission of ['owner:manage', 'namespace:recover', 'organization:create']) {
      const input = { namespaceId: tenant.organizationId, environment: 'PRODUCTION', name: 'Key', permissions: [permission] };
      expect((await send(clientOf('OWNER'), 'createApiKey', input)).code).toBe('BAD_USER_INPUT');
    }
  });
});
