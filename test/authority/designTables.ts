import type { Action, Permission } from '../../src/authority/index.js';

/** The tables of the design, copied from its text by hand and from nowhere else. */

export const levels = ['OWNER', 'ADMIN', 'SERVICE_AUTHOR', 'POLICY_AUTHOR', 'EVENT_WRITER', 'READ_ONLY', 'EDITOR', 'VIEWER'] as const;
export type Level = (typeof levels)[number];

/** DESIGN section 2, row by row: who has the tick, in the order of `levels`, and the permissions of the row. */
const sectionTwo: readonly (readonly [ticks: string, permissions: string])[] = [
  ['x . . . . . . .', 'owner:manage'],
  ['x x . . . . . .', 'admin:manage'],
  ['x x . . . . . .', 'organization:manage'],
  ['x x x . . . . .', 'service:manage'],
  ['x x . x . . . .', 'policy:manage'],
  ['x x x x . . . .', 'trustProfile:manage'],
  ['x x x x x x . .', 'event:submit'],
  ['x x x x x x . .', 'configuration:view'],
  ['x x x x x x x x', 'organization:view application:view workspace:view userGroup:view role:view'],
  ['x x . . . . x .', 'organization:edit application:edit workspace:edit userGroup:edit'],
  ['x x . x . . . .', 'role:manage'],
  ['x x . . . . . x', 'user:view grant:view apiKey:view audit:view log:view job:view'],
  ['x x . . . . . .', 'application:create workspace:create userGroup:create'],
  ['x x . . . . . .', 'organization:delete application:delete workspace:delete userGroup:delete'],
  ['x x . . . . . .', 'userGroup:manageMembers user:manage grant:manage'],
  ['x x . . . . . .', 'apiKey:create apiKey:createForUser apiKey:manage apiKey:verify'],
  ['x x . . . . . .', 'sharedSecret:reveal sharedSecret:manage job:manage'],
  ['x . . . . . . .', 'namespace:recover organization:create'],
];

const words = (text: string): readonly Permission[] => text.split(' ').map((word) => word as Permission);

/** The built-in permissions, one cell for each level. */
export const cells: readonly { readonly permission: Permission; readonly level: Level; readonly ticked: boolean }[] = sectionTwo.flatMap(
  ([ticks, permissions]) =>
    words(permissions).flatMap((permission) =>
      ticks.split(' ').map((tick, column) => ({ permission, level: levels[column] ?? 'VIEWER', ticked: tick === 'x' })),
    ),
);

export const builtInNames: readonly Permission[] = sectionTwo.flatMap(([, permissions]) => words(permissions));

/** What a tenant's own services have registered, as in S2.4. */
export const registeredNames: readonly Permission[] = words('license:manage customer:read telemetry:write');

/** Every permission of the small worlds. */
export const universe: readonly Permission[] = [...builtInNames, ...registeredNames];

/** What a level holds: its ticks, and for OWNER and ADMIN what the tenant has registered. */
export const ofLevel = (level: Level): readonly Permission[] => [
  ...cells.filter((cell) => cell.level === level && cell.ticked).map((cell) => cell.permission),
  ...(level === 'OWNER' || level === 'ADMIN' ? registeredNames : []),
];

/** "A key never uses the session-only permissions …" */
export const sessionOnlyNames = words(
  'owner:manage admin:manage grant:manage role:manage user:manage apiKey:createForUser ' +
    'sharedSecret:reveal userGroup:manageMembers namespace:recover organization:create',
);

/** "Tenant-wide rights": held in the organization they cover the tenant's inventory. */
export const tenantWideNames = builtInNames.filter(
  (name) => /^(apiKey|sharedSecret|user|role|job):/.test(name) || ['audit:view', 'log:view'].includes(name),
);

/** The rows of the matrix of S0, S0.6 to S0.13 in order. */
export const matrixRows = builtInNames.slice(0, 8);

/** What an act needs, and for whom ownership is enough. */
export interface Act {
  readonly needs: string;
  readonly own?: 'SESSION' | 'ANY';
  readonly recoverable?: boolean;
  /** Under a key nobody does it, whatever the key carries. */
  readonly neverUnderKey?: boolean;
}

const onRecords = (kind: 'organization' | 'application' | 'workspace' | 'userGroup') =>
  ({ [`${kind}.create`]: `${kind}:create`, [`${kind}.update`]: `${kind}:edit`, [`${kind}.delete`]: `${kind}:delete` }) as const;

const onlyNeeds = {
  ...onRecords('organization'),
  ...onRecords('application'),
  ...onRecords('workspace'),
  ...onRecords('userGroup'),
  'userGroup.addMember': 'userGroup:manageMembers',
  'userGroup.removeMember': 'userGroup:manageMembers',
  'user.create': 'user:manage',
  'user.update': 'user:manage',
  'user.deactivate': 'user:manage',
  'user.activate': 'user:manage',
  'user.resetPassword': 'user:manage',
  'user.remove': 'user:manage',
  'role.create': 'role:manage',
  'role.update': 'role:manage',
  'role.delete': 'role:manage',
  // The design is silent on who keeps the catalogue: whoever manages roles. Settings are S0.8.
  'permission.define': 'role:manage',
  'permission.remove': 'role:manage',
  'organization.configure': 'organization:manage',
  'apiKey.createForUser': 'apiKey:createForUser',
  'webhook.create': 'organization:manage',
  'webhook.update': 'organization:manage',
  'webhook.delete': 'organization:manage',
  'sharedSecret.rotate': 'sharedSecret:manage',
  'apiKey.import': 'apiKey:createForUser',
  // A job needs what its items need; the design names job:manage for jobs themselves.
  'job.importApiKeys': 'apiKey:createForUser',
};

const withMore: Readonly<Record<string, Act>> = {
  'user.rename': { needs: 'user:manage', own: 'SESSION' },
  'grant.create': { needs: 'grant:manage', recoverable: true },
  'grant.revoke': { needs: 'grant:manage', recoverable: true },
  'apiKey.create': { needs: 'apiKey:create', own: 'SESSION' },
  'apiKey.update': { needs: 'apiKey:manage', own: 'SESSION', neverUnderKey: true },
  'apiKey.revoke': { needs: 'apiKey:manage', own: 'ANY' },
  'apiKey.reactivate': { needs: 'apiKey:manage', own: 'SESSION', neverUnderKey: true },
  'apiKey.regenerate': { needs: 'apiKey:manage', own: 'SESSION', neverUnderKey: true },
  'apiKey.delete': { needs: 'apiKey:manage', own: 'SESSION', neverUnderKey: true },
  'sharedSecret.reveal': { needs: 'sharedSecret:reveal', neverUnderKey: true },
  'job.revokeApiKeys': { needs: 'apiKey:manage', neverUnderKey: true },
  'job.cancel': { needs: 'job:manage', own: 'SESSION' },
};

const acts: ReadonlyMap<string, Act> = new Map([
  ...Object.entries(onlyNeeds).map(([action, needs]) => [action, { needs }] as const),
  ...Object.entries(withMore),
]);

export const actNames = [...acts.keys()] as readonly Action[];

/** The act of that name. */
export function act(action: Action): Act {
  const found = acts.get(action);
  if (!found) throw new Error(`the design has no act ${action}`);
  return found;
}
