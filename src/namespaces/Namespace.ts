import type { NamespaceKind } from '../authority/index.js';
import { type IdKind, idOf, nameText, descriptionText, kept, newId } from '../domain/index.js';
import { z } from 'zod';

/** A namespace as this room knows it. */
export interface Namespace {
  readonly id: string;
  readonly kind: NamespaceKind;
  readonly organizationId: string;
  readonly applicationId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
}

/** The first letters of the ids of each kind. */
export const idKindOf: Record<NamespaceKind, IdKind> = { ORGANIZATION: 'org', APPLICATION: 'app', WORKSPACE: 'wks', USER_GROUP: 'grp' };

/** What everybody who creates a namespace says about it. */
export const described = { name: nameText, description: descriptionText };

/** Left out is kept, null clears the description, and the name cannot be empty. */
export const redescribed = (kind: NamespaceKind) =>
  z.object({ id: idOf(idKindOf[kind]), name: kept(nameText), description: descriptionText });

/** Where a new namespace stands. */
export interface Containment {
  readonly organizationId: string;
  readonly applicationId: string | null;
}

/** A new namespace of that kind, not yet stored. */
export const newNamespace = (
  kind: NamespaceKind,
  { name, description }: { readonly name: string; readonly description?: string | null | undefined },
  within: Containment | null,
  now: Date,
): Namespace => {
  const id = newId(idKindOf[kind]);
  return {
    id,
    kind,
    organizationId: within?.organizationId ?? id,
    applicationId: within?.applicationId ?? null,
    name,
    description: description ?? null,
    createdAt: now,
    deletedAt: null,
  };
};
