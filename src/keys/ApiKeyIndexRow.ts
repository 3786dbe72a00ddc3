import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `api_key_permissions`: one permission of one living key. */
export interface ApiKeyPermissionRow {
  organizationId: string;
  permission: string;
  apiKeyId: string;
}

/** A row of `api_key_words`: what of a living key's name begins at one of its words but the first. */
export interface ApiKeyWordRow {
  organizationId: string;
  words: string;
  apiKeyId: string;
}

/** A row of `api_key_word_names`: one later word of a living key's name, with the name. */
export interface ApiKeyWordNameRow {
  organizationId: string;
  word: string;
  nameKey: string;
  apiKeyId: string;
}

const { primaryId } = columns;

export const ApiKeyPermissionRows = new EntitySchema<ApiKeyPermissionRow>({
  name: 'ApiKeyPermission',
  tableName: 'api_key_permissions',
  columns: { organizationId: primaryId('organization_id'), permission: primaryId('permission'), apiKeyId: primaryId('api_key_id') },
});

export const ApiKeyWordRows = new EntitySchema<ApiKeyWordRow>({
  name: 'ApiKeyWord',
  tableName: 'api_key_words',
  columns: { organizationId: primaryId('organization_id'), words: primaryId('words'), apiKeyId: primaryId('api_key_id') },
});

export const ApiKeyWordNameRows = new EntitySchema<ApiKeyWordNameRow>({
  name: 'ApiKeyWordName',
  tableName: 'api_key_word_names',
  columns: {
    organizationId: primaryId('organization_id'),
    word: primaryId('word'),
    nameKey: primaryId('name_key'),
    apiKeyId: primaryId('api_key_id'),
  },
});
