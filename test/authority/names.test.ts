import { builtInNames, levels, registeredNames } from './designTables.js';
import { isPermissionName, isReserved, type Permission, reservedRoleNames } from '../../src/authority/index.js';

const long = 'a'.repeat(48);

test.each([...builtInNames, ...registeredNames, 'a:b', 'a1:b2', 'trustProfile:manage', `${long}:${long}`])(
  '%s is spelt like a permission',
  (text) => {
    expect(isPermissionName(text)).toBe(true);
  },
);

test.each([
  ...['', ':', 'a', 'a:', ':b', 'a:b:c', 'a::b', 'workspace:*', '*:view', '*'],
  ...[' a:b', 'a:b ', 'a:b\n', '\na:b', 'a :b', 'a:b c', 'é:view', 'a:é', 'a-b:c', 'a:b-c'],
  ...['A:b', 'a:B', '1a:b', 'a:1b', `a${long}:b`, `b:a${long}`],
])('%j is not: a permission is matched whole, and exactly', (text) => {
  expect(isPermissionName(text)).toBe(false);
});

test.each([...builtInNames, 'workspace:fly', 'apiKey:sell'] as Permission[])(
  '%s is of a resource of the service: no tenant registers it',
  (name) => {
    expect(isReserved(name)).toBe(true);
  },
);

test.each([...registeredNames, 'work:edit', 'workspaces:edit', 'manage:workspace'] as Permission[])(
  '%s is free to be registered',
  (name) => {
    expect(isReserved(name)).toBe(false);
  },
);

test('the names of the built-in roles are reserved, and no others', () => {
  expect([...reservedRoleNames].sort()).toEqual([...levels].sort());
});
