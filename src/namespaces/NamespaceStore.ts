import { In, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { Condition } from '../access/index.js';
import type { NamespaceKind, Permit } from '../authority/index.js';
import { afterPrefix, keysetPage, keysetPages, permitted, type Rows } from '../database/index.js';
import { mapPage, type Page, type PageRequest, searchKey } from '../domain/index.js';
import type { Namespace } from './Namespace.js';
import { type NamespaceRow, NamespaceRows } from './NamespaceRow.js';

type Creation = 'organization.create' | 'application.create' | 'workspace.create' | 'userGroup.create';
type Update = 'organization.update' | 'application.update' | 'workspace.update' | 'userGroup.update';
type Deletion = 'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete';

/** What narrows a list of namespaces. */
export interface NamespaceListing {
  /** Nothing of another tenant is ever listed, whatever else is asked for. */
  readonly tenantId: string;
  readonly kind: NamespaceKind;
  readonly organizationId?: readonly string[];
  readonly applicationId?: readonly string[];
  readonly search?: string | null | undefined;
  readonly visible: Condition;
}

const toNamespace = ({ nameKey: _nameKey, updatedAt: _updatedAt, ...namespace }: NamespaceRow): Namespace => namespace;

/** Rows of namespaces. */
export class NamespaceStore {
  constructor(private readonly rows: Rows) {}

  /** Namespaces by id, deleted ones too: their name-tags outlive them. */
  async byIds(ids: readonly string[]): Promise<Map<string, Namespace>> {
    const found = await this.rows.findBy(NamespaceRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toNamespace(row)]));
  }

  async find(id: string): Promise<Namespace | null> {
    return (await this.byIds([id])).get(id) ?? null;
  }

  async list(listing: NamespaceListing, page: PageRequest): Promise<Page<Namespace>> {
    return mapPage(await keysetPage(this.listed(listing), page), toNamespace);
  }

  /** The same for each of many parents. */
  async listWithin(
    listing: NamespaceListing,
    by: 'organizationId' | 'applicationId',
    parents: readonly string[],
    page: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Namespace>>> {
    const pages = await keysetPages(this.listed(listing), by, parents, page);
    return new Map([...pages].map(([parent, found]) => [parent, mapPage(found, toNamespace)]));
  }

  /** Whether living namespaces stand inside this one. */
  async holdsOthers(namespace: { readonly id: string; readonly kind: NamespaceKind }): Promise<boolean> {
    const inside = namespace.kind === 'ORGANIZATION' ? { organizationId: namespace.id } : { applicationId: namespace.id };
    const living = await this.rows.find(NamespaceRows, { select: { id: true }, where: { ...inside, deletedAt: IsNull() }, take: 2 });
    return living.some(({ id }) => id !== namespace.id);
  }

  async insert(permit: Permit<Creation>, namespace: Namespace): Promise<void> {
    permitted(permit, this.rows, namespace.id);
    await this.rows.insert(NamespaceRows, { ...namespace, nameKey: searchKey(namespace.name), updatedAt: namespace.createdAt });
  }

  async describe(permit: Permit<Update>, id: string, said: { name?: string; description?: string | null }, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    const named = said.name === undefined ? {} : { name: said.name, nameKey: searchKey(said.name) };
    const described = said.description === undefined ? {} : { description: said.description };
    await this.rows.update(NamespaceRows, { id, deletedAt: IsNull() }, { ...named, ...described, updatedAt: now });
  }

  /** False if it was deleted already. */
  async delete(permit: Permit<Deletion>, id: string, now: Date): Promise<boolean> {
    permitted(permit, this.rows, id);
    const { affected } = await this.rows.update(NamespaceRows, { id, deletedAt: IsNull() }, { deletedAt: now, updatedAt: now });
    return affected === 1;
  }

  private listed({ tenantId, kind, organizationId, applicationId, search, visible }: NamespaceListing): SelectQueryBuilder<NamespaceRow> {
    const query = this.rows
      .createQueryBuilder(NamespaceRows, 'n')
      .where('n.organizationId = :tenantId AND n.kind = :kind AND n.deletedAt IS NULL', { tenantId, kind })
      .andWhere(visible.sql, visible.parameters);
    if (organizationId) query.andWhere('n.organizationId IN (:...organizationIds)', { organizationIds: organizationId });
    if (applicationId) query.andWhere('n.applicationId IN (:...applicationIds)', { applicationIds: applicationId });
    if (search) {
      const prefix = searchKey(search);
      query.andWhere('n.nameKey >= :prefix AND n.nameKey < :beyond', { prefix, beyond: afterPrefix(prefix) });
    }
    return query;
  }
}
