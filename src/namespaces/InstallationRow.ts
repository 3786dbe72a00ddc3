import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** The one row of `installation`: which organization was the first. */
export interface InstallationRow {
  id: 1;
  firstOrganizationId: string;
  createdAt: Date;
}

const { id, instant, integer } = columns;

export const InstallationRows = new EntitySchema<InstallationRow>({
  name: 'Installation',
  tableName: 'installation',
  columns: {
    id: { ...integer('id'), primary: true },
    firstOrganizationId: id('first_organization_id'),
    createdAt: instant('created_at'),
  },
});
