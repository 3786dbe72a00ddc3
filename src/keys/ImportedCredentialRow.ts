import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `imported_credentials`: what the credential of a key that was made elsewhere is compared with. */
export interface ImportedCredentialRow {
  apiKeyId: string;
  organizationId: string;
  /** SHA-256 of the whole credential; null until the first use of one that came as bcrypt. */
  digest: Buffer | null;
  bcryptDigest: string | null;
  /** The clear head by which a bcrypt one is found. */
  lookupPrefix: string | null;
}

const { bytes, id, optional, primaryId, text } = columns;

export const ImportedCredentialRows = new EntitySchema<ImportedCredentialRow>({
  name: 'ImportedCredential',
  tableName: 'imported_credentials',
  columns: {
    apiKeyId: primaryId('api_key_id'),
    organizationId: id('organization_id'),
    digest: optional(bytes('digest')),
    bcryptDigest: optional(text('bcrypt_digest')),
    lookupPrefix: optional(text('lookup_prefix')),
  },
});
