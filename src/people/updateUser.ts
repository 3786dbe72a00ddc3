import { z } from 'zod';
import type { Act } from '../access/index.js';
import { badInput, emailText, idOf, kept, nameText } from '../domain/index.js';
import { actedOn } from './actedOn.js';
import { emailTaken } from './emailTaken.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

export const updateUserInput = z.object({ id: idOf('usr'), name: kept(nameText), email: kept(emailText) });

/** Renames a user: themselves, or who holds `user:manage`. Their address, with which they sign in, is for the latter alone. */
export const updateUser = (act: Act, { id, name, email }: z.output<typeof updateUserInput>): Promise<User> =>
  act.change(async (change) => {
    const { user, attempt } = await actedOn(change, id);
    const { caller } = attempt;
    const own = caller.kind === 'USER' && caller.person.id === user.id;
    const permit =
      email === undefined
        ? change.permit('input.id', { action: 'user.rename', own, ...attempt })
        : change.permit('input.id', { action: 'user.update', ...attempt });
    const store = new UserStore(change.rows);
    if (email !== undefined) {
      if (user.kind === 'SERVICE') throw badInput('input.email', 'input.email: a service user has no address. Leave it out.');
      if (await store.isTaken(user.organizationId, email, user.id)) throw emailTaken();
    }
    const said = { ...(name !== undefined && { name }), ...(email !== undefined && { email }) };
    await store.describe(permit, user.id, said, change.now);
    await change.record(permit, {
      namespaceId: user.organizationId,
      changes: { before: { name: user.name, email: user.email }, after: said },
    });
    return { ...user, ...said };
  });
