import type { Permission } from './permissions.js';

/** The four kinds of namespace. */
export type NamespaceKind = 'ORGANIZATION' | 'APPLICATION' | 'WORKSPACE' | 'USER_GROUP';

/** The environments a key may belong to; strictly one (S2.2). */
export const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
/** One of them. */
export type Environment = (typeof environments)[number];

/** What authority knows of a namespace. Containment is stated for reach and tenancy only: no right ever follows it. */
export interface NamespaceFacts {
  readonly id: string;
  readonly kind: NamespaceKind;
  /** The tenant; an organization's own id. */
  readonly organizationId: string;
  /** The application that a workspace, or a group of an application, stands in. */
  readonly applicationId: string | null;
  readonly deleted: boolean;
  /** The installation's first organization, the only one where `organization:create` means anything. */
  readonly first: boolean;
}

/** A role held in exactly one namespace, directly or through a group. */
export interface HeldRole {
  readonly namespaceId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** What authority knows of a user. `grants` holds at least those in every namespace that is asked about. */
export interface Person {
  readonly id: string;
  readonly organizationId: string;
  readonly state: 'ACTIVE' | 'INACTIVE' | 'REMOVED';
  readonly grants: readonly HeldRole[];
}

/** At most `limit` uses in every window of `windowSeconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Narrows a key to named resources of one type, for example customer c_42 (C19). Never widens. */
export interface ResourceRestriction {
  readonly type: string;
  readonly ids: readonly string[];
}

/** One thing of the tenant's services, by its type and id: customer c_42. */
export interface Resource {
  readonly type: string;
  readonly id: string;
}

/** An internet address as a number, so that nothing here reads text. An IPv4-mapped IPv6 address is its IPv4 address. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses of one family from the first to the last, both among them. */
export interface Network {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** What narrows a key beside its permissions. Null: not narrowed in that respect; an empty list lets nothing through. */
export interface Narrowing {
  readonly restrictions: readonly ResourceRestriction[] | null;
  readonly networks: readonly Network[] | null;
  readonly rateLimit: RateLimit | null;
}

/** When a key stops by itself or was stopped. Instants are milliseconds since the epoch. */
export interface KeyLife {
  /** Revoked or deleted. */
  readonly stopped: boolean;
  /** Null: lives for ever. */
  readonly expiresAt: number | null;
}

/** What authority knows of a key. */
export interface KeyFacts extends KeyLife, Narrowing {
  readonly id: string;
  readonly home: NamespaceFacts;
  readonly environment: Environment;
  readonly permissions: ReadonlySet<Permission>;
  /** The key's user and its issuer; the same person twice for a key made for oneself. */
  readonly people: readonly [user: Person, issuer: Person];
  /** The key that created it: it works only while that one does. */
  readonly parent: KeyLife | null;
}

/** Who is asking: a signed-in user or an API key, in the tenant they belong to. */
export type Caller =
  | { readonly kind: 'USER'; readonly tenant: NamespaceFacts; readonly person: Person }
  | { readonly kind: 'KEY'; readonly tenant: NamespaceFacts; readonly key: KeyFacts };
