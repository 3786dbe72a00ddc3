import type { Change, TenantSettings } from '../access/index.js';
import { type Environment, type Permission, type Permit, type Person, held, neverOnKeys, type NamespaceFacts } from '../authority/index.js';
import { badInput, Refusal } from '../domain/index.js';
import { type ApiKey, untouched } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';
import { hintOf, makeCredential } from './credential.js';
import { type KeySettings, settingsOf } from './settings.js';
import { assertQuota } from './quota.js';
import type { Wanted } from './wanted.js';

/** A key that was just made, with its credential: told in this one answer and never again. */
export interface IssuedKey {
  readonly apiKey: ApiKey;
  readonly key: string;
  readonly secret: string;
}

/** What a new key is made from, once it has been decided. */
export interface KeyPlan extends KeySettings {
  readonly id: string;
  readonly home: NamespaceFacts;
  readonly environment: Environment;
  readonly userId: string;
  readonly createdBy: string;
  readonly issuedBy: string;
  readonly createdByApiKeyId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly roleId: string | null;
  readonly permissions: readonly Permission[];
  readonly expiresAt: Date | null;
}

/** What is granted where nothing was said: all that each of the people behind the key holds, less what no key may carry. */
export function inCommon(people: readonly Person[], home: NamespaceFacts, within?: ReadonlySet<Permission>): Permission[] {
  const sets = [...people.map((person) => held(person, home)), ...(within ? [within] : [])];
  const [first, ...others] = sets;
  return [...(first ?? [])].filter((name) => !neverOnKeys.has(name) && others.every((other) => other.has(name)));
}

/** What a key will be granted: what was wanted, or what its people have in common. */
export const grantedTo = (wanted: Wanted | null, common: () => Permission[]): Wanted => wanted ?? { roleId: null, permissions: common() };

const DAY_MS = 86_400_000;

/**
 * What is wrong with the expiry of a new key, or null. It must lie ahead (`now == expiresAt` would be expired already, C17),
 * and within what the tenant allows.
 */
export function lifetimeFault({ maxApiKeyLifetimeDays }: TenantSettings, now: Date, expiresAt: Date | null, field: string): string | null {
  if (expiresAt && expiresAt <= now) return `${field} must lie in the future; it can never be changed later.`;
  if (maxApiKeyLifetimeDays === null) return null;
  const latest = new Date(now.getTime() + maxApiKeyLifetimeDays * DAY_MS);
  if (expiresAt && expiresAt <= latest) return null;
  return `${field} must not be later than ${latest.toISOString()}: keys of this organization live at most ${maxApiKeyLifetimeDays} days.`;
}

/** Refuses an expiry that no new key of the tenant may have. */
export async function assertLifetime({ facts, now }: Change, expiresAt: Date | null | undefined): Promise<void> {
  const fault = lifetimeFault(await facts.settings(), now, expiresAt ?? null, 'input.expiresAt');
  if (fault) throw badInput('input.expiresAt', fault);
}

/** Stores a key that was decided and tells its credential. */
export async function issueKey(
  change: Change,
  permit: Permit<'apiKey.create' | 'apiKey.createForUser'>,
  { home, ...plan }: KeyPlan,
): Promise<IssuedKey> {
  if (plan.permissions.length === 0) {
    throw new Refusal({
      code: 'EXCEEDS_AUTHORITY',
      message: 'The people behind this key hold nothing in common in the namespace that a key may carry: grant them a role there first.',
      excess: [],
    });
  }
  await assertQuota(change);
  const { credential, secret, digest } = makeCredential(plan.id, plan.environment);
  const apiKey: ApiKey = {
    ...plan,
    permissions: [...plan.permissions].sort(),
    organizationId: home.organizationId,
    namespaceId: home.id,
    hint: hintOf(plan.id, plan.environment),
    createdAt: change.now,
    updatedAt: change.now,
    ...untouched,
  };
  await new ApiKeyStore(change.rows).insert(permit, apiKey, digest);
  const { name, environment, userId, issuedBy, roleId, permissions, expiresAt } = apiKey;
  await change.record(permit, {
    namespaceId: home.id,
    changes: {
      after: {
        name,
        environment,
        userId,
        issuedBy,
        roleId,
        permissions,
        expiresAt: expiresAt?.toISOString() ?? null,
        ...settingsOf(apiKey),
      },
    },
  });
  return { apiKey, key: credential, secret };
}
