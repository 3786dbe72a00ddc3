import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { closed, GRACE_MS, newSecret, type SharedSecret, written } from './SharedSecret.js';
import { SharedSecretStore } from './SharedSecretStore.js';

export const rotateSharedSecretInput = z.object({ organizationId: idOf('org') });

/**
 * Creates the organization's shared secret, or replaces it (S1.3), for who holds `sharedSecret:manage`. The one before
 * signs as well for a day; any before that not at all, so that rotating twice ends a secret that leaked.
 */
export const rotateSharedSecret = (
  act: Act,
  key: KeyObject,
  { organizationId }: z.output<typeof rotateSharedSecretInput>,
): Promise<SharedSecret> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', organizationId, 'ORGANIZATION');
    const permit = change.permit('input.organizationId', {
      action: 'sharedSecret.rotate',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const store = new SharedSecretStore(change.rows);
    const before = await store.find(where.id);
    const secret = newSecret();
    const until = before && new Date(change.now.getTime() + GRACE_MS);
    const row = {
      organizationId: where.id,
      sealed: closed(secret, key, where.id),
      createdAt: change.now,
      previousSealed: before?.sealed ?? null,
      previousUntil: until,
    };
    await (before ? store.replace(permit, row) : store.insert(permit, row));
    await change.record(permit, {
      namespaceId: where.id,
      changes: { after: { replaced: before !== null, previousSignsUntil: until?.toISOString() ?? null } },
    });
    return { secret: written(secret), createdAt: row.createdAt };
  });
