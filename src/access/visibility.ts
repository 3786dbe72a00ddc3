import {
  type Caller,
  held,
  mayRecover,
  type NamespaceKind,
  type Permission,
  type Person,
  reachable,
  tenantWide,
  usable,
  viewPermission,
} from '../authority/index.js';
import type { Facts } from './Facts.js';

/** A condition of a query: SQL over columns of ours, and the parameters that are bound to it. */
export interface Condition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** A query of the namespaces for which it holds, where they are granted ones. */
  readonly namespaces?: string;
}

/** Nothing is. */
export const never: Condition = { sql: '1 = 0', parameters: {} };
/** Holds for everything. */
export const always: Condition = { sql: '1 = 1', parameters: {} };

/** All of these hold. */
function both(left: Condition, right: Condition): Condition {
  return { sql: `${left.sql} AND ${right.sql}`, parameters: { ...left.parameters, ...right.parameters } };
}

/**
 * The namespaces, named by a column, in which a person holds any of these permissions: what `held` says, as a query.
 * `mark` keeps its parameters apart from those of other conditions.
 */
async function heldIn(facts: Facts, person: Person, column: string, anyOf: readonly Permission[], mark: string): Promise<Condition> {
  const [subject, roles] = await Promise.all([facts.subject(person.id), facts.rolesWith(...anyOf)]);
  if (person.state !== 'ACTIVE' || !subject || roles.length === 0) return never;
  const granted = `${mark}.subject_id IN (:...${mark}Subjects) AND ${mark}.role_id IN (:...${mark}Roles)`;
  return {
    sql: `EXISTS (SELECT 1 FROM grants ${mark} WHERE ${mark}.namespace_id = ${column} AND ${granted})`,
    namespaces: `SELECT DISTINCT ${mark}.namespace_id AS namespace_id FROM grants ${mark} WHERE ${granted}`,
    parameters: { [`${mark}Subjects`]: subject.subjectIds, [`${mark}Roles`]: roles },
  };
}

/** The namespaces of one kind, as rows of `alias`, that the caller sees: what `seesNamespace` says, as a query. */
export async function visibleNamespaces(facts: Facts, caller: Caller, kind: NamespaceKind, alias: string): Promise<Condition> {
  const view = viewPermission[kind];
  if (caller.kind === 'USER') {
    return mayRecover(caller) ? always : heldIn(facts, caller.person, `${alias}.id`, [view], 'viewed');
  }
  const { home, people, permissions, restrictions } = caller.key;
  if (restrictions !== null || !permissions.has(view)) return never;
  const { ids, childrenOf } = reachable(home);
  const children = childrenOf === null ? '' : ` OR ${alias}.application_id = :reachedParent`;
  const reached: Condition = {
    sql: `(${alias}.id IN (:...reachedIds)${children})`,
    parameters: { reachedIds: ids, ...(childrenOf !== null && { reachedParent: childrenOf }) },
  };
  const [user, issuer] = people;
  const byUser = await heldIn(facts, user, `${alias}.id`, [view], 'viewed');
  if (issuer === user) return both(reached, byUser);
  return both(reached, both(byUser, await heldIn(facts, issuer, `${alias}.id`, [view], 'issued')));
}

/**
 * The namespaces, named by a column, in which the caller may use any of these permissions: what `hasRight` says, as a query.
 * `mark` keeps its parameters apart where it is asked twice.
 */
export async function usableIn(
  facts: Facts,
  caller: Caller,
  column: string,
  anyOf: readonly Permission[],
  mark = 'used',
): Promise<Condition> {
  if (caller.kind === 'KEY') {
    const { home } = caller.key;
    const here = usable(caller, home);
    return anyOf.some((name) => here.has(name)) ? { sql: `${column} = :${mark}Home`, parameters: { [`${mark}Home`]: home.id } } : never;
  }
  const inTenant = held(caller.person, caller.tenant);
  if (anyOf.some((name) => tenantWide.has(name) && inTenant.has(name))) return always;
  return heldIn(facts, caller.person, column, anyOf, mark);
}
