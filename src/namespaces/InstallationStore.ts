import type { Rows } from '../database/index.js';
import { InstallationRows } from './InstallationRow.js';
import type { Namespace } from './Namespace.js';

/** The one row that tells whether, and by which organization, this installation was founded. */
export class InstallationStore {
  constructor(private readonly rows: Rows) {}

  isFounded(): Promise<boolean> {
    return this.rows.existsBy(InstallationRows, { id: 1 });
  }

  /** Can be done once: whoever comes second meets a duplicate. */
  async insert({ id, createdAt }: Namespace): Promise<void> {
    await this.rows.insert(InstallationRows, { id: 1, firstOrganizationId: id, createdAt });
  }

  async firstOrganizationId(): Promise<string> {
    return (await this.rows.findOneByOrFail(InstallationRows, { id: 1 })).firstOrganizationId;
  }
}
