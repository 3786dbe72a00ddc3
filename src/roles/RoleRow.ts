import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `roles`: a custom role of a tenant. Built-in roles are code. */
export interface RoleRow {
  id: string;
  organizationId: string;
  name: string;
  nameKey: string | null;
  description: string | null;
  permissions: string[];
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

const { id, instant, json, optional, primaryId, text } = columns;

export const RoleRows = new EntitySchema<RoleRow>({
  name: 'Role',
  tableName: 'roles',
  columns: {
    id: primaryId('id'),
    organizationId: id('organization_id'),
    name: text('name'),
    nameKey: optional(text('name_key')),
    description: optional(text('description')),
    permissions: json('permissions'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    deletedAt: optional(instant('deleted_at')),
  },
});
