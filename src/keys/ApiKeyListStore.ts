import { type Narrowing, narrowing, type OrderColumn, orderedPage, type OrderedList, orderedPages, type Rows } from '../database/index.js';
import { mapPage, type OrderedPageRequest, type Page, searchKey } from '../domain/index.js';
import { type ApiKey, toApiKey } from './ApiKey.js';
import { ApiKeyIndexStore } from './ApiKeyIndexStore.js';
import type { ApiKeyFilter, ApiKeyOrder } from './ApiKeyFilter.js';
import { type ApiKeyRow, ApiKeyRows } from './ApiKeyRow.js';
import { LIVING, narrowingsOf } from './narrowingsOf.js';

/** Which keys of a tenant are listed. */
export interface ApiKeyListing {
  /** No key of another tenant is ever listed, whatever else is asked for. */
  readonly tenantId: string;
  readonly filter: ApiKeyFilter;
  /** What the caller sees; null: all of the tenant. */
  readonly visible: Narrowing | null;
  /** The instant at which a status is told. */
  readonly now: Date;
}

/** Of a million keys, one in three hundred: about as much is then read on either way to fifty of them. */
const FEW = 3_000;

type Request = OrderedPageRequest<ApiKeyOrder['field']>;

const columns: Readonly<Record<ApiKeyOrder['field'], OrderColumn>> = {
  // Ids sort by the instant of their making.
  CREATED_AT: { column: 'id', property: 'id', nullable: false, index: 'api_keys_in_order_of_creation' },
  NAME: { column: 'name_key', property: 'nameKey', nullable: false, index: 'api_keys_in_order_of_names' },
  LAST_USED_AT: { column: 'last_used_at', property: 'lastUsedAt', nullable: true, index: 'api_keys_in_order_of_last_use' },
  EXPIRES_AT: { column: 'expires_at', property: 'expiresAt', nullable: true, index: 'api_keys_in_order_of_expiry' },
};

const within = {
  namespaceId: (parent: string, place: number): Narrowing =>
    narrowing(
      { [`namespace${place}`]: parent },
      { where: `k.namespace_id = :namespace${place}`, index: 'api_keys_by_namespace', along: 'id' },
    ),
  userId: (parent: string, place: number): Narrowing =>
    narrowing({ [`user${place}`]: parent }, { where: `k.user_id = :user${place}`, index: 'api_keys_by_user', along: 'id' }),
} as const;

/** Lists of living keys, narrowed and ordered. */
export class ApiKeyListStore {
  /** `few`: below that many, keys that a filter finds are sorted; above it they are looked for on the way. */
  constructor(
    private readonly rows: Rows,
    private readonly few = FEW,
  ) {}

  /** One page of a tenant's keys. */
  async list(listing: ApiKeyListing, request: Request): Promise<Page<ApiKey>> {
    const { tenantId, filter } = listing;
    // Asked also where few keys are found: how many statements a list issues depends on words, and not on keys.
    const isSearched = typeof filter.search === 'string' && request.order.field === 'NAME';
    const words = isSearched ? await new ApiKeyIndexStore(this.rows).wordsOf(tenantId, searchKey(filter.search ?? '')) : null;
    return mapPage(await orderedPage(this.listed(listing, words), { column: columns[request.order.field], request }), toApiKey);
  }

  /** The page of each namespace, or of each user. */
  async listWithin(
    listing: ApiKeyListing,
    by: keyof typeof within,
    parents: readonly string[],
    request: Request,
  ): Promise<ReadonlyMap<string, Page<ApiKey>>> {
    const asked = { column: columns[request.order.field], request };
    const pages = await orderedPages(this.listed(listing), { by, within: within[by], parents }, asked);
    return new Map([...pages].map(([parent, found]) => [parent, mapPage(found, toApiKey)]));
  }

  private listed({ tenantId, filter, visible, now }: ApiKeyListing, words: readonly string[] | null = null): OrderedList<ApiKeyRow> {
    const narrowings = [...narrowingsOf(filter, { now, words }), ...(visible ? [visible] : [])];
    return {
      rows: this.rows,
      entity: ApiKeyRows,
      table: 'api_keys',
      base: { sql: LIVING, parameters: { tenantId } },
      narrowings,
      few: this.few,
    };
  }
}
