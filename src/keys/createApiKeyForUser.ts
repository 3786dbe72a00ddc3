import { z } from 'zod';
import type { Act } from '../access/index.js';
import { held, seesNamespace, seesUser } from '../authority/index.js';
import { idOf, newId, notFound, unauthenticated } from '../domain/index.js';
import { assertLifetime, grantedTo, inCommon, type IssuedKey, issueKey } from './issueKey.js';
import { saidSettings, settingsOfNew } from './settings.js';
import { issued, wantedPermissions } from './wanted.js';

export const createApiKeyForUserInput = z.object({ userId: idOf('usr'), ...issued });

/** Creates a key for another user, for who holds `apiKey:createForUser`: within what both of them hold, then and ever after (C12). */
export const createApiKeyForUser = (act: Act, input: z.output<typeof createApiKeyForUserInput>): Promise<IssuedKey> =>
  act.change(async (change) => {
    const wanted = await wantedPermissions(change, input);
    await assertLifetime(change, input.expiresAt);
    const home = await change.namespace('input.namespaceId', input.namespaceId);
    const caller = await change.caller(home);
    if (caller.kind !== 'USER') throw unauthenticated('Sign in to create an API key for another user.');
    const user = await change.facts.person(input.userId, [home.id]);
    const issuer = caller.person;
    // A user who cannot be seen is one who does not exist, and is told apart from neither.
    const known = user.state !== 'REMOVED' && (seesUser(caller, user) || held(user, home).size > 0);
    const people = known ? [user, issuer] : [issuer];
    const { roleId, permissions } = grantedTo(wanted, () => inCommon(people, home));
    const id = newId('key');
    const permit = change.permit('input.namespaceId', {
      action: 'apiKey.createForUser',
      caller,
      where: home,
      visible: seesNamespace(caller, home),
      target: id,
      handsOn: [{ namespace: home, permissions, behindKey: people }],
    });
    if (!known) throw notFound('input.userId');
    return issueKey(change, permit, {
      id,
      home,
      environment: input.environment,
      userId: user.id,
      createdBy: issuer.id,
      issuedBy: issuer.id,
      createdByApiKeyId: null,
      name: input.name,
      description: input.description ?? null,
      roleId,
      permissions,
      expiresAt: input.expiresAt ?? null,
      ...(await settingsOfNew(change, null, saidSettings(input))),
    });
  });
