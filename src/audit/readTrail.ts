import type { Rows } from '../database/index.js';
import type { Page, PageRequest } from '../domain/index.js';
import type { AuditEvent } from './AuditEvent.js';
import { type AuditFilter, AuditStore } from './AuditStore.js';

/** The trail of a tenant, the newest first. Whether somebody may read it is another question. */
export const trailOf = (rows: Rows, organizationId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>> =>
  new AuditStore(rows).list(organizationId, filter, page);

/** Events by id, for loaders; null where there is none. */
export async function auditEventsById(rows: Rows, ids: readonly string[]): Promise<(AuditEvent | null)[]> {
  const found = await new AuditStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}
