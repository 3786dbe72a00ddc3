import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Act } from '../access/index.js';
import { conflict, idOf } from '../domain/index.js';
import { opened, type SharedSecret, written } from './SharedSecret.js';
import { SharedSecretStore } from './SharedSecretStore.js';

export const revealSharedSecretInput = z.object({ organizationId: idOf('org') });

/** Tells the organization's shared secret again (S1.4), for signed-in people who hold `sharedSecret:reveal`; each time is audited. */
export const revealSharedSecret = (
  act: Act,
  key: KeyObject,
  { organizationId }: z.output<typeof revealSharedSecretInput>,
): Promise<SharedSecret> =>
  act.change(async (change) => {
    const where = await change.namespace('input.organizationId', organizationId, 'ORGANIZATION');
    const permit = change.permit('input.organizationId', {
      action: 'sharedSecret.reveal',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: where.id,
    });
    const found = await new SharedSecretStore(change.rows).find(where.id);
    if (!found) throw conflict('This organization has no shared secret yet: create it with rotateSharedSecret.', 'input.organizationId');
    // Which one was told: the trail says when it was made.
    await change.record(permit, { namespaceId: where.id, changes: { after: { revealed: found.createdAt.toISOString() } } });
    return { secret: written(opened(found.sealed, key, where.id)), createdAt: found.createdAt };
  });
