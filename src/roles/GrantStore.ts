import { In, type SelectQueryBuilder } from 'typeorm';
import type { Condition } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { keysetPages, permitted, type Rows } from '../database/index.js';
import type { Page, PageRequest } from '../domain/index.js';
import type { Grant } from './Grant.js';
import { type GrantRow, GrantRows } from './GrantRow.js';

type Creation = 'organization.create' | 'application.create' | 'workspace.create' | 'userGroup.create';
type Deletion = 'organization.delete' | 'application.delete' | 'workspace.delete' | 'userGroup.delete';

/** Rows of grants. A grant that has ended is gone; the audit trail tells of it. */
export class GrantStore {
  constructor(private readonly rows: Rows) {}

  async byIds(ids: readonly string[]): Promise<Map<string, Grant>> {
    const found = await this.rows.findBy(GrantRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, row]));
  }

  /** A grant of that tenant. */
  async find(organizationId: string, id: string): Promise<Grant | null> {
    return this.rows.findOneBy(GrantRows, { id, organizationId });
  }

  /** The page of each namespace, or of each subject. */
  async listWithin(
    tenantId: string,
    visible: Condition,
    by: 'namespaceId' | 'subjectId',
    parents: readonly string[],
    page: PageRequest,
  ): Promise<ReadonlyMap<string, Page<Grant>>> {
    const query: SelectQueryBuilder<GrantRow> = this.rows
      .createQueryBuilder(GrantRows, 'g')
      .where(`g.organizationId = :tenantId AND g.${by} IN (:...parents)`, { tenantId, parents: [...parents] })
      .andWhere(visible.sql, visible.parameters);
    return keysetPages(query, by, parents, page);
  }

  /** Whether a subject has that role in that namespace already. */
  async exists({ subjectId, namespaceId, roleId }: Pick<Grant, 'subjectId' | 'namespaceId' | 'roleId'>): Promise<boolean> {
    return this.rows.existsBy(GrantRows, { subjectId, namespaceId, roleId });
  }

  /** Whether anybody has that role anywhere in the tenant. */
  async isGranted(organizationId: string, roleId: string): Promise<boolean> {
    return this.rows.existsBy(GrantRows, { organizationId, roleId });
  }

  async insert(permit: Permit<'grant.create'>, grant: Grant): Promise<void> {
    permitted(permit, this.rows, grant.id);
    await this.rows.insert(GrantRows, grant);
  }

  /** The grants with which a new namespace begins. */
  async insertInitial(permit: Permit<Creation>, grants: readonly Grant[]): Promise<void> {
    for (const grant of grants) {
      permitted(permit, this.rows, grant.namespaceId);
      await this.rows.insert(GrantRows, grant);
    }
  }

  /** False if it has ended already. */
  async delete(permit: Permit<'grant.revoke'>, id: string): Promise<boolean> {
    permitted(permit, this.rows, id);
    const { affected } = await this.rows.delete(GrantRows, { id });
    return affected === 1;
  }

  /** Ends every grant of a user who is being removed; how many. */
  async deleteOfUser(permit: Permit<'user.remove'>, userId: string): Promise<number> {
    permitted(permit, this.rows, userId);
    const { affected } = await this.rows.delete(GrantRows, { subjectId: userId });
    return affected ?? 0;
  }

  /** Ends every grant in a namespace that is being deleted and, where it is a group, every grant of the group; how many. */
  async deleteOfNamespace(permit: Permit<Deletion>, namespaceId: string): Promise<number> {
    permitted(permit, this.rows, namespaceId);
    const inside = await this.rows.delete(GrantRows, { namespaceId });
    const ofGroup = await this.rows.delete(GrantRows, { subjectId: namespaceId });
    return (inside.affected ?? 0) + (ofGroup.affected ?? 0);
  }
}
