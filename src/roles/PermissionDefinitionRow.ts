import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `permission_definitions`: a permission that a tenant's own services have registered. */
export interface PermissionDefinitionRow {
  organizationId: string;
  name: string;
  label: string;
  description: string | null;
  createdAt: Date;
}

const { instant, optional, primaryId, text } = columns;

export const PermissionDefinitionRows = new EntitySchema<PermissionDefinitionRow>({
  name: 'PermissionDefinition',
  tableName: 'permission_definitions',
  columns: {
    organizationId: primaryId('organization_id'),
    name: primaryId('name'),
    label: text('label'),
    description: optional(text('description')),
    createdAt: instant('created_at'),
  },
});
