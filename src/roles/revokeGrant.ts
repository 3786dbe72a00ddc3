import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { seesGrant } from '../authority/index.js';
import { idOf, notFound } from '../domain/index.js';
import { assertOwnerStays } from './assertOwnerStays.js';
import { touchedBy } from './carried.js';
import { GrantStore } from './GrantStore.js';

export const revokeGrantInput = z.object({ id: idOf('grt') });

/** Ends a grant, for who holds `grant:manage` in its namespace or may recover that. One active OWNER always stays. Answers its id. */
export const revokeGrant = (act: Act, input: z.output<typeof revokeGrantInput>): Promise<string> =>
  act.change((change) => revokingGrant(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function revokingGrant(change: Change, { id }: z.output<typeof revokeGrantInput>): Promise<string> {
  const store = new GrantStore(change.rows);
  const grant = await store.find(change.principal.organizationId, id);
  if (!grant) throw notFound('input.id');
  const { roleId, subjectId } = grant;
  const namespace = await change.namespace('input.id', grant.namespaceId);
  const caller = await change.caller(namespace);
  const permit = change.permit('input.id', {
    action: 'grant.revoke',
    caller,
    where: namespace,
    visible: seesGrant(caller, namespace, [subjectId]),
    target: grant.id,
    touches: touchedBy(roleId, namespace),
  });
  if (roleId === 'rol_owner') await assertOwnerStays(change, namespace.id, subjectId);
  if (!(await store.delete(permit, grant.id))) throw notFound('input.id');
  await change.record(permit, { namespaceId: namespace.id, concerned: subjectId, changes: { before: { roleId, subjectId } } });
  return grant.id;
}
