import { z } from 'zod';
import type { Act } from '../access/index.js';
import { badInput, emailText, idOf, nameText, newId, passwordText } from '../domain/index.js';
import { digestAhead, rightsChanged } from './digestAhead.js';
import { emailTaken } from './emailTaken.js';
import type { Passwords } from './passwords.js';
import type { UserWithPassword } from './User.js';
import { UserStore } from './UserStore.js';

export const createUserInput = z.object({
  organizationId: idOf('org'),
  kind: z.enum(['HUMAN', 'SERVICE'], 'must be HUMAN or SERVICE'),
  name: nameText,
  email: emailText.nullish(),
  password: passwordText.nullish(),
});

type Input = z.output<typeof createUserInput>;

/**
 * Creates a user, for who holds `user:manage` in the organization. A person without a password gets a temporary one, told
 * in this one answer, and must change it when they first sign in; a service user has neither address nor password.
 */
export async function createUser(act: Act, input: Input, passwords: Passwords): Promise<UserWithPassword<string | null>> {
  const { organizationId, kind, name } = input;
  const email = addressOf(input);
  const temporaryPassword = kind === 'HUMAN' && !input.password ? passwords.temporaryPassword() : null;
  const password = temporaryPassword ?? input.password ?? null;
  const passwordDigest = password === null ? null : await digestAhead(act, passwords, password);
  return act.change(async (change) => {
    const where = await change.namespace('input.organizationId', organizationId, 'ORGANIZATION');
    const id = newId('usr');
    const permit = change.permit('input.organizationId', {
      action: 'user.create',
      caller: await change.caller(where),
      where,
      visible: await change.sees(where),
      target: id,
    });
    if (password !== null && passwordDigest === null) throw rightsChanged();
    const store = new UserStore(change.rows);
    if (email !== null && (await store.isTaken(where.id, email))) throw emailTaken();
    const user = await store.insert(permit, {
      id,
      organizationId: where.id,
      kind,
      name,
      email,
      createdAt: change.now,
      passwordDigest,
      mustChangePassword: temporaryPassword !== null,
    });
    await change.record(permit, { namespaceId: where.id, changes: { after: { kind, name, email } } });
    return { user, temporaryPassword };
  });
}

/** A person needs an address; a service user never signs in, and so has neither address nor password. */
function addressOf({ kind, email, password }: Input): string | null {
  if (kind === 'HUMAN') {
    if (!email) throw badInput('input.email', 'input.email is needed: a person signs in with it.');
    return email;
  }
  if (email) throw badInput('input.email', 'input.email: a service user never signs in and has no address. Leave it out.');
  if (password) throw badInput('input.password', 'input.password: a service user never signs in and has no password. Leave it out.');
  return null;
}
