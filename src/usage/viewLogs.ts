import { z } from 'zod';
import { type Act, type Condition, never, usableIn } from '../access/index.js';
import { permission, usable } from '../authority/index.js';
import { anyId, emptyPage, idKind, idOf, type Page, type PageArguments, pageRequest } from '../domain/index.js';
import type { UseCode } from './KeyUse.js';
import type { VerificationLog } from './VerificationLog.js';
import { VerificationLogStore } from './VerificationLogStore.js';

const viewingLogs = permission('log:view');
const viewingKeys = [permission('apiKey:view'), permission('apiKey:manage')] as const;

export const verificationLogFilter = z.object({
  organizationId: anyId,
  apiKeyId: idOf('key').nullish(),
  code: z.custom<UseCode>((code) => typeof code === 'string').nullish(),
  from: z.date().nullish(),
  to: z.date().nullish(),
});

/**
 * Whose lines the caller sees, as a query over the rows of lines named `v`: with `log:view` those of the keys that they
 * may see, also of deleted ones; a signed-in person also those of their own keys. A key as caller needs `log:view`, and
 * sees those of its own environment and home (C21).
 */
async function visibleLines(act: Act): Promise<Condition> {
  const caller = await act.caller();
  if (caller.kind === 'KEY') {
    const { id, home, environment } = caller.key;
    const may = usable(caller, home);
    if (!may.has(viewingLogs)) return { sql: '1 = 0', parameters: {} };
    const others = may.has(permission('apiKey:view')) ? '' : ' AND v.api_key_id = :self';
    return {
      sql: `(v.namespace_id = :selfHome AND v.environment = :selfEnvironment${others})`,
      parameters: { self: id, selfHome: home.id, selfEnvironment: environment },
    };
  }
  const [logs, keys] = await Promise.all([
    usableIn(act.facts, caller, 'v.namespace_id', [viewingLogs], 'logged'),
    usableIn(act.facts, caller, 'v.namespace_id', viewingKeys, 'seen'),
  ]);
  // Their own alone are read by their own index: the rest of the tenant's log is not walked for nothing.
  if ([logs, keys].includes(never)) return { sql: 'v.user_id = :self', parameters: { self: caller.person.id } };
  return {
    sql: `(v.user_id = :self OR (${logs.sql} AND ${keys.sql}))`,
    parameters: { self: caller.person.id, ...logs.parameters, ...keys.parameters },
  };
}

/** The lines of a tenant's logs that the caller sees, the newest first. */
export async function verificationLogs(
  act: Act,
  { organizationId, ...filter }: z.output<typeof verificationLogFilter>,
  args: PageArguments,
): Promise<Page<VerificationLog>> {
  const page = pageRequest(args);
  const caller = await act.caller();
  if (organizationId !== caller.tenant.id) return emptyPage;
  return new VerificationLogStore(act.rows).list(organizationId, await visibleLines(act), filter, page);
}

/** The same lines, key by key, for each of many keys. */
export async function logsWithin(
  act: Act,
  apiKeyIds: readonly string[],
  args: PageArguments,
): Promise<ReadonlyMap<string, Page<VerificationLog>>> {
  const page = pageRequest(args);
  const { tenant } = await act.caller();
  return new VerificationLogStore(act.rows).newestOf(tenant.id, await visibleLines(act), apiKeyIds, page);
}

/** A line that the caller sees, or null. */
export async function viewVerificationLog(act: Act, id: string): Promise<VerificationLog | null> {
  if (idKind(id) !== 'log') return null;
  const { tenant } = await act.caller();
  return new VerificationLogStore(act.rows).byId(tenant.id, await visibleLines(act), id);
}
