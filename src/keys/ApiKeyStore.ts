import { In, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { Condition } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { keysetPage, keysetPages, permitted, type Rows } from '../database/index.js';
import { mapPage, type Page, type PageRequest, searchKey } from '../domain/index.js';
import { type ApiKey, toApiKey } from './ApiKey.js';
import { type ApiKeyRow, ApiKeyRows, graceEnded } from './ApiKeyRow.js';
import { RetiredSecretStore } from './RetiredSecretStore.js';

/** What may change of a key after its creation. What is fixed is no part of this type. */
export interface ApiKeyEdit extends Partial<Pick<ApiKey, 'rateLimit' | 'restrictions' | 'allowedCidrs' | 'metadata'>> {
  readonly name?: string;
  readonly description?: string | null;
  readonly roleId?: string | null;
  readonly permissions?: string[];
}

/** How a key was stopped. */
export interface Revocation {
  readonly revokedAt: Date;
  readonly revokedBy: string;
  readonly revokeReason: string | null;
  readonly revokedPermanently: boolean;
}

/** What a regeneration changes beside the secret. */
export type Regeneration = Pick<ApiKey, 'issuedBy' | 'generation' | 'previousSecretExpiresAt'>;

/** Rows of API keys. Deleted keys are in no answer of this store. */
export class ApiKeyStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, ApiKey>> {
    const found = await this.rows.findBy(ApiKeyRows, { id: In([...ids]), deletedAt: IsNull() });
    return new Map(found.map((row) => [row.id, toApiKey(row)]));
  }

  async list(tenantId: string, visible: Condition, page: PageRequest): Promise<Page<ApiKey>> {
    return mapPage(await keysetPage(this.listed(tenantId, visible), page), toApiKey);
  }

  /** The page of each namespace, or of each user. */
  async listWithin(
    tenantId: string,
    visible: Condition,
    by: 'namespaceId' | 'userId',
    parents: readonly string[],
    page: PageRequest,
  ): Promise<ReadonlyMap<string, Page<ApiKey>>> {
    const query = this.listed(tenantId, visible).andWhere(`k.${by} IN (:...parents)`, { parents });
    const pages = await keysetPages(query, by, parents, page);
    return new Map([...pages].map(([parent, found]) => [parent, mapPage(found, toApiKey)]));
  }

  async insert(permit: Permit<'apiKey.create' | 'apiKey.createForUser'>, key: ApiKey, secretDigest: Buffer): Promise<void> {
    permitted(permit, this.rows, key.id);
    await this.rows.insert(ApiKeyRows, { ...key, nameKey: searchKey(key.name), secretDigest });
  }

  async edit(permit: Permit<'apiKey.update'>, id: string, edit: ApiKeyEdit, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    const named = edit.name === undefined ? {} : { nameKey: searchKey(edit.name) };
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { ...edit, ...named, updatedAt: now });
  }

  async revoke(permit: Permit<'apiKey.revoke'>, id: string, revocation: Revocation, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { ...revocation, ...graceEnded, updatedAt: now });
  }

  async reactivate(permit: Permit<'apiKey.reactivate'>, id: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(
      ApiKeyRows,
      { id, deletedAt: IsNull(), revokedPermanently: false },
      { revokedAt: null, revokedBy: null, revokeReason: null, updatedAt: now },
    );
  }

  /** Puts a new secret in the place of the current one, which is retired from now on; an earlier grace ends. */
  async regenerate(
    permit: Permit<'apiKey.regenerate'>,
    id: string,
    regeneration: Regeneration,
    secretDigest: Buffer,
    now: Date,
  ): Promise<void> {
    permitted(permit, this.rows, id);
    const living = { id, deletedAt: IsNull(), revokedPermanently: false, generation: regeneration.generation - 1 };
    const { secretDigest: replaced } = await this.rows.findOneByOrFail(ApiKeyRows, living);
    await new RetiredSecretStore(this.rows).insert(permit, id, replaced, now);
    const previousSecretDigest = regeneration.previousSecretExpiresAt ? replaced : null;
    const { affected } = await this.rows.update(ApiKeyRows, living, {
      ...regeneration,
      secretDigest,
      previousSecretDigest,
      updatedAt: now,
    });
    // The tenant's row is held: nobody can have come between.
    if (affected !== 1) throw new Error('a key changed while it was being regenerated');
  }

  async delete(permit: Permit<'apiKey.delete'>, id: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { deletedAt: now, updatedAt: now });
  }

  /** Deletes every key at home in a namespace that is being deleted; how many. */
  async deleteOfNamespace(
    permit: Permit<'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete'>,
    namespaceId: string,
    now: Date,
  ): Promise<number> {
    permitted(permit, this.rows, namespaceId);
    const { affected } = await this.rows.update(ApiKeyRows, { namespaceId, deletedAt: IsNull() }, { deletedAt: now, updatedAt: now });
    return affected ?? 0;
  }

  /** Whether a tenant has so many keys that work or may work again; no more of them are read. */
  async holdsAtLeast(count: number, organizationId: string, now: Date): Promise<boolean> {
    const [last] = await this.rows
      .createQueryBuilder(ApiKeyRows, 'k')
      .select('k.id')
      .where({ organizationId, deletedAt: IsNull(), revokedPermanently: false })
      .andWhere('(k.expiresAt IS NULL OR k.expiresAt > :now)', { now })
      .orderBy('k.id', 'ASC')
      .offset(count - 1)
      .limit(1)
      .getMany();
    return last !== undefined;
  }

  private listed(tenantId: string, visible: Condition): SelectQueryBuilder<ApiKeyRow> {
    return this.rows
      .createQueryBuilder(ApiKeyRows, 'k')
      .where('k.organizationId = :tenantId AND k.deletedAt IS NULL', { tenantId })
      .andWhere(visible.sql, visible.parameters);
  }
}
