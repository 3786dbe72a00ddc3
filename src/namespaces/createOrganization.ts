import { z } from 'zod';
import type { Act } from '../access/index.js';
import { hasRight, permission } from '../authority/index.js';
import { conflict, emailText, nameText, passwordText } from '../domain/index.js';
import type { User } from '../people/index.js';
import type { Passwords } from '../people/passwords.js';
import { foundOrganization } from './foundOrganization.js';
import { described, type Namespace, newNamespace } from './Namespace.js';

export const createOrganizationInput = z.object({
  ...described,
  owner: z.object({ name: nameText, email: emailText, password: passwordText.nullish() }),
});

/** A new tenant; the temporary password is told once, where none was given. */
export interface FoundedOrganization {
  readonly organization: Namespace;
  readonly owner: User;
  readonly temporaryPassword: string | null;
}

/** Creates a tenant with its first OWNER, for the owners of the first organization, who hold `organization:create` there. */
export async function createOrganization(
  act: Act,
  passwords: Passwords,
  input: z.output<typeof createOrganizationInput>,
): Promise<FoundedOrganization> {
  const temporaryPassword = input.owner.password ? null : passwords.temporaryPassword();
  const password = input.owner.password ?? temporaryPassword ?? '';
  // Before the transaction: the tenant's row is never held while a password is hashed. And only for who may: others are
  // refused by the decision, and until then must not keep bcrypt busy.
  const before = await act.caller();
  const mayCreate = hasRight(before, permission('organization:create'), before.tenant);
  const passwordDigest = mayCreate ? await passwords.digest(password) : null;
  return act.change(async (change) => {
    const where = await change.facts.tenant();
    const organization = newNamespace('ORGANIZATION', input, null, change.now);
    const permit = change.permit('input', {
      action: 'organization.create',
      caller: await change.caller(where),
      where,
      // Whoever is signed in knows that there are organizations; there is nothing to hide behind NOT_FOUND.
      visible: true,
      target: organization.id,
    });
    if (passwordDigest === null) throw conflict('Your rights changed at this very moment: try again.');
    const { name, email } = input.owner;
    const first = { name, email, passwordDigest, mustChangePassword: temporaryPassword !== null };
    const owner = await foundOrganization(change.rows, permit, organization, first, { isFirst: false, grantedBy: null });
    await change.record(permit, { namespaceId: where.id, changes: { after: { name: organization.name, ownerId: owner.id } } });
    return { organization, owner, temporaryPassword };
  });
}
