import { type Act, always, usableIn } from '../access/index.js';
import { type Caller, permission, usable } from '../authority/index.js';
import { type Narrowing, narrowing, type Rows } from '../database/index.js';
import {
  orderedCursorOf,
  orderedPageRequest,
  type OrderedPageRequest,
  type Page,
  type PageArguments,
  parseInput,
} from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { apiKeyFilter, type ApiKeyFilter, apiKeyOrder, type ApiKeyOrder, defaultOrder, placeIn, valueOfPlace } from './ApiKeyFilter.js';
import { type ApiKeyListing, ApiKeyListStore } from './ApiKeyListStore.js';

/** Arguments of every list of keys, as the client sends them. */
export interface ApiKeyListArguments extends PageArguments {
  readonly filter?: ApiKeyFilter | null | undefined;
  readonly orderBy?: ApiKeyOrder | null | undefined;
}

/** A list of keys as it was asked for. */
interface Asked {
  readonly listing: ApiKeyListing;
  readonly request: OrderedPageRequest<ApiKeyOrder['field']>;
}

async function asked(act: Act, { filter, orderBy, ...page }: ApiKeyListArguments): Promise<Asked> {
  const narrowed = parseInput(apiKeyFilter, filter ?? {}, 'filter');
  const order = orderOf({ orderBy });
  const request = orderedPageRequest(page, order, (text) => valueOfPlace(order, text));
  const caller = await act.caller();
  const visible = await visibleKeys(act, caller);
  return { listing: { tenantId: caller.tenant.id, filter: narrowed, visible, now: act.clock() }, request };
}

const orderOf = ({ orderBy }: Pick<ApiKeyListArguments, 'orderBy'>): ApiKeyOrder =>
  orderBy ? parseInput(apiKeyOrder, orderBy, 'orderBy') : defaultOrder;

/** How the rows of a list that was asked for so are told apart as cursors. */
export function cursorsOf(args: ApiKeyListArguments): (key: ApiKey) => string {
  const order = orderOf(args);
  return (key) => orderedCursorOf(order, placeIn(order, key));
}

/** The keys that the caller sees: their own, and those of where they may view or manage keys. */
export async function listApiKeys(act: Act, args: ApiKeyListArguments): Promise<Page<ApiKey>> {
  const { listing, request } = await asked(act, args);
  return new ApiKeyListStore(act.rows).list(listing, request);
}

/** The same, for each of many namespaces or users. */
export const apiKeysWithin =
  (by: 'namespaceId' | 'userId') =>
  async (act: Act, parents: readonly string[], args: ApiKeyListArguments): Promise<ReadonlyMap<string, Page<ApiKey>>> => {
    const { listing, request } = await asked(act, args);
    return new ApiKeyListStore(act.rows).listWithin(listing, by, parents, request);
  };

/**
 * Some of the living keys of a tenant that a filter matches, whoever sees them, in the order of ids and behind one: for work that
 * goes through all of them, piece by piece, while they change.
 */
export async function keysMatching(
  rows: Rows,
  tenantId: string,
  filter: ApiKeyFilter,
  { now, limit, afterId = null }: { readonly now: Date; readonly limit: number; readonly afterId?: string | null },
): Promise<readonly ApiKey[]> {
  const after = afterId === null ? null : { value: null, id: afterId };
  const listing = { tenantId, filter, visible: null, now };
  return (await new ApiKeyListStore(rows).list(listing, { limit, order: defaultOrder, after })).items;
}

/** What `seesKey` says, as what narrows a list; null where they see all of the tenant. */
async function visibleKeys(act: Act, caller: Caller): Promise<Narrowing | null> {
  if (caller.kind === 'KEY') {
    const { id, home, environment } = caller.key;
    if (!usable(caller, home).has(permission('apiKey:view'))) return narrowing({ self: id }, { where: 'k.id = :self', along: 'id' });
    // The key itself is among these.
    return narrowing(
      { selfHome: home.id, selfEnvironment: environment },
      { where: 'k.namespace_id = :selfHome AND k.environment = :selfEnvironment', index: 'api_keys_by_namespace', along: 'id' },
    );
  }
  const own = { where: 'k.user_id = :self', index: 'api_keys_by_user', along: 'id' };
  const parameters = { self: caller.person.id };
  const others = await usableIn(act.facts, caller, 'k.namespace_id', [permission('apiKey:view'), permission('apiKey:manage')]);
  if (others === always) return null;
  if (others.namespaces === undefined) return narrowing(parameters, own);
  return narrowing({ ...parameters, ...others.parameters }, own, {
    where: `(k.user_id <> :self AND ${others.sql})`,
    ids: `SELECT k.id AS id FROM (${others.namespaces}) seen JOIN api_keys k ON k.namespace_id = seen.namespace_id`,
    rest: 'k.user_id <> :self',
  });
}
