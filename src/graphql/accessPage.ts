import {
  actions,
  builtInPermissions,
  builtInRoles,
  neverInCustomRoles,
  neverOnKeys,
  type NamespaceFacts,
  type NamespaceKind,
  reach,
  ruleOf,
  sessionOnly,
  tenantWide,
} from '../authority/index.js';
import { rootAccess, type RootAccess } from './accessTable.js';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string[] => [row(...head), row(...head.map(() => '---')), ...rows, ''];
const tick = (yes: boolean): string => (yes ? '✓' : '');

/** The reference of who may do what, out of the very tables that decide it. */
export const accessPage = (): string =>
  [
    '<!-- Emitted from src/authority and src/graphql/accessTable.ts by `npm run schema`: a change made here is lost. -->',
    '',
    '# Who may do what',
    '',
    'A right is held in exactly one namespace. **Tenant-wide** ones, held in the organization, cover the inventory of the tenant (its keys,',
    'users, roles, trail) and give nothing inside other namespaces. An API key has what it was granted, as far as its home reaches, and only',
    'while each of the people behind it holds it too; **session-only** rights it never uses here.',
    '',
    '## Permissions and built-in roles',
    '',
    ...permissions(),
    'OWNER and ADMIN also hold every permission that the tenant has registered. `organization:create` counts only in the first organization.',
    '',
    '## What a key reaches',
    '',
    'At home: everything it was granted. Elsewhere only these, and nothing where there is no line.',
    '',
    ...reaches(),
    '## Acts',
    '',
    ...acts(),
    '## Operations',
    '',
    ...operations(),
  ].join('\n');

function permissions(): string[] {
  return table(
    [
      'permission',
      'what it allows',
      ...builtInRoles.map(({ name }) => name),
      'tenant-wide',
      'session-only',
      'never on a key',
      'never in a custom role',
    ],
    builtInPermissions.map(({ name, description }) =>
      row(
        `\`${name}\``,
        description,
        ...builtInRoles.map((role) => tick(role.permissions.has(name))),
        tick(tenantWide.has(name)),
        tick(sessionOnly.has(name)),
        tick(neverOnKeys.has(name)),
        tick(neverInCustomRoles.has(name)),
      ),
    ),
  );
}

const place = (kind: NamespaceKind, id: string, applicationId: string | null): NamespaceFacts => ({
  id,
  kind,
  organizationId: 'organization',
  applicationId,
  deleted: false,
  first: false,
});

/** One place of each sort in a small tenant, by what a reader calls it. */
const places: Readonly<Record<string, NamespaceFacts>> = {
  'its organization': place('ORGANIZATION', 'organization', null),
  'its application': place('APPLICATION', 'application', null),
  'another application': place('APPLICATION', 'other', null),
  'a workspace of its application': place('WORKSPACE', 'workspace', 'application'),
  'a group of its application': place('USER_GROUP', 'group', 'application'),
  'a group of its organization': place('USER_GROUP', 'tenantGroup', null),
};

const homes: Readonly<Record<string, NamespaceFacts>> = {
  'an organization': place('ORGANIZATION', 'organization', null),
  'an application': place('APPLICATION', 'application', null),
  'a workspace': place('WORKSPACE', 'home', 'application'),
  'a group of an application': place('USER_GROUP', 'home', 'application'),
  'a group of an organization': place('USER_GROUP', 'home', null),
};

function reaches(): string[] {
  const rows = Object.entries(homes).flatMap(([home, from]) =>
    Object.entries(places).flatMap(([target, to]) => {
      const through = reach(from, to);
      return through === 'everything' || through.size === 0
        ? []
        : [row(home, target, [...through].map((name) => `\`${name}\``).join(', '))];
    }),
  );
  return table(['home', 'reaches', 'with'], rows);
}

function acts(): string[] {
  return table(
    ['act', 'needs', 'or'],
    (Object.keys(actions) as (keyof typeof actions)[]).sort().map((action) => {
      const { needs, own, recoverable, touches, handsOn } = ruleOf(action);
      const others = [
        own === 'SESSION' && 'being signed in, for one’s own',
        own === 'ANY' && 'being signed in, for one’s own; a key, for itself',
        recoverable && '`namespace:recover` in the organization',
      ].filter((text) => typeof text === 'string');
      const limits = [touches && 'the right to touch OWNERs and ADMINs', handsOn && 'holding all that it hands on'].filter(
        (text) => typeof text === 'string',
      );
      return row(`\`${action}\``, [`\`${needs}\``, ...limits].join('; and '), others.join('; '));
    }),
  );
}

const callers: Record<RootAccess['callers'], string> = {
  ANYONE: 'anyone',
  SIGNED_IN: 'signed-in people',
  KEY: 'API keys',
  CALLER: 'signed-in people and API keys',
};

/** What decides where it is neither an act nor a permission. */
const inWords: ReadonlyMap<string, string> = new Map([
  ['own', 'what is one’s own'],
  ['seen', 'what one sees'],
  ['password', 'the password or the token'],
]);

function operations(): string[] {
  const by = (access: RootAccess): string => {
    if (typeof access.by !== 'string') return access.by.map((action) => `\`${action}\``).join(', ');
    return inWords.get(access.by) ?? `\`${access.by}\``;
  };
  return Object.entries(rootAccess).flatMap(([type, fields]) =>
    table(
      [type.toLowerCase(), 'for', 'decided by'],
      Object.keys(fields)
        .sort()
        .flatMap((name) => {
          const access = fields[name];
          return access ? [row(`\`${name}\``, callers[access.callers], by(access))] : [];
        }),
    ),
  );
}
