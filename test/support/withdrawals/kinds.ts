import type { Answer, Client } from '../client.js';
import type { TestKey, TestTenant } from '../tenant.js';
import type { AnyReplica } from './AnyReplica.js';
import { WatchedKey } from './WatchedKey.js';

/** A tenant of a test's, its owner at any replica, and the service that asks about its keys. */
export interface Place {
  readonly tenant: TestTenant;
  readonly owner: AnyReplica;
  readonly gateway: TestKey;
}

/** Something that is taken from keys, and perhaps given back. */
export interface Withdrawal {
  readonly keys: readonly WatchedKey[];
  /** Resolves as soon as it is answered. */
  readonly take: () => Promise<unknown>;
  /** Left out: it is for good. */
  readonly giveBack?: () => Promise<unknown>;
  /** False: not one answer says that it is done, but a job's state. */
  readonly isTimed?: boolean;
}

/** Makes what one kind of withdrawal is done to. */
export type Kind = (place: Place) => Promise<Withdrawal>;

const ASKED = 'service:manage';
const ROLE = 'rol_service_author';

/** Sends a mutation that may have been done by an attempt that nobody has answered: then there is nothing left to do. */
async function sure(by: AnyReplica, field: string, input: object, selection: string): Promise<unknown> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const answer: Answer<Record<string, unknown>> = await by.send(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
    { input },
  );
  const isRepeat = (by.sent?.inDoubt ?? 0) > 0 && (answer.code === 'NOT_FOUND' || answer.code === 'CONFLICT');
  if (answer.code !== 'OK' && !isRepeat) throw new Error(`${field} was answered ${answer.status}: ${answer.text}`);
  return answer.data?.[field];
}

/** Grants the role that is asked about; the grant's id. One that was made by an attempt that nobody has answered is told of. */
async function granted({ owner, tenant }: Place, subject: { readonly userId: string } | { readonly userGroupId: string }): Promise<string> {
  const input = { namespaceId: tenant.organizationId, roleId: ROLE, ...subject };
  const { data, errors, text } = await owner.send<{ grantRole: { grant: { id: string } } }, object>(
    'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { grant { id } } }',
    { input },
  );
  const id = data?.grantRole.grant.id ?? errors[0]?.extensions['createdId'];
  if (typeof id !== 'string') throw new Error(`grantRole was answered ${text}`);
  return id;
}

const watched = (kind: string, { gateway }: Place, { key }: { readonly key: string }, loses?: 'PERMISSION'): WatchedKey =>
  new WatchedKey(kind, key, ASKED, gateway.key, loses);

/** Wide enough for any test, and counted at each use. */
const limited = { rateLimit: { limit: 1_000_000_000, windowSeconds: 3_600 } } as const;

/** A key of somebody who holds one role, in one place, and nothing else. */
async function holder({ tenant }: Place, roleId = ROLE, namespaceId = tenant.organizationId) {
  const userId = await tenant.serviceUser('Robot');
  const grantId = await tenant.grant(userId, roleId, namespaceId);
  const key = await tenant.key({ forUser: userId, namespaceId, permissions: [ASKED], ...limited });
  return { userId, grantId, key };
}

let names = 0;
const name = (): string => `Name ${(names += 1)}`;

/** Every kind of withdrawal that the service knows. */
export const kinds: Readonly<Record<string, Kind>> = {
  async revokeApiKey(place) {
    const key = await place.tenant.key({ permissions: [ASKED], ...limited });
    return {
      keys: [watched('revokeApiKey', place, key)],
      take: () => sure(place.owner, 'revokeApiKey', { id: key.id }, 'apiKey { id }'),
      giveBack: () => sure(place.owner, 'reactivateApiKey', { id: key.id }, 'apiKey { id }'),
    };
  },
  async revokeForGood(place) {
    const key = await place.tenant.key({ permissions: [ASKED] });
    return {
      keys: [watched('revokeForGood', place, key)],
      take: () => sure(place.owner, 'revokeApiKey', { id: key.id, permanent: true }, 'apiKey { id }'),
    };
  },
  async revokeOfAParent(place) {
    const parent = await place.tenant.key({ permissions: [ASKED, 'apiKey:create'] });
    const child = await place.tenant.key({ by: parent.client, permissions: [ASKED] });
    return {
      keys: [watched('revokeOfAParent', place, parent), watched('revokeOfAParent', place, child)],
      take: () => sure(place.owner, 'revokeApiKey', { id: parent.id }, 'apiKey { id }'),
      giveBack: () => sure(place.owner, 'reactivateApiKey', { id: parent.id }, 'apiKey { id }'),
    };
  },
  async deleteApiKey(place) {
    const key = await place.tenant.key({ permissions: [ASKED] });
    return {
      keys: [watched('deleteApiKey', place, key)],
      take: () => sure(place.owner, 'deleteApiKey', { id: key.id }, 'deletedApiKeyId'),
    };
  },
  async regenerateApiKey(place) {
    const key = await place.tenant.key({ permissions: [ASKED], ...limited });
    return {
      keys: [watched('regenerateApiKey', place, key)],
      take: () => sure(place.owner, 'regenerateApiKey', { id: key.id }, 'apiKey { id }'),
    };
  },
  async updateApiKey(place) {
    const key = await place.tenant.key({ permissions: [ASKED, 'policy:manage'] });
    const edit = (...permissions: readonly string[]) => sure(place.owner, 'updateApiKey', { id: key.id, permissions }, 'apiKey { id }');
    return {
      keys: [watched('updateApiKey', place, key, 'PERMISSION')],
      take: () => edit('policy:manage'),
      giveBack: () => edit('policy:manage', ASKED),
    };
  },
  async revokeGrant(place) {
    const { userId, grantId, key } = await holder(place);
    let id = grantId;
    return {
      keys: [watched('revokeGrant', place, key)],
      take: () => sure(place.owner, 'revokeGrant', { id }, 'revokedGrantId'),
      giveBack: async () => (id = await granted(place, { userId })),
    };
  },
  async revokeGrantOfAGroup(place) {
    const { userId, grantId, key } = await holder(place);
    const groupId = await place.tenant.group(undefined, name());
    let id = await place.tenant.grant(groupId, ROLE);
    await place.tenant.join(groupId, userId);
    await sure(place.owner, 'revokeGrant', { id: grantId }, 'revokedGrantId');
    return {
      keys: [watched('revokeGrantOfAGroup', place, key)],
      take: () => sure(place.owner, 'revokeGrant', { id }, 'revokedGrantId'),
      giveBack: async () => (id = await granted(place, { userGroupId: groupId })),
    };
  },
  async removeUserFromGroup(place) {
    const { userId, grantId, key } = await holder(place);
    const userGroupId = await place.tenant.group(undefined, name());
    await place.tenant.grant(userGroupId, ROLE);
    await place.tenant.join(userGroupId, userId);
    await sure(place.owner, 'revokeGrant', { id: grantId }, 'revokedGrantId');
    return {
      keys: [watched('removeUserFromGroup', place, key)],
      take: () => sure(place.owner, 'removeUserFromGroup', { userGroupId, userId }, 'userGroup { id }'),
      giveBack: () => sure(place.owner, 'addUserToGroup', { userGroupId, userId }, 'userGroup { id }'),
    };
  },
  async updateRole(place) {
    const id = await place.tenant.role(name(), ASKED, 'policy:manage');
    const { key } = await holder(place, id);
    const edit = (...permissions: readonly string[]) => sure(place.owner, 'updateRole', { id, permissions }, 'role { id }');
    return {
      keys: [watched('updateRole', place, key, 'PERMISSION')],
      take: () => edit('policy:manage'),
      giveBack: () => edit('policy:manage', ASKED),
    };
  },
  async deleteRole(place) {
    const id = await place.tenant.role(name(), ASKED);
    const { grantId, key } = await holder(place, id);
    return {
      keys: [watched('deleteRole', place, key)],
      take: async () => {
        await sure(place.owner, 'revokeGrant', { id: grantId }, 'revokedGrantId');
        await sure(place.owner, 'deleteRole', { id }, 'deletedRoleId');
      },
    };
  },
  async setUserActive(place) {
    const { userId, key } = await holder(place);
    const set = (active: boolean) => sure(place.owner, 'setUserActive', { id: userId, active }, 'user { id }');
    return { keys: [watched('setUserActive', place, key)], take: () => set(false), giveBack: () => set(true) };
  },
  async removeUser(place) {
    const { userId, key } = await holder(place);
    return {
      keys: [watched('removeUser', place, key)],
      take: () => sure(place.owner, 'removeUser', { id: userId }, 'removedUserId'),
    };
  },
  async deleteNamespace(place) {
    const id = await place.tenant.application(name());
    const { key } = await holder(place, ROLE, id);
    const own = await place.tenant.key({ namespaceId: id, permissions: [ASKED] });
    return {
      keys: [watched('deleteNamespace', place, key), watched('deleteNamespace', place, own)],
      take: () => sure(place.owner, 'deleteNamespace', { id }, 'deletedNamespaceId'),
    };
  },
  async revokeApiKeys(place) {
    const { userId, key } = await holder(place);
    const { organizationId } = place.tenant;
    const others = [await place.tenant.key({ forUser: userId, permissions: [ASKED] })];
    return {
      keys: [key, ...others].map((each) => watched('revokeApiKeys', place, each)),
      isTimed: false,
      take: async () => {
        const started = await sure(place.owner, 'revokeApiKeys', { organizationId, filter: { userId } }, 'job { id }');
        const { id } = (started as { job: { id: string } }).job;
        await succeeded(place.owner, id);
      },
    };
  },
};

/** Asks any replica until one says that the job has succeeded. */
async function succeeded(by: Client, id: string): Promise<void> {
  for (;;) {
    const { job } = await by.ask<{ job: { status: string; error: string | null } }>('query ($id: ID!) { job(id: $id) { status error } }', {
      id,
    });
    if (job.status === 'SUCCEEDED') return;
    if (job.status !== 'QUEUED' && job.status !== 'RUNNING') throw new Error(`the job is ${job.status}: ${job.error}`);
  }
}
