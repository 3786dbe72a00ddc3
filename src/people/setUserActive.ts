import { z } from 'zod';
import type { Act, Change } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { assertOwnerStays, handedOnBy } from '../roles/index.js';
import { actedOn } from './actedOn.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

export const setUserActiveInput = z.object({ id: idOf('usr'), active: z.boolean('must be true or false') });

/**
 * Deactivates a user, or brings them back, for who holds `user:manage`. Bringing back hands on all that the user is
 * granted, everywhere. What was revoked meanwhile stays revoked (R20): sessions and keys are refused by the user's state.
 */
export const setUserActive = (act: Act, input: z.output<typeof setUserActiveInput>): Promise<User> =>
  act.change((change) => settingActive(change, input));

/** The same within a change, also within one that is only rehearsed. */
export async function settingActive(change: Change, { id, active }: z.output<typeof setUserActiveInput>): Promise<User> {
  const { user, subjectIds, attempt } = await actedOn(change, id);
  let permit;
  if (active) {
    const handsOn = await handedOnBy(change, subjectIds);
    const caller = await change.caller(...handsOn.map(({ namespace }) => namespace));
    permit = change.permit('input.id', { action: 'user.activate', ...attempt, caller, handsOn });
  } else {
    permit = change.permit('input.id', { action: 'user.deactivate', ...attempt });
    await assertOwnerStays(change, user.organizationId, user.id);
  }
  await new UserStore(change.rows).setActive(permit, user.id, active, change.now);
  await change.record(permit, { namespaceId: user.organizationId, changes: { before: { active: user.active }, after: { active } } });
  return { ...user, active };
}
