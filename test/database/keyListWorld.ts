import { randomBytes } from 'node:crypto';
import type { Database, Rows } from '../../src/database/index.js';
import { newId, searchKey } from '../../src/domain/index.js';
import { ApiKeyIndexStore } from '../../src/keys/ApiKeyIndexStore.js';
import { type ApiKeyRow, ApiKeyRows } from '../../src/keys/ApiKeyRow.js';

/** Of what keys are made in tests of lists: everything that a filter may name. */
export interface KeyStock {
  readonly organizationId: string;
  readonly namespaces: readonly string[];
  readonly users: readonly string[];
  /** The instant that ends what is recent and begins what is to come. */
  readonly now: Date;
}

const DAY = 86_400_000;
const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
const roles = ['rol_admin', 'rol_read_only', null] as const;
const names = ['Nightly export', 'nightly IMPORT', 'Über-Bericht', 'chris_ro', 'Billing: nightly', 'ci', 'same', 'same'] as const;
const permissions = [['event:submit'], ['apiKey:create', 'event:submit'], ['workspace:view', 'license:manage']] as const;

/** Numbers from 0 to below 1 that look random and are the same each time. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** A key of every kind, as a row: some revoked, deleted, expired, never used. */
export function keyRow(stock: KeyStock, roll: () => number, more: Partial<ApiKeyRow> = {}): ApiKeyRow {
  const pick = <T>(some: readonly T[]): T => some[Math.floor(roll() * some.length)] as T;
  const { organizationId, now } = stock;
  const ago = (days: number): Date => new Date(now.getTime() - Math.floor(days) * DAY);
  const name = pick(names);
  const revokedAt = roll() < 0.2 ? ago(3) : null;
  const user = pick(stock.users);
  return {
    id: newId('key'),
    organizationId,
    namespaceId: pick(stock.namespaces),
    environment: pick(environments),
    userId: user,
    createdBy: pick([user, stock.users[0] as string]),
    issuedBy: user,
    createdByApiKeyId: null,
    name,
    nameKey: searchKey(name),
    description: null,
    roleId: pick(roles),
    permissions: [...pick(permissions)],
    hint: 'bwk_prod_',
    secretDigest: randomBytes(32),
    expiresAt: roll() < 0.4 ? null : ago(10 - roll() * 20),
    createdAt: now,
    updatedAt: now,
    revokedAt,
    revokedBy: revokedAt && user,
    revokeReason: null,
    revokedPermanently: false,
    deletedAt: roll() < 0.1 ? now : null,
    stopped: revokedAt !== null,
    rateLimit: null,
    restrictions: null,
    allowedCidrs: null,
    metadata: null,
    lastUsedAt: roll() < 0.4 ? null : ago(roll() * 30),
    generation: 1,
    previousSecretDigest: null,
    previousSecretExpiresAt: null,
    previousIssuedBy: null,
    ...more,
  };
}

/** Stores keys with all that finds them. */
export async function storeKeys(rows: Rows, keys: readonly ApiKeyRow[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 500) await rows.insert(ApiKeyRows, keys.slice(from, from + 500));
  await new ApiKeyIndexStore(rows).add(...keys.filter(({ deletedAt }) => deletedAt === null));
}

/** Has MySQL look at what it holds, as it does by itself after a while. SQLite does so only where it is told to, and the service tells it nothing. */
export async function analyze(database: Database): Promise<void> {
  if (database.kind === 'sqlite') return;
  await database.transact((rows) => rows.query('ANALYZE TABLE api_keys, api_key_permissions, api_key_words, api_key_word_names, grants'));
}
