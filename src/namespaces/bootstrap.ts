import { decideFounding } from '../authority/index.js';
import { type Database, isDuplicate, type Rows } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Passwords } from '../people/passwords.js';
import { foundOrganization } from './foundOrganization.js';
import { InstallationStore } from './InstallationStore.js';
import { newNamespace } from './Namespace.js';

/** What the first organization and its owner are called. Used only while there is none. */
export interface Founding {
  readonly organization: string;
  readonly email: string;
  /** Left out: a random one, told once. */
  readonly password: string | undefined;
  /** Keeps the sign-in for whoever will need it; the last step before the founding commits. */
  readonly keep?: (signIn: FirstSignIn) => void;
}

/** How the first owner signs in. */
export interface FirstSignIn {
  readonly email: string;
  readonly password: string;
  /** Whether the password was made here, and must be told. */
  readonly generated: boolean;
}

/**
 * Founds the first organization with its OWNER, unless that has been done. Of replicas that start at once one does it:
 * the row of `installation` can be written only once.
 */
export async function bootstrap(database: Database, passwords: Passwords, clock: Clock, founding: Founding): Promise<FirstSignIn | null> {
  if (await new InstallationStore(database.reader).isFounded()) return null;
  const password = founding.password ?? passwords.temporaryPassword();
  const passwordDigest = await passwords.digest(password);
  const generated = founding.password === undefined;
  try {
    return await database.transact(async (rows) => {
      const installation = new InstallationStore(rows);
      const organization = newNamespace('ORGANIZATION', { name: founding.organization }, null, clock());
      const permit = decideFounding({ founded: await installation.isFounded() }, organization.id, rows);
      if (!permit) return null;
      const owner = { name: 'Owner', email: founding.email, passwordDigest, mustChangePassword: false };
      await foundOrganization(rows, permit, organization, owner, { isFirst: true, grantedBy: null });
      await installation.insert(organization);
      const signIn = { email: founding.email, password, generated };
      founding.keep?.(signIn);
      return signIn;
    });
  } catch (error) {
    if (isDuplicate(error) && (await new InstallationStore(database.reader).isFounded())) return null;
    throw error;
  }
}

/** The installation's first organization, whose owners create the others. */
export async function firstOrganization(rows: Rows): Promise<{ readonly id: string }> {
  return { id: await new InstallationStore(rows).firstOrganizationId() };
}
