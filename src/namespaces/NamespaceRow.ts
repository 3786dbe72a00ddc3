import { EntitySchema } from 'typeorm';
import type { NamespaceKind } from '../authority/index.js';
import { columns } from '../database/index.js';

/** A row of `namespaces`: all four kinds. */
export interface NamespaceRow {
  id: string;
  kind: NamespaceKind;
  organizationId: string;
  applicationId: string | null;
  name: string;
  nameKey: string;
  description: string | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

const { id, instant, optional, primaryId, text } = columns;

export const NamespaceRows = new EntitySchema<NamespaceRow>({
  name: 'Namespace',
  tableName: 'namespaces',
  columns: {
    id: primaryId('id'),
    kind: text('kind'),
    organizationId: id('organization_id'),
    applicationId: optional(id('application_id')),
    name: text('name'),
    nameKey: text('name_key'),
    description: optional(text('description')),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    deletedAt: optional(instant('deleted_at')),
  },
});
