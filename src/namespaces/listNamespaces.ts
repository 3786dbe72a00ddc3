import { z } from 'zod';
import { type Act, visibleNamespaces } from '../access/index.js';
import type { NamespaceKind } from '../authority/index.js';
import { anyId, nameText, type Page, type PageArguments, pageRequest, parseInput } from '../domain/index.js';
import type { Namespace } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';

const listing = z.object({
  organizationId: anyId.nullish(),
  applicationId: anyId.nullish(),
  search: nameText.nullish(),
});

/** What a client may narrow a list by. */
export interface NamespaceFilter extends PageArguments {
  readonly organizationId?: string | null | undefined;
  readonly applicationId?: string | null | undefined;
  readonly search?: string | null | undefined;
}

/** The namespaces of one kind that the caller sees. Where nothing can be seen the list is empty, not an error. */
export async function listNamespaces(act: Act, kind: NamespaceKind, filter: NamespaceFilter): Promise<Page<Namespace>> {
  const { organizationId, applicationId, search } = parseInput(listing, filter, '');
  const page = pageRequest(filter);
  const caller = await act.caller();
  const visible = await visibleNamespaces(act.facts, caller, kind, 'n');
  const narrowed = {
    ...(applicationId && { applicationId: [applicationId] }),
    ...(organizationId && { organizationId: [organizationId] }),
  };
  return new NamespaceStore(act.rows).list({ tenantId: caller.tenant.id, kind, ...narrowed, search, visible }, page);
}

/** The page of each parent: namespaces of one kind inside them that the caller sees. */
export const namespacesWithin =
  (kind: NamespaceKind, by: 'organizationId' | 'applicationId') =>
  async (act: Act, parents: readonly string[], filter: NamespaceFilter): Promise<ReadonlyMap<string, Page<Namespace>>> => {
    const { search } = parseInput(listing, filter, '');
    const page = pageRequest(filter);
    const caller = await act.caller();
    const visible = await visibleNamespaces(act.facts, caller, kind, 'n');
    return new NamespaceStore(act.rows).listWithin({ tenantId: caller.tenant.id, kind, [by]: parents, search, visible }, by, parents, page);
  };
