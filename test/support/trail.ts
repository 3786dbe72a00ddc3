import type { AuditEventRow } from '../../src/audit/AuditEventRow.js';
import { AuditEventRows } from '../../src/audit/AuditEventRow.js';
import { type Breach, verifyChain } from '../../src/audit/index.js';
import { TenantLedger } from '../../src/access/index.js';
import type { Service } from './service.js';

/** The events of one tenant as they are stored, in the order of their ids. */
export const eventsOf = (service: Service, organizationId: string): Promise<AuditEventRow[]> =>
  service.app.database.reader.find(AuditEventRows, { where: { organizationId }, order: { id: 'ASC' } });

/** The events that a request has written, in any tenant. */
export const eventsOfRequest = (service: Service, requestId: string): Promise<AuditEventRow[]> =>
  service.app.database.reader.find(AuditEventRows, { where: { requestId }, order: { id: 'ASC' } });

/** Where the chain of a tenant ends, by its own row. */
export async function endOf(service: Service, organizationId: string): Promise<{ sequence: number; hash: Buffer }> {
  const end = (await TenantLedger.ends(service.app.database.reader)).find((each) => each.organizationId === organizationId);
  if (!end) throw new Error('no such tenant');
  return end;
}

/** What `npm run audit:verify` would say of a tenant. */
export async function breachesOf(service: Service, organizationId: string): Promise<Omit<Breach, 'organizationId'>[]> {
  const breaches = await verifyChain(service.app.database.reader, organizationId, await endOf(service, organizationId));
  return breaches.map(({ sequence, what }) => ({ sequence, what }));
}
