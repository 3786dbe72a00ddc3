import {
  actions,
  type BuiltInPermission,
  builtInPermissions,
  builtInRole,
  builtInRoles,
  isPermissionName,
  isWithin,
  neverInCustomRoles,
  neverOnKeys,
  type NamespaceFacts,
  type Permission,
  permission,
  type Person,
  ruleOf,
  sessionOnly,
  tenantWide,
} from '../../src/authority/index.js';
import { act, actNames, builtInNames, cells, type Level, levels, matrixRows, sessionOnlyNames, tenantWideNames } from './designTables.js';

const setOf = (level: Level): ReadonlySet<Permission> => {
  const role = builtInRole(`rol_${level.toLowerCase()}`);
  if (!role) throw new Error(`no role ${level}`);
  return role.permissions;
};
const inMatrix = (level: Level): readonly Permission[] => matrixRows.filter((name) => setOf(level).has(name));

describe('the matrix of S0: eight rows, six columns, 48 cells, 27 ticks', () => {
  const columns = levels.slice(0, 6);
  const everybody = 'OWNER ADMIN SERVICE_AUTHOR POLICY_AUTHOR EVENT_WRITER READ_ONLY';
  const rows: readonly (readonly [fact: string, sentence: string, name: BuiltInPermission, ticks: string])[] = [
    ['S0.6', 'create, update and delete owners', 'owner:manage', 'OWNER'],
    ['S0.7', 'create, update and delete non-owner admins', 'admin:manage', 'OWNER ADMIN'],
    ['S0.8', 'manage organization settings', 'organization:manage', 'OWNER ADMIN'],
    ['S0.9', 'manage services', 'service:manage', 'OWNER ADMIN SERVICE_AUTHOR'],
    ['S0.10', 'manage roles and policies', 'policy:manage', 'OWNER ADMIN POLICY_AUTHOR'],
    ['S0.11', 'manage trust profiles', 'trustProfile:manage', 'OWNER ADMIN SERVICE_AUTHOR POLICY_AUTHOR'],
    ['S0.12', 'submit events', 'event:submit', everybody],
    ['S0.13', 'view configurations', 'configuration:view', everybody],
  ];
  const matrix = rows.flatMap(([fact, sentence, name, ticks]) =>
    columns.map((level) => {
      const ticked = ticks.split(' ').includes(level);
      return { fact, sentence, name, level, ticked, may: ticked ? 'may' : 'may not' };
    }),
  );

  test.each(matrix)('$fact: $level $may $sentence', ({ name, level, ticked }) => {
    expect(setOf(level).has(permission(name))).toBe(ticked);
  });

  test('has 48 cells and 27 ticks', () => {
    expect(matrix).toHaveLength(48);
    expect(matrix.filter(({ ticked }) => ticked)).toHaveLength(27);
  });

  test('OWNER (8) ⊃ ADMIN (7) ⊃ SERVICE_AUTHOR (4), POLICY_AUTHOR (4) ⊃ EVENT_WRITER (2) = READ_ONLY (2) (C7)', () => {
    expect(columns.map((level) => inMatrix(level).length)).toEqual([8, 7, 4, 4, 2, 2]);
    expect(inMatrix('OWNER')).toEqual(expect.arrayContaining([...inMatrix('ADMIN')]));
    for (const author of ['SERVICE_AUTHOR', 'POLICY_AUTHOR'] as const) {
      expect(inMatrix('ADMIN')).toEqual(expect.arrayContaining([...inMatrix(author)]));
      expect(inMatrix(author)).toEqual(expect.arrayContaining([...inMatrix('READ_ONLY')]));
    }
    expect([...setOf('EVENT_WRITER')].sort()).toEqual([...setOf('READ_ONLY')].sort());
  });
});

describe('levels of keys', () => {
  test.each(levels)('S0.4: whether keys are issued at the level %s', (level) => {
    expect(builtInRole(`rol_${level.toLowerCase()}`)?.assignableToApiKeys).toBe(level !== 'OWNER');
  });

  test('what no key carries is the session-only list, less the rows of S0 other than owner:manage (C8, C22)', () => {
    const carried = matrixRows.filter((name) => name !== 'owner:manage');
    expect([...neverOnKeys].sort()).toEqual(sessionOnlyNames.filter((name) => !carried.includes(name)).sort());
  });

  const organization: NamespaceFacts = {
    id: 'org',
    kind: 'ORGANIZATION',
    organizationId: 'org',
    applicationId: null,
    deleted: false,
    first: true,
  };
  const holder = (level: Level): Person => ({
    id: level,
    organizationId: 'org',
    state: 'ACTIVE',
    grants: [{ namespaceId: 'org', permissions: setOf(level) }],
  });
  const excess = (mine: Level, other: Level, onKey: boolean): readonly Permission[] => {
    const person = holder(mine);
    const handed = { namespace: organization, permissions: setOf(other), ...(onKey ? { behindKey: [person, person] } : {}) };
    return isWithin({ kind: 'USER', tenant: organization, person }, [handed]).flatMap(({ permissions }) => permissions);
  };

  test.each([true, false])('law 6: SERVICE_AUTHOR hands on no POLICY_AUTHOR, nor the reverse (on a key: %s)', (onKey) => {
    expect([...excess('SERVICE_AUTHOR', 'POLICY_AUTHOR', onKey)].sort()).toEqual(['policy:manage', 'role:manage']);
    expect(excess('POLICY_AUTHOR', 'SERVICE_AUTHOR', onKey)).toEqual(['service:manage']);
  });

  const pairs = levels.flatMap((mine) => levels.map((other) => ({ mine, other })));
  test.each(pairs)('$mine hands on $other only as far as it is a subset', ({ mine, other }) => {
    const beyond = [...setOf(other)].filter((name) => !setOf(mine).has(name));
    expect([...excess(mine, other, true)].sort()).toEqual(beyond.sort());
  });
});

describe('the table of section 2', () => {
  test.each(levels)('%s holds its ticks and nothing else', (level) => {
    const ticks = cells.filter((cell) => cell.level === level && cell.ticked).map((cell) => cell.permission);
    expect([...setOf(level)].sort()).toEqual([...ticks].sort());
  });

  test('names every built-in permission once, and there are no others', () => {
    expect(new Set(builtInNames).size).toBe(builtInNames.length);
    expect(builtInPermissions.map(({ name }) => name).sort()).toEqual([...builtInNames].sort());
    expect(builtInNames.filter((name) => !isPermissionName(name))).toEqual([]);
  });

  test('every permission and every role is told in words', () => {
    const texts = [
      ...builtInPermissions.flatMap(({ label, description }) => [label, description]),
      ...builtInRoles.map((role) => role.description),
    ];
    expect(texts.filter((text) => !/^[A-Z]\S* \S/.test(text))).toEqual([]);
    expect(new Set(builtInPermissions.map(({ label }) => label)).size).toBe(builtInPermissions.length);
  });

  test('has these roles with these fixed ids, the strongest first', () => {
    expect(builtInRoles.map(({ name }) => name)).toEqual([...levels]);
    expect(builtInRoles.map(({ id }) => id)).toEqual(levels.map((level) => `rol_${level.toLowerCase()}`));
  });

  test('what the tenant has registered is held by OWNER and ADMIN', () => {
    expect(builtInRoles.filter(({ holdsRegistered }) => holdsRegistered).map(({ name }) => name)).toEqual(['OWNER', 'ADMIN']);
  });

  test('VIEWER reads and nothing else, READ_ONLY follows the matrix (C6)', () => {
    expect([...setOf('VIEWER')].filter((name) => !name.endsWith(':view'))).toEqual([]);
    expect(setOf('READ_ONLY').has(permission('event:submit'))).toBe(true);
  });
});

describe('the lists of section 1', () => {
  test('session-only, tenant-wide and never in a custom role', () => {
    expect([...sessionOnly].sort()).toEqual([...sessionOnlyNames].sort());
    expect([...tenantWide].sort()).toEqual([...tenantWideNames].sort());
    expect([...neverInCustomRoles].sort()).toEqual(['namespace:recover', 'organization:create', 'owner:manage']);
  });

  test('every act is in the table that the laws are checked with', () => {
    expect(Object.keys(actions).sort()).toEqual([...actNames].sort());
  });

  test.each(actNames)('%s needs what the design says', (action) => {
    const { needs, own, recoverable } = act(action);
    const rule = ruleOf(action);
    expect({ needs: rule.needs, own: rule.own, recoverable: rule.recoverable === true }).toEqual({
      needs,
      own,
      recoverable: recoverable === true,
    });
  });

  // At least these; an act may be marked that the design does not name.
  const onGrants = 'userGroup.addMember userGroup.removeMember userGroup.delete grant.create grant.revoke';
  const onPeople = 'user.update user.rename user.deactivate user.activate user.resetPassword user.remove';
  const handing = 'grant.create role.create role.update userGroup.addMember user.activate user.resetPassword';
  const keying = 'apiKey.create apiKey.createForUser apiKey.update apiKey.reactivate apiKey.regenerate';

  test.each(`${onGrants} ${onPeople}`.split(' '))('%s says whom of a level it touches (S0.6, S0.7)', (action) => {
    expect(actNames.filter((name) => ruleOf(name).touches)).toContain(action);
  });

  test.each(`${handing} ${keying}`.split(' '))('%s says what power it hands on', (action) => {
    expect(actNames.filter((name) => ruleOf(name).handsOn)).toContain(action);
  });
});
