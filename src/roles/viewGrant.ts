import { type Act, type Condition, usableIn } from '../access/index.js';
import { permission, seesGrant } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { type Page, type PageArguments, pageRequest } from '../domain/index.js';
import type { Grant } from './Grant.js';
import { GrantStore } from './GrantStore.js';

/** Grants by id, for loaders; null where there is none. Whether somebody may see one is another question. */
export async function grantsById(rows: Rows, ids: readonly string[]): Promise<(Grant | null)[]> {
  const found = await new GrantStore(rows).byIds(ids);
  return ids.map((id) => found.get(id) ?? null);
}

/** Whether the caller sees a grant: their own, or with `grant:view` or `grant:manage` in its namespace. */
export async function mayViewGrant(act: Act, { namespaceId, subjectId }: Grant): Promise<boolean> {
  const namespace = await act.facts.namespace(namespaceId);
  return namespace !== null && seesGrant(await act.caller(namespace), namespace, [subjectId]);
}

/** The page of each namespace, or of each user: the grants that the caller sees, as `mayViewGrant` says. */
export const grantsWithin =
  (by: 'namespaceId' | 'subjectId') =>
  async (act: Act, parents: readonly string[], args: PageArguments): Promise<ReadonlyMap<string, Page<Grant>>> => {
    const page = pageRequest(args);
    const visible = await visibleGrants(act);
    return new GrantStore(act.rows).listWithin(act.principal.organizationId, visible, by, parents, page);
  };

async function visibleGrants(act: Act): Promise<Condition> {
  const caller = await act.caller();
  const usable = await usableIn(act.facts, caller, 'g.namespace_id', [permission('grant:view'), permission('grant:manage')]);
  if (caller.kind === 'KEY') return usable;
  return { sql: `(g.subject_id = :grantee OR ${usable.sql})`, parameters: { ...usable.parameters, grantee: caller.person.id } };
}
