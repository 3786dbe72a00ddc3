import type { Act } from '../access/index.js';
import { hasRight, permission } from '../authority/index.js';
import { conflict, type Refusal } from '../domain/index.js';
import type { Passwords } from './passwords.js';

/**
 * The digest of a password that is given to somebody. It is made before the change begins, because nobody may hold the
 * tenant's row for as long as bcrypt takes. Null for a caller without `user:manage`: the decision refuses them, and until
 * then they must not keep bcrypt busy.
 */
export async function digestAhead(act: Act, passwords: Passwords, password: string): Promise<string | null> {
  const caller = await act.caller();
  return hasRight(caller, permission('user:manage'), caller.tenant) ? passwords.digest(password) : null;
}

/** The caller was given the right between the digest and the decision. */
export const rightsChanged = (): Refusal => conflict('Your rights changed at this very moment: try again.');
