import { In, IsNull } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { afterPrefix, insertRows, permitted, type Rows } from '../database/index.js';
import { ApiKeyRows } from './ApiKeyRow.js';
import { type ImportedCredentialRow, ImportedCredentialRows } from './ImportedCredentialRow.js';

/** Conditions of one statement: SQLite takes 1,000 of them nested in each other. */
const MOST_RANGES = 200;

/** Credentials that were made elsewhere, as far as importing them goes. */
export class ImportedCredentialStore {
  constructor(private readonly rows: Rows) {}

  /** Which of these digests the tenant has already. */
  async knownDigests(organizationId: string, digests: readonly Buffer[]): Promise<ReadonlySet<string>> {
    if (digests.length === 0) return new Set();
    // Written out: TypeORM names each of a thousand digests and then searches the statement for the names.
    const found = await this.rows.query<{ digest: Buffer }[]>(
      `SELECT digest FROM imported_credentials WHERE organization_id = ? AND digest IN (${digests.map(() => '?').join(', ')})`,
      [organizationId, ...digests],
    );
    return new Set(found.map(({ digest }) => digest.toString('base64')));
  }

  /** The heads that the tenant has already and that are the start of one of these, or start with one. */
  async knownHeads(organizationId: string, heads: readonly string[], parts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (let from = 0; from < heads.length; from += MOST_RANGES) {
      const some = heads.slice(from, from + MOST_RANGES);
      const ranges = some.map((_, index) => `(c.lookupPrefix >= :from${index} AND c.lookupPrefix < :to${index})`);
      const bounds = some.flatMap((head, index) => [
        [`from${index}`, head],
        [`to${index}`, afterPrefix(head)],
      ]);
      const longer = await this.heads(organizationId, `(${ranges.join(' OR ')})`, Object.fromEntries(bounds) as Record<string, string>);
      found.push(...longer);
    }
    if (parts.length > 0) found.push(...(await this.heads(organizationId, 'c.lookupPrefix IN (:...parts)', { parts })));
    return found;
  }

  async insert(permits: ReadonlyMap<string, Permit<'apiKey.import'>>, credentials: readonly ImportedCredentialRow[]): Promise<void> {
    for (const { apiKeyId } of credentials) {
      const permit = permits.get(apiKeyId);
      if (!permit) throw new Error('a credential was to be imported without a permit');
      permitted(permit, this.rows, apiKeyId);
    }
    await insertRows(this.rows, ImportedCredentialRows, credentials);
  }

  /** Forgets the credentials of keys that are being deleted: they may be imported again, for another key. */
  async remove(...apiKeyIds: readonly string[]): Promise<void> {
    for (let from = 0; from < apiKeyIds.length; from += MOST_RANGES) {
      await this.rows.delete(ImportedCredentialRows, { apiKeyId: In(apiKeyIds.slice(from, from + MOST_RANGES)) });
    }
  }

  /** The same of the keys at home in a namespace. */
  async removeOfNamespace(namespaceId: string): Promise<void> {
    const found = await this.rows.find(ApiKeyRows, { select: { id: true }, where: { namespaceId, deletedAt: IsNull() } });
    await this.remove(...found.map(({ id }) => id));
  }

  private async heads(organizationId: string, condition: string, parameters: object): Promise<string[]> {
    const found = await this.rows
      .createQueryBuilder(ImportedCredentialRows, 'c')
      .select('c.lookupPrefix', 'head')
      .where('c.organizationId = :organizationId', { organizationId })
      .andWhere(condition, { ...parameters })
      .getRawMany<{ head: string }>();
    return found.map(({ head }) => head);
  }
}
