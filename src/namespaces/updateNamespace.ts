import type { z } from 'zod';
import type { Act } from '../access/index.js';
import type { NamespaceKind } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import type { Namespace, redescribed } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';

const updateAction = {
  ORGANIZATION: 'organization.update',
  APPLICATION: 'application.update',
  WORKSPACE: 'workspace.update',
  USER_GROUP: 'userGroup.update',
} as const;

/** Changes the name or the description of a namespace, for who holds its `:edit`. What is left out is kept; null clears the description. */
export const updateNamespace = (act: Act, kind: NamespaceKind, input: z.output<ReturnType<typeof redescribed>>): Promise<Namespace> =>
  act.change(async (change) => {
    const where = await change.namespace('input.id', input.id, kind);
    const permit = change.permit('input.id', {
      action: updateAction[kind],
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const store = new NamespaceStore(change.rows);
    const before = await store.find(where.id);
    if (!before) throw notFound('input.id');
    const said = {
      ...(input.name !== undefined && { name: input.name }),
      ...(input.description !== undefined && { description: input.description }),
    };
    await store.describe(permit, where.id, said, change.now);
    await change.record(permit, {
      namespaceId: where.id,
      changes: { before: { name: before.name, description: before.description }, after: said },
    });
    return { ...before, ...said };
  });
