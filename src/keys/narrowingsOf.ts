import { afterPrefix, type InOrder, type Narrowing, narrowing } from '../database/index.js';
import { searchKey } from '../domain/index.js';
import type { ApiKeyFilter } from './ApiKeyFilter.js';

/** What every index of an order begins with. */
export const LIVING = 'k.organization_id = :tenantId AND k.deleted_at IS NULL';

/**
 * Whether a key has such a row in a table of these. Counted, and looked up by the key alone: an EXISTS would be turned into the
 * list of all keys that have one.
 */
const holdsFor = (table: string, alias: string, condition: string): string =>
  `(SELECT COUNT(*) FROM ${table} WHERE ${alias}.api_key_id = k.id AND (${condition}) IS TRUE) > 0`;

/** Keys whose names hold one of these words behind their start, each word's in the order of names. */
const byNames = (words: readonly string[]): InOrder => ({
  ...{ column: 'name_key', table: 'api_key_word_names', value: 'name_key', id: 'api_key_id' },
  parts: words.map((word, at) => ({ sql: `w.organization_id = :tenantId AND w.word = :word${at}`, parameters: { [`word${at}`]: word } })),
});

/** What else must be known to narrow: the instant, and the words that a search may mean, where they are few. */
interface Known {
  readonly now: Date;
  readonly words?: readonly string[] | null;
}

type Of = { readonly [F in keyof ApiKeyFilter]-?: (value: NonNullable<ApiKeyFilter[F]>, known: Known) => Narrowing };

/**
 * What each field of a filter asks for, as ranges of indexes. A range that no index has ends in a filter that walks, and
 * `test/database/keyPlans` finds it.
 */
const asked: Of = {
  namespaceId: (namespaceId) =>
    narrowing({ namespaceId }, { where: 'k.namespace_id = :namespaceId', index: 'api_keys_by_namespace', along: 'id' }),
  userId: (userId) => narrowing({ userId }, { where: 'k.user_id = :userId', index: 'api_keys_by_user', along: 'id' }),
  createdById: (createdById) =>
    narrowing({ createdById }, { where: 'k.created_by = :createdById', index: 'api_keys_by_creator', along: 'id' }),
  roleId: (roleId) =>
    narrowing({ roleId }, { where: 'k.organization_id = :tenantId AND k.role_id = :roleId', index: 'api_keys_by_role', along: 'id' }),
  environment: (environment) =>
    narrowing(
      { environment },
      { where: 'k.organization_id = :tenantId AND k.environment = :environment', index: 'api_keys_by_environment', along: 'id' },
    ),
  // All of a tenant's keys, or none.
  organizationId: (organizationId) =>
    narrowing(
      { organizationId },
      { where: `${LIVING} AND :organizationId = :tenantId`, index: 'api_keys_in_order_of_creation', along: 'id' },
    ),
  status: (status, { now }) => {
    const standing = `${LIVING} AND k.stopped = ${status === 'INACTIVE' ? 1 : 0}`;
    const by = { index: 'api_keys_by_status', along: 'expires_at' } as const;
    switch (status) {
      case 'INACTIVE':
        return narrowing({}, { where: standing, ...by });
      case 'EXPIRED':
        return narrowing({ now }, { where: `${standing} AND k.expires_at <= :now`, ...by, isNull: false });
      case 'ACTIVE':
        return narrowing(
          { now },
          { where: `${standing} AND k.expires_at IS NULL`, ...by, isNull: true },
          { where: `${standing} AND k.expires_at > :now`, ...by, isNull: false },
        );
    }
  },
  permission: (permission) => {
    const holds = 'p.organization_id = :tenantId AND p.permission = :permission';
    return narrowing(
      { permission },
      {
        where: holdsFor('api_key_permissions p', 'p', holds),
        ids: `SELECT p.api_key_id AS id FROM api_key_permissions p WHERE ${holds}`,
      },
    );
  },
  unusedSince: (unusedSince) =>
    narrowing(
      { unusedSince },
      { where: `${LIVING} AND k.last_used_at IS NULL`, index: 'api_keys_in_order_of_last_use', along: 'last_used_at', isNull: true },
      {
        where: `${LIVING} AND k.last_used_at < :unusedSince`,
        index: 'api_keys_in_order_of_last_use',
        along: 'last_used_at',
        isNull: false,
      },
    ),
  expiresBefore: (expiresBefore) =>
    narrowing(
      { expiresBefore },
      { where: `${LIVING} AND k.expires_at < :expiresBefore`, index: 'api_keys_in_order_of_expiry', along: 'expires_at', isNull: false },
    ),
  search: (search, { words }) => {
    const prefix = searchKey(search);
    const begins = `${LIVING} AND k.name_key >= :prefix AND k.name_key < :beyond`;
    const word = 'w.organization_id = :tenantId AND w.words >= :prefix AND w.words < :beyond';
    const elsewhere = 'NOT (k.name_key >= :prefix AND k.name_key < :beyond)';
    return narrowing(
      { prefix, beyond: afterPrefix(prefix) },
      { where: begins, index: 'api_keys_in_order_of_names', along: 'name_key' },
      {
        // Whose name does not hold the text at all need not be looked up: the index of names tells.
        where: `(${elsewhere} AND INSTR(k.name_key, :prefix) > 0 AND ${holdsFor('api_key_words w', 'w', word)})`,
        ids: `SELECT DISTINCT w.api_key_id AS id FROM api_key_words w WHERE ${word}`,
        rest: elsewhere,
        ...(words && words.length > 0 && { inOrder: byNames(words) }),
      },
    );
  },
};

/** The narrowings that a filter asks for, as they are at an instant. `:tenantId` is bound by the list. */
export function narrowingsOf(filter: ApiKeyFilter, known: Known): Narrowing[] {
  return (Object.keys(asked) as (keyof ApiKeyFilter)[]).flatMap((field) => {
    const value = filter[field];
    return value === null || value === undefined ? [] : [(asked[field] as (value: unknown, known: Known) => Narrowing)(value, known)];
  });
}
