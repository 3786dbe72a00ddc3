import type { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import type { NamespaceFacts, NamespaceKind } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import type { Namespace, redescribed } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';

const updateAction = {
  ORGANIZATION: 'organization.update',
  APPLICATION: 'application.update',
  WORKSPACE: 'workspace.update',
  USER_GROUP: 'userGroup.update',
} as const;

/** What is said anew of a namespace. */
export interface Redescription {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
}

/** Changes the name or the description of a namespace, for who holds its `:edit`. What is left out is kept; null clears the description. */
export const updateNamespace = (act: Act, kind: NamespaceKind, input: z.output<ReturnType<typeof redescribed>>): Promise<Namespace> =>
  act.change(async (change) => redescribe(change, await change.namespace('input.id', input.id, kind), input));

/** The same within a change that does more. */
export async function redescribe(change: Change, where: NamespaceFacts, { name, description }: Redescription): Promise<Namespace> {
  const permit = change.permit('input.id', {
    action: updateAction[where.kind],
    caller: await change.caller(where),
    where,
    visible: await change.sees(where),
    target: where.id,
  });
  const store = new NamespaceStore(change.rows);
  const before = await store.find(where.id);
  if (!before) throw notFound('input.id');
  const said = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  await store.describe(permit, where.id, said, change.now);
  await change.record(permit, {
    namespaceId: where.id,
    changes: { before: { name: before.name, description: before.description }, after: said },
  });
  return { ...before, ...said };
}
