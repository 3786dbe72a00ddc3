import { In, IsNull, Not } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { insertRows, permitted, type Rows } from '../database/index.js';
import { searchKey } from '../domain/index.js';
import { type ApiKey, toApiKey } from './ApiKey.js';
import { ApiKeyIndexStore } from './ApiKeyIndexStore.js';
import { ApiKeyRows, graceEnded } from './ApiKeyRow.js';
import { ImportedCredentialStore } from './ImportedCredentialStore.js';
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
export type Regeneration = Pick<ApiKey, 'hint' | 'issuedBy' | 'generation' | 'previousSecretExpiresAt'>;

/**
 * Rows of API keys, which are written here and nowhere else but by `WithdrawalStore`: with each, what lists find it by. Deleted
 * keys are in no answer of this store.
 */
export class ApiKeyStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, ApiKey>> {
    const found = await this.rows.findBy(ApiKeyRows, { id: In([...ids]), deletedAt: IsNull() });
    return new Map(found.map((row) => [row.id, toApiKey(row)]));
  }

  async insert(permit: Permit<'apiKey.create' | 'apiKey.createForUser'>, key: ApiKey, secretDigest: Buffer): Promise<void> {
    permitted(permit, this.rows, key.id);
    await this.rows.insert(ApiKeyRows, { ...key, nameKey: searchKey(key.name), secretDigest, stopped: false });
    await new ApiKeyIndexStore(this.rows).add(key);
  }

  /** Stores the keys of a chunk together. Their credentials are compared elsewhere: `unused` makes a digest that nothing has. */
  async insertImported(
    permits: ReadonlyMap<string, Permit<'apiKey.import'>>,
    keys: readonly ApiKey[],
    unused: (at: number) => Buffer,
  ): Promise<void> {
    for (const { id } of keys) {
      const permit = permits.get(id);
      if (!permit) throw new Error('a key was to be imported without a permit');
      permitted(permit, this.rows, id);
    }
    const fresh = { previousSecretDigest: null, previousIssuedBy: null, stopped: false };
    const rows = keys.map((key, at) => ({ ...key, ...fresh, nameKey: searchKey(key.name), secretDigest: unused(at) }));
    await insertRows(this.rows, ApiKeyRows, rows);
    await new ApiKeyIndexStore(this.rows).add(...keys);
  }

  async edit(permit: Permit<'apiKey.update'>, id: string, edit: ApiKeyEdit, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    const named = edit.name === undefined ? {} : { nameKey: searchKey(edit.name) };
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { ...edit, ...named, updatedAt: now });
    await new ApiKeyIndexStore(this.rows).change(id, edit);
  }

  async revoke(permit: Permit<'apiKey.revoke'>, id: string, revocation: Revocation, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { ...revocation, ...graceEnded, stopped: true, updatedAt: now });
    await this.stopChildren(id);
  }

  async reactivate(permit: Permit<'apiKey.reactivate'>, id: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    const revived = await this.rows.update(
      ApiKeyRows,
      { id, deletedAt: IsNull(), revokedPermanently: false },
      { revokedAt: null, revokedBy: null, revokeReason: null, stopped: await this.hasStoppedParent(id), updatedAt: now },
    );
    // What it made works again with it, but for what was revoked itself.
    if (revived.affected === 1) await this.rows.update(ApiKeyRows, { createdByApiKeyId: id, revokedAt: IsNull() }, { stopped: false });
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
    const { secretDigest: replaced, issuedBy } = await this.rows.findOneByOrFail(ApiKeyRows, living);
    await new RetiredSecretStore(this.rows).insert(permit, id, replaced, now);
    const inGrace = regeneration.previousSecretExpiresAt !== null;
    const { affected } = await this.rows.update(ApiKeyRows, living, {
      ...regeneration,
      secretDigest,
      previousSecretDigest: inGrace ? replaced : null,
      previousIssuedBy: inGrace ? issuedBy : null,
      updatedAt: now,
    });
    // The tenant's row is held: nobody can have come between.
    if (affected !== 1) throw new Error('a key changed while it was being regenerated');
  }

  async delete(permit: Permit<'apiKey.delete'>, id: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(ApiKeyRows, { id, deletedAt: IsNull() }, { deletedAt: now, updatedAt: now });
    await this.stopChildren(id);
    await new ApiKeyIndexStore(this.rows).remove(id);
    await new ImportedCredentialStore(this.rows).remove(id);
  }

  /** Deletes every key at home in a namespace that is being deleted; how many. */
  async deleteOfNamespace(
    permit: Permit<'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete'>,
    namespaceId: string,
    now: Date,
  ): Promise<number> {
    permitted(permit, this.rows, namespaceId);
    // Keys that these made are at home there too, and go with them.
    await new ApiKeyIndexStore(this.rows).removeOfNamespace(namespaceId);
    await new ImportedCredentialStore(this.rows).removeOfNamespace(namespaceId);
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

  /** A key works only while the one that made it does. Nothing is made by what a key has made, so this goes one step. */
  private async stopChildren(id: string): Promise<void> {
    await this.rows.update(ApiKeyRows, { createdByApiKeyId: id }, { ...graceEnded, stopped: true });
  }

  private async hasStoppedParent(id: string): Promise<boolean> {
    const key = await this.rows.findOneBy(ApiKeyRows, { id });
    if (!key?.createdByApiKeyId) return false;
    const parent = { id: key.createdByApiKeyId };
    return this.rows.existsBy(ApiKeyRows, [
      { ...parent, revokedAt: Not(IsNull()) },
      { ...parent, deletedAt: Not(IsNull()) },
    ]);
  }
}
