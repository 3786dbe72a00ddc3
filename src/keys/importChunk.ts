import { randomBytes } from 'node:crypto';
import type { Change } from '../access/index.js';
import { type Caller, held, type NamespaceFacts, type Permission, type Permit, seesNamespace, seesUser } from '../authority/index.js';
import { newId, Refusal } from '../domain/index.js';
import { type ChunkDone, type JobWork, starterOf } from '../jobs/index.js';
import { type ApiKey, untouched } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';
import type { ImportItem } from './importApiKeys.js';
import type { ImportedCredentialRow } from './ImportedCredentialRow.js';
import { ImportedCredentialStore } from './ImportedCredentialStore.js';
import { KnownCredentials } from './KnownCredentials.js';
import { lifetimeFault } from './issueKey.js';
import { roomFor } from './quota.js';
import { faultOfPermissions } from './wanted.js';

const DIGEST_BYTES = 32;
/** What is shown of a credential of which nothing may be shown. */
const UNKNOWN_HINT = 'imported';

/** Why one item is not imported, in words for whoever started the job. */
class ItemRefused extends Error {}

/** Imports the keys of one chunk, each by itself: what is wrong with one keeps none of the others out. */
export const importChunk: JobWork = async (change, { jobId, place, seen, takePart }): Promise<ChunkDone> => {
  const part = Number(place ?? 0);
  const items = (await takePart(part)) as readonly ImportItem[] | null;
  if (!items) return { done: 0, failures: [], place: null };

  const known = await KnownCredentials.read(change, items);
  const decideOn = await decider(change, items);
  const room = await roomFor(change, items.length);
  const keys: ApiKey[] = [];
  const credentials: ImportedCredentialRow[] = [];
  const permits = new Map<string, Permit<'apiKey.import'>>();
  const failures = [];
  for (const [index, item] of items.entries()) {
    try {
      const fault = keys.length < room.keys ? known.faultOf(item.old) : room.fault;
      if (fault) throw new ItemRefused(fault);
      const { key, permit } = decideOn(item);
      known.add(item.old);
      keys.push(key);
      credentials.push(credentialOf(key, item));
      permits.set(key.id, permit);
    } catch (error) {
      failures.push({ index: seen + index, message: messageOf(error) });
    }
  }
  await new ApiKeyStore(change.rows).insertImported(permits, keys, unusedDigests(keys.length));
  await new ImportedCredentialStore(change.rows).insert(permits, credentials);
  await change.recordTogether([...permits.values()], jobId, {
    namespaceId: change.facts.organizationId,
    changes: { after: { apiKeyIds: keys.map(({ id }) => id) } },
  });
  return { done: keys.length, failures, place: String(part + 1) };
};

/** Digests that nothing has, from one read of random bytes. */
function unusedDigests(count: number): (at: number) => Buffer {
  const bytes = randomBytes(count * DIGEST_BYTES);
  return (at) => bytes.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
}

function messageOf(error: unknown): string {
  if (error instanceof ItemRefused) return error.message;
  if (!(error instanceof Refusal)) throw error;
  const { reason } = error;
  if (reason.code !== 'EXCEEDS_AUTHORITY') return error.message;
  const exceeding = reason.excess.flatMap(({ permissions }) => permissions).join(', ');
  return `More than its user and whoever started the job both hold in that namespace: ${exceeding}.`;
}

/** What is asked of each item with the rights of this instant: read for all of them together, decided one by one. */
async function decider(change: Change, items: readonly ImportItem[]) {
  const { facts, now } = change;
  const starter = await starterOf(change);
  const [settings, knownPermissions] = await Promise.all([facts.settings(), facts.knownPermissions()]);
  const homes = new Map<string, { readonly home: NamespaceFacts; readonly caller: Caller }>();
  const users = new Map<string, Awaited<ReturnType<typeof facts.person>>>();
  const pair = ({ userId, namespaceId }: ImportItem): string => `${userId} ${namespaceId}`;
  await Promise.all(
    [...new Set(items.map(({ namespaceId }) => namespaceId))].map(async (id) => {
      const home = await facts.namespace(id);
      if (home && !home.deleted) homes.set(id, { home, caller: await change.caller(home) });
    }),
  );
  await Promise.all(
    [...new Map(items.map((item) => [pair(item), item])).values()].map(async (item) => {
      users.set(pair(item), await facts.person(item.userId, [item.namespaceId]));
    }),
  );

  return (item: ImportItem): { readonly key: ApiKey; readonly permit: Permit<'apiKey.import'> } => {
    const { home, caller } = homes.get(item.namespaceId) ?? {};
    const user = users.get(pair(item));
    if (!home || !caller || starter.kind !== 'USER') throw new ItemRefused('namespaceId: there is nothing with this id that you may see.');
    const issuer = caller.kind === 'USER' ? caller.person : starter.person;
    const isKnown = user && user.state !== 'REMOVED' && (seesUser(caller, user) || held(user, home).size > 0);
    if (!user || !isKnown) throw new ItemRefused('userId: there is nobody with this id whom you may see.');
    const expiresAt = item.expiresAt === null ? null : new Date(item.expiresAt);
    const permissions = item.permissions as readonly Permission[];
    const fault = faultOfPermissions(permissions, knownPermissions, 'permissions') ?? lifetimeFault(settings, now, expiresAt, 'expiresAt');
    if (fault) throw new ItemRefused(fault);
    const id = newId('key');
    const permit = change.permit('namespaceId', {
      action: 'apiKey.import',
      caller,
      where: home,
      visible: seesNamespace(caller, home),
      target: id,
      handsOn: [{ namespace: home, permissions, behindKey: [user, issuer] }],
    });
    return { permit, key: keyOf(id, item, home, issuer.id, expiresAt, now) };
  };
}

const keyOf = (id: string, item: ImportItem, home: NamespaceFacts, starterId: string, expiresAt: Date | null, now: Date): ApiKey => ({
  id,
  organizationId: home.organizationId,
  namespaceId: home.id,
  environment: item.environment,
  userId: item.userId,
  createdBy: starterId,
  issuedBy: starterId,
  createdByApiKeyId: null,
  name: item.name,
  description: null,
  roleId: null,
  permissions: [...item.permissions].sort(),
  hint: 'head' in item.old ? item.old.head : UNKNOWN_HINT,
  expiresAt,
  createdAt: now,
  updatedAt: now,
  ...untouched,
  rateLimit: null,
  restrictions: null,
  allowedCidrs: null,
  metadata: null,
});

const credentialOf = ({ id, organizationId }: ApiKey, { old }: ImportItem): ImportedCredentialRow =>
  'head' in old
    ? { apiKeyId: id, organizationId, digest: null, bcryptDigest: old.bcrypt, lookupPrefix: old.head }
    : { apiKeyId: id, organizationId, digest: Buffer.from(old.sha256, 'base64'), bcryptDigest: null, lookupPrefix: null };
