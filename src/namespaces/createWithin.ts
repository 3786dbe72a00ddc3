import type { Change } from '../access/index.js';
import type { NamespaceFacts, NamespaceKind } from '../authority/index.js';
import { grantToCreators } from '../roles/index.js';
import { type Containment, type Namespace, newNamespace } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';

const createAction = { APPLICATION: 'application.create', WORKSPACE: 'workspace.create', USER_GROUP: 'userGroup.create' } as const;

/** A namespace to be made, and what the client sent that names its parent. */
export interface Creation {
  readonly kind: Exclude<NamespaceKind, 'ORGANIZATION'>;
  readonly parent: NamespaceFacts;
  readonly parentField: string;
  readonly within: Containment;
  readonly said: { readonly name: string; readonly description?: string | null | undefined };
}

/** Makes a namespace inside another. Whoever makes it gets ADMIN there: under a key, each of the people behind it. */
export async function createWithin(change: Change, { kind, parent, parentField, within, said }: Creation): Promise<Namespace> {
  const namespace = newNamespace(kind, said, within, change.now);
  const permit = change.permit(parentField, {
    action: createAction[kind],
    caller: await change.caller(parent),
    where: parent,
    visible: await change.sees(parent),
    target: namespace.id,
  });
  await new NamespaceStore(change.rows).insert(permit, namespace);
  await grantToCreators(change, permit, namespace);
  await change.record(permit, {
    namespaceId: parent.id,
    changes: { after: { kind, name: namespace.name, description: namespace.description } },
  });
  return namespace;
}
