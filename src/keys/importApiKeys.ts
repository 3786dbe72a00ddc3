import { z } from 'zod';
import type { Act } from '../access/index.js';
import { environments } from '../authority/index.js';
import { anyId, idOf, nameText } from '../domain/index.js';
import { type Job, startJob } from '../jobs/index.js';
import { type OldDigest, readOldDigest } from './oldDigest.js';
import { permissionList } from './wanted.js';

const MOST_KEYS = 5_000;
/** Items of one chunk, which is one transaction and one event of the trail. */
const CHUNK = 1_000;

const item = z
  .object({
    digest: z.string(),
    algorithm: z.enum(['SHA256_HEX', 'SHA256_BASE64', 'SHA256_BASE64URL', 'BCRYPT']),
    lookupPrefix: z.string().nullish(),
    name: nameText,
    userId: anyId,
    namespaceId: anyId,
    environment: z.enum(environments),
    permissions: permissionList,
    expiresAt: z.date().nullish(),
  })
  .transform(({ digest, algorithm, lookupPrefix, expiresAt, ...said }, context) => ({
    ...said,
    expiresAt: expiresAt?.toISOString() ?? null,
    old: readOldDigest({ digest, algorithm, lookupPrefix }, context),
  }));

/** One key that is to be imported, as it waits for its chunk: a digest, never a credential. */
export type ImportItem = z.output<typeof item> & { readonly old: OldDigest };

export const importApiKeysInput = z.object({
  organizationId: idOf('org'),
  keys: z
    .array(item)
    .min(1, 'is empty: name at least one key')
    .max(MOST_KEYS, `holds more than ${MOST_KEYS.toLocaleString('en')} keys: import them in several calls`),
});

/**
 * Starts a job that takes over keys made elsewhere, by their digests: who holds `apiKey:createForUser` in the
 * organization. What of an item depends on the world is decided when its turn comes, with what the starter holds then.
 */
export const importApiKeys = (act: Act, { organizationId, keys }: z.output<typeof importApiKeysInput>): Promise<Job> =>
  act.change((change) => {
    const parts = Array.from({ length: Math.ceil(keys.length / CHUNK) }, (_, part) => keys.slice(part * CHUNK, (part + 1) * CHUNK));
    return startJob(change, organizationId, { kind: 'importApiKeys', total: keys.length, parts, told: { apiKeys: keys.length } });
  });
