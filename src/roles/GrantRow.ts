import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `grants`: a user or a group holds a role in exactly one namespace. */
export interface GrantRow {
  id: string;
  organizationId: string;
  namespaceId: string;
  roleId: string;
  subjectId: string;
  grantedBy: string | null;
  createdAt: Date;
}

const { id, instant, optional, primaryId } = columns;

export const GrantRows = new EntitySchema<GrantRow>({
  name: 'Grant',
  tableName: 'grants',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    namespaceId: id('namespace_id'),
    roleId: id('role_id'),
    subjectId: id('subject_id'),
    grantedBy: optional(id('granted_by')),
    createdAt: instant('created_at'),
  },
});
