import { decideFounding } from '../authority/index.js';
import { type Database, isDuplicate, type Rows } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Passwords } from '../people/passwords.js';
import { foundOrganization } from './foundOrganization.js';
import { InstallationRows } from './InstallationRow.js';
import { newNamespace } from './Namespace.js';

/** What the first organization and its owner are called. Used only while there is none. */
export interface Founding {
  readonly organization: string;
  readonly email: string;
  /** Left out: a random one, told once. */
  readonly password: string | undefined;
}

/** How the first owner signs in. */
export interface FirstSignIn {
  readonly email: string;
  readonly password: string;
  /** Whether the password was made here, and must be told. */
  readonly generated: boolean;
}

const isFounded = (rows: Rows): Promise<boolean> => rows.existsBy(InstallationRows, { id: 1 });

/**
 * Founds the first organization with its OWNER, unless that has been done. Of replicas that start at once one does it:
 * the row of `installation` can be written only once.
 */
export async function bootstrap(database: Database, passwords: Passwords, clock: Clock, founding: Founding): Promise<FirstSignIn | null> {
  if (await isFounded(database.reader)) return null;
  const password = founding.password ?? passwords.temporaryPassword();
  const passwordDigest = await passwords.digest(password);
  const generated = founding.password === undefined;
  try {
    return await database.transact(async (rows) => {
      const organization = newNamespace('ORGANIZATION', { name: founding.organization }, null, clock());
      const permit = decideFounding({ founded: await isFounded(rows) }, organization.id, rows);
      if (!permit) return null;
      const owner = { name: 'Owner', email: founding.email, passwordDigest, mustChangePassword: false };
      await foundOrganization(rows, permit, organization, owner, { isFirst: true, grantedBy: null });
      await rows.insert(InstallationRows, { id: 1, firstOrganizationId: organization.id, createdAt: organization.createdAt });
      return { email: founding.email, password, generated };
    });
  } catch (error) {
    if (isDuplicate(error) && (await isFounded(database.reader))) return null;
    throw error;
  }
}

/** The installation's first organization, whose owners create the others. */
export async function firstOrganization(rows: Rows): Promise<{ readonly id: string }> {
  const { firstOrganizationId } = await rows.findOneByOrFail(InstallationRows, { id: 1 });
  return { id: firstOrganizationId };
}
