import { z } from 'zod';
import type { Act } from '../access/index.js';
import { type AuditEvent, trailOf } from '../audit/index.js';
import { hasRight, permission, seesNamespace } from '../authority/index.js';
import { forbidden, idOf, nameText, notFound, type Page, type PageArguments, pageRequest } from '../domain/index.js';

const viewing = permission('audit:view');

export const auditEventFilter = z.object({
  organizationId: idOf('org'),
  action: nameText.nullish(),
  targetId: z.string().max(64, 'is no id').nullish(),
  actorId: z.string().max(64, 'is no id').nullish(),
  outcome: z.enum(['ALLOWED', 'DENIED']).nullish(),
  from: z.date().nullish(),
  to: z.date().nullish(),
});

/** The audit trail of a tenant, the newest first, for who holds `audit:view` in its organization. */
export async function auditEvents(
  act: Act,
  { organizationId, ...filter }: z.output<typeof auditEventFilter>,
  args: PageArguments,
): Promise<Page<AuditEvent>> {
  const page = pageRequest(args);
  const organization = await act.facts.namespace(organizationId);
  const caller = await act.caller();
  if (!organization || organization.deleted) throw notFound('filter.organizationId');
  if (!hasRight(caller, viewing, organization)) {
    throw seesNamespace(caller, organization)
      ? forbidden('The audit trail is for who holds audit:view in the organization.', [viewing])
      : notFound('filter.organizationId');
  }
  return trailOf(act.rows, organizationId, filter, page);
}

/** Whether the caller sees an event: of their tenant, with `audit:view`. */
export async function mayViewAuditEvent(act: Act, { organizationId }: AuditEvent): Promise<boolean> {
  const caller = await act.caller();
  return organizationId === caller.tenant.id && hasRight(caller, viewing, caller.tenant);
}
