import type { Change } from '../access/index.js';
import { seesKey } from '../authority/index.js';
import { notFound, Refusal } from '../domain/index.js';
import { type ChunkDone, type JobWork, starterOf } from '../jobs/index.js';
import type { ApiKey } from './ApiKey.js';
import { apiKeyFilter, type ApiKeyFilter } from './ApiKeyFilter.js';
import { ApiKeyStore } from './ApiKeyStore.js';
import { keysMatching } from './listApiKeys.js';

/** Keys of one chunk, which is one transaction. */
const CHUNK = 50;

/** What the job was started with. JSON knows no instants. */
function asked(parameters: object | null): { readonly filter: ApiKeyFilter; readonly reason: string | null } {
  const { filter, reason } = parameters as { filter: Record<string, unknown>; reason: string | null };
  const instants = ['unusedSince', 'expiresBefore'].flatMap((name) => {
    const value = filter[name];
    return typeof value === 'string' ? [[name, new Date(value)] as const] : [];
  });
  return { filter: apiKeyFilter.parse({ ...filter, ...Object.fromEntries(instants) }), reason };
}

/**
 * Revokes the next of the keys that the filter matches now, each with its own event and as far as the starter may manage it
 * now. What is revoked already is left as it is. Goes by ids, so that it comes to its end while keys change.
 */
export const revokeChunk: JobWork = async (change, { parameters, place, seen }): Promise<ChunkDone> => {
  const { filter, reason } = asked(parameters);
  await starterOf(change);
  const { now } = change;
  const found = await keysMatching(change.rows, change.facts.organizationId, filter, { now, limit: CHUNK, afterId: place });
  const standing = found.filter(({ revokedAt }) => revokedAt === null);
  const failures = [];
  for (const [index, key] of standing.entries()) {
    try {
      await revokeOne(change, key, reason);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failures.push({ index: seen + index, message: `${key.id}: ${error.message}` });
    }
  }
  const last = found.length < CHUNK;
  return {
    done: standing.length - failures.length,
    failures,
    place: last ? null : (found.at(-1)?.id ?? null),
    foundDone: last,
    ...(last && { total: seen + standing.length }),
  };
};

async function revokeOne(change: Change, key: ApiKey, reason: string | null): Promise<void> {
  const home = await change.facts.namespace(key.namespaceId);
  if (!home) throw notFound('namespace');
  const caller = await starterOf(change, home);
  const { id, userId, environment } = key;
  const permit = change.permit('apiKey', {
    action: 'apiKey.revoke',
    caller,
    where: home,
    visible: seesKey(caller, { id, userId, home, environment }),
    target: id,
  });
  const revocation = { revokedAt: change.now, revokedBy: await change.actorId(), revokeReason: reason, revokedPermanently: false };
  await new ApiKeyStore(change.rows).revoke(permit, id, revocation, change.now);
  await change.record(permit, { namespaceId: home.id, reason, changes: { after: { permanent: false } } });
}
