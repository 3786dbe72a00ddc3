import { z } from 'zod';
import type { Act } from '../access/index.js';
import { type Caller, seesNamespace, usable } from '../authority/index.js';
import { badInput, forbidden, newId } from '../domain/index.js';
import { assertLifetime, grantedTo, inCommon, type IssuedKey, issueKey } from './issueKey.js';
import { assertMembersMayCreate } from './mayCreate.js';
import { saidSettings, settingsOfNew } from './settings.js';
import { issued, wantedPermissions } from './wanted.js';

export const createApiKeyInput = z.object(issued);
type Input = z.output<typeof createApiKeyInput>;

/**
 * Creates a key for oneself: a signed-in person wherever they hold anything, a key with `apiKey:create` in its home for
 * its own user. What exceeds the people behind it is refused, never dropped (C13).
 */
export const createApiKey = (act: Act, input: Input): Promise<IssuedKey> =>
  act.change(async (change) => {
    const wanted = await wantedPermissions(change, input);
    await assertLifetime(change, input.expiresAt);
    const home = await change.namespace('input.namespaceId', input.namespaceId);
    const caller = await change.caller(home);
    const [user, issuer] = caller.kind === 'USER' ? [caller.person, caller.person] : caller.key.people;
    const here = usable(caller, home);
    const { roleId, permissions } = grantedTo(wanted, () => inCommon([user, issuer], home, here));
    const id = newId('key');
    const permit = change.permit('input.namespaceId', {
      action: 'apiKey.create',
      caller,
      where: home,
      visible: seesNamespace(caller, home),
      own: here.size > 0,
      target: id,
      handsOn: [{ namespace: home, permissions, behindKey: [user, issuer] }],
    });
    await assertMembersMayCreate(change, caller, home);
    if (caller.kind === 'KEY') assertNoWider(caller, input);
    const parentId = caller.kind === 'KEY' ? caller.key.id : null;
    return issueKey(change, permit, {
      id,
      home,
      environment: input.environment,
      userId: user.id,
      createdBy: user.id,
      issuedBy: issuer.id,
      createdByApiKeyId: parentId,
      name: input.name,
      description: input.description ?? null,
      roleId,
      permissions,
      expiresAt: input.expiresAt ?? null,
      ...(await settingsOfNew(change, parentId, saidSettings(input))),
    });
  });

/** A key that a key makes is of its environment, dies no later, and makes none itself (R78). */
function assertNoWider({ key }: Extract<Caller, { kind: 'KEY' }>, input: Input): void {
  if (key.parent) {
    throw forbidden('An API key that was created by an API key creates none itself.');
  }
  if (input.environment !== key.environment) {
    throw badInput(
      'input.environment',
      `input.environment must be ${key.environment}: an API key creates keys of its own environment only.`,
    );
  }
  if (key.expiresAt !== null && (!input.expiresAt || input.expiresAt.getTime() > key.expiresAt)) {
    throw badInput(
      'input.expiresAt',
      `input.expiresAt must not be later than ${new Date(key.expiresAt).toISOString()}, when the creating key expires.`,
    );
  }
}
