import { createHash } from 'node:crypto';
import { hashSync } from 'bcrypt';
import { ImportApiKeysDocument, type ImportedApiKeyInput, JobDocument, type JobQuery } from '../generated/documents.js';
import type { Client } from './client.js';
import { until } from './rows.js';

/** A job as its starter reads it. */
export type ReadJob = NonNullable<JobQuery['job']>;

/** The job once it is over. */
export const jobOver = (client: Client, id: string): Promise<ReadJob> =>
  until(async () => {
    const { job } = await client.ask(JobDocument, { id, first: 100 });
    return job && !['QUEUED', 'RUNNING'].includes(job.status) ? job : undefined;
  }, 60_000);

let made = 0;

/** An old credential, as another system would have made it. */
export function oldCredential(prefix = 'sk_live_'): string {
  made += 1;
  return `${prefix}${createHash('sha256').update(`old ${made} ${prefix}`).digest('hex').slice(0, 32)}`;
}

/** SHA-256 of a text, in one of its encodings. */
export const sha256 = (text: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): string =>
  createHash('sha256').update(text).digest(encoding);

/** An item as it is sent, of a credential whose SHA-256 the old system kept. */
export const itemOf = (
  credential: string,
  said: Pick<ImportedApiKeyInput, 'userId' | 'namespaceId'> & Partial<ImportedApiKeyInput>,
): ImportedApiKeyInput => ({
  digest: sha256(credential),
  algorithm: 'SHA256_HEX',
  name: 'Taken over',
  environment: 'PRODUCTION',
  permissions: ['event:submit'],
  ...said,
});

/** What an item says of a credential whose bcrypt digest the old system kept. */
export const bcryptOf = (
  credential: string,
  head: string,
  cost = 4,
): Pick<ImportedApiKeyInput, 'digest' | 'algorithm' | 'lookupPrefix'> => ({
  digest: hashSync(credential, cost),
  algorithm: 'BCRYPT',
  lookupPrefix: head,
});

/** Starts an import, which must be let in; the id of the job. */
export async function startImport(client: Client, organizationId: string, keys: readonly ImportedApiKeyInput[]): Promise<string> {
  const { importApiKeys } = await client.ask(ImportApiKeysDocument, { input: { organizationId, keys } });
  return importApiKeys.job.id;
}

/** Imports keys and waits until the job is over. */
export const importKeys = async (client: Client, organizationId: string, keys: readonly ImportedApiKeyInput[]): Promise<ReadJob> =>
  jobOver(client, await startImport(client, organizationId, keys));
