import DataLoader from 'dataloader';
import {
  builtInRoles,
  type Caller,
  type HeldRole,
  type KeyFacts,
  type KeyLife,
  type NamespaceFacts,
  type Permission,
  type Person,
} from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { networksOf } from '../domain/index.js';
import type { ApiKeyRow } from '../keys/ApiKeyRow.js';
import { AccessStore, type Subject } from './AccessStore.js';
import type { Principal } from './Principal.js';
import type { TenantSettings } from './TenantSettings.js';

const nothing: ReadonlySet<Permission> = new Set();

/** What of a key's row is a fact. */
export type KeyRecord = Pick<
  ApiKeyRow,
  | 'id'
  | 'namespaceId'
  | 'environment'
  | 'userId'
  | 'issuedBy'
  | 'createdByApiKeyId'
  | 'permissions'
  | 'expiresAt'
  | 'revokedAt'
  | 'deletedAt'
  | 'restrictions'
  | 'allowedCidrs'
  | 'rateLimit'
>;

/**
 * The facts that authority decides on, as one request or one transaction sees them: each is read once, and what is
 * asked for together is read together. All of it is of one tenant; what is of another does not exist here.
 */
export class Facts {
  private readonly store: AccessStore;
  private readonly namespaceLoader: DataLoader<string, NamespaceFacts | null>;
  private readonly subjectLoader: DataLoader<string, Subject | null>;
  private readonly keyLoader: DataLoader<string, ApiKeyRow | null>;
  private readonly heldLoader: DataLoader<readonly [userId: string, namespaceId: string], readonly HeldRole[], string>;
  private roles: Promise<ReadonlyMap<string, ReadonlySet<Permission>>> | undefined;

  constructor(
    rows: Rows,
    readonly organizationId: string,
  ) {
    this.store = new AccessStore(rows);
    const ofTenant = <T extends { organizationId: string }>(found: T | undefined): T | null =>
      found?.organizationId === organizationId ? found : null;
    this.namespaceLoader = new DataLoader(async (ids) => {
      const found = await this.store.namespaces(ids);
      return ids.map((id) => ofTenant(found.get(id)));
    });
    this.subjectLoader = new DataLoader(async (ids) => {
      const found = await this.store.subjects(ids);
      return ids.map((id) => ofTenant(found.get(id)));
    });
    this.keyLoader = new DataLoader(async (ids) => {
      const found = await this.store.keys(ids);
      return ids.map((id) => ofTenant(found.get(id)));
    });
    this.heldLoader = new DataLoader((asked) => this.loadHeld(asked), {
      cacheKeyFn: ([userId, namespaceId]) => `${userId} ${namespaceId}`,
    });
  }

  /** A namespace of the tenant, or null; also one that is deleted. */
  namespace(id: string): Promise<NamespaceFacts | null> {
    return this.namespaceLoader.load(id);
  }

  /** The tenant's organization. */
  async tenant(): Promise<NamespaceFacts> {
    const organization = await this.namespaceLoader.load(this.organizationId);
    if (!organization) throw new Error('a tenant has lost its organization');
    return organization;
  }

  /** A user of the tenant and the ids under which they are granted roles, or null. */
  subject(userId: string): Promise<Subject | null> {
    return this.subjectLoader.load(userId);
  }

  /** What the tenant has decided about its keys. */
  settings(): Promise<TenantSettings> {
    return this.store.settings(this.organizationId);
  }

  /** What each role of the tenant holds: built in, registered and custom. Unknown roles hold nothing. */
  rolePermissions(): Promise<ReadonlyMap<string, ReadonlySet<Permission>>> {
    this.roles ??= this.loadRoles();
    return this.roles;
  }

  /** What one role holds in this tenant. */
  async permissionsOf(roleId: string): Promise<ReadonlySet<Permission>> {
    return (await this.rolePermissions()).get(roleId) ?? nothing;
  }

  /** Every permission that the tenant knows: built in or registered. An unknown name is never stored. */
  knownPermissions(): Promise<ReadonlySet<Permission>> {
    return this.permissionsOf('rol_owner');
  }

  /** The roles of the tenant that hold a permission; for conditions of queries. */
  async rolesWith(...anyOf: readonly Permission[]): Promise<readonly string[]> {
    const roles = await this.rolePermissions();
    return [...roles].filter(([, permissions]) => anyOf.some((name) => permissions.has(name))).map(([id]) => id);
  }

  /** A person with what they hold in these namespaces; whoever does not exist holds nothing and is removed. */
  async person(userId: string, namespaceIds: readonly string[]): Promise<Person> {
    const asked = [...new Set([...namespaceIds, this.organizationId])];
    const [subject, ...grants] = await Promise.all([
      this.subject(userId),
      ...asked.map((namespaceId) => this.heldLoader.load([userId, namespaceId])),
    ]);
    return {
      id: userId,
      organizationId: this.organizationId,
      state: subject?.state ?? 'REMOVED',
      grants: grants.flat(),
    };
  }

  /** Everything a subject (a user or a group) is granted itself, role by role. */
  async grantsOf(...subjectIds: readonly string[]): Promise<readonly { namespaceId: string; roleId: string }[]> {
    return this.store.allGrants(subjectIds);
  }

  /** How the key that created this one stands, for its status; null where a person created it. */
  async parentLife(key: Pick<KeyRecord, 'createdByApiKeyId'>): Promise<KeyLife | null> {
    if (key.createdByApiKeyId === null) return null;
    const parent = await this.keyLoader.load(key.createdByApiKeyId);
    // A parent that is not there any more cannot work, and so neither can this key.
    return parent ? lifeOf(parent) : { stopped: true, expiresAt: null };
  }

  /** The key of a row, with the people behind it as they stand in these namespaces; null without a home. */
  async keyOf(row: KeyRecord, namespaceIds: readonly string[]): Promise<KeyFacts | null> {
    const everywhere = [row.namespaceId, ...namespaceIds];
    const [home, user, issuer, parent] = await Promise.all([
      this.namespace(row.namespaceId),
      this.person(row.userId, everywhere),
      row.issuedBy === row.userId ? null : this.person(row.issuedBy, everywhere),
      this.parentLife(row),
    ]);
    if (!home) return null;
    return {
      id: row.id,
      home,
      environment: row.environment,
      permissions: new Set(row.permissions as Permission[]),
      people: [user, issuer ?? user],
      ...lifeOf(row),
      restrictions: row.restrictions,
      networks: row.allowedCidrs && networksOf(row.allowedCidrs),
      rateLimit: row.rateLimit,
      parent,
    };
  }

  /** The caller, with what they hold in these namespaces and in the organization; null if they are gone. */
  async caller(principal: Principal, ...namespaces: readonly { readonly id: string }[]): Promise<Caller | null> {
    const ids = namespaces.map(({ id }) => id);
    const tenant = await this.tenant();
    if (principal.kind === 'USER') {
      const person = await this.person(principal.userId, ids);
      if (person.state !== 'ACTIVE') return null;
      // Until a temporary password is changed, what is open (viewer) leads to oneself and to nothing that one holds.
      return { kind: 'USER', tenant, person: principal.mustChangePassword ? { ...person, state: 'INACTIVE' } : person };
    }
    const row = await this.keyLoader.load(principal.keyId);
    // With the people of the secret that was presented: a grace lends nothing that only the new issuer holds.
    const key = row && (await this.keyOf({ ...row, issuedBy: principal.issuedBy }, ids));
    return key && !key.stopped ? { kind: 'KEY', tenant, key } : null;
  }

  private async loadHeld(asked: readonly (readonly [string, string])[]): Promise<HeldRole[][]> {
    const subjects = await Promise.all(asked.map(([userId]) => this.subject(userId)));
    const subjectIds = new Set(subjects.flatMap((subject) => subject?.subjectIds ?? []));
    if (subjectIds.size === 0) return asked.map(() => []);
    const namespaceIds = new Set(asked.map(([, namespaceId]) => namespaceId));
    const [grants, roles] = await Promise.all([this.store.grants([...subjectIds], [...namespaceIds]), this.rolePermissions()]);
    const byNamespace = Map.groupBy(grants, ({ namespaceId }) => namespaceId);
    return asked.map(([, namespaceId], index) => {
      const own = subjects[index]?.subjectIds ?? [];
      return (byNamespace.get(namespaceId) ?? [])
        .filter(({ subjectId }) => own.includes(subjectId))
        .map(({ roleId }) => ({ namespaceId, permissions: roles.get(roleId) ?? nothing }));
    });
  }

  private async loadRoles(): Promise<ReadonlyMap<string, ReadonlySet<Permission>>> {
    const [custom, registered] = await Promise.all([
      this.store.customRoles(this.organizationId),
      this.store.registeredPermissions(this.organizationId),
    ]);
    return new Map([
      ...builtInRoles.map(
        ({ id, permissions, holdsRegistered }) => [id, holdsRegistered ? new Set([...permissions, ...registered]) : permissions] as const,
      ),
      ...custom.map(({ id, permissions }) => [id, new Set(permissions)] as const),
    ] as [string, ReadonlySet<Permission>][]);
  }
}

const lifeOf = (row: KeyRecord): KeyLife => ({
  stopped: row.revokedAt !== null || row.deletedAt !== null,
  expiresAt: row.expiresAt?.getTime() ?? null,
});
