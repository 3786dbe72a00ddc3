import { z } from 'zod';
import { environments, isPermissionName, type KeyStatus } from '../authority/index.js';
import { anyId, inOrderOfCreation, nameText, type Order, type Place, searchKey } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';

const statuses = ['ACTIVE', 'INACTIVE', 'EXPIRED'] as const satisfies readonly KeyStatus[];

/** What narrows a list of keys; all that is set must hold. An id of what is not there, or of another kind, finds nothing. */
export const apiKeyFilter = z.object({
  namespaceId: anyId.nullish(),
  environment: z.enum(environments).nullish(),
  status: z.enum(statuses).nullish(),
  userId: anyId.nullish(),
  createdById: anyId.nullish(),
  roleId: anyId.nullish(),
  organizationId: anyId.nullish(),
  permission: z
    .string('must be a permission')
    .refine(isPermissionName, 'is no permission: write it as resource:action')
    .transform((name) => name)
    .nullish(),
  /** Never used, or not since then. */
  unusedSince: z.date().nullish(),
  expiresBefore: z.date().nullish(),
  /** The start of the name or of a word in it. */
  search: nameText.nullish(),
});
export type ApiKeyFilter = z.output<typeof apiKeyFilter>;

export const apiKeyOrder = z.object({
  field: z.enum(['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT']),
  direction: z.enum(['ASC', 'DESC']),
});
export type ApiKeyOrder = z.output<typeof apiKeyOrder>;

/** The order where nothing is said. */
export const defaultOrder: ApiKeyOrder = inOrderOfCreation;

/** Where a key stands in an order. */
export function placeIn({ field }: Order<ApiKeyOrder['field']>, key: ApiKey): Place {
  switch (field) {
    case 'CREATED_AT':
      return { value: null, id: key.id };
    case 'NAME':
      return { value: searchKey(key.name), id: key.id };
    case 'LAST_USED_AT':
      return { value: key.lastUsedAt, id: key.id };
    case 'EXPIRES_AT':
      return { value: key.expiresAt, id: key.id };
  }
}

const LONGEST_NAME_KEY = 200;

/** The value of a place, from the text in its cursor; `undefined` where no key can have it. */
export function valueOfPlace({ field }: ApiKeyOrder, text: string | null): Place['value'] | undefined {
  if (field === 'CREATED_AT') return text === null ? null : undefined;
  if (field === 'NAME') return text !== null && text.isWellFormed() && [...text].length <= LONGEST_NAME_KEY ? text : undefined;
  if (text === null) return null;
  const instant = new Date(text);
  // Years of four digits: no database knows others.
  return /^\d{4}-/.test(text) && !Number.isNaN(instant.getTime()) && instant.toISOString() === text ? instant : undefined;
}
