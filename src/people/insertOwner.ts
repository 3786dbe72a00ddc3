import type { Permit } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import { newId } from '../domain/index.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

/** The person with whom a new organization begins. */
export interface NewOwner {
  readonly organizationId: string;
  readonly name: string;
  readonly email: string;
  readonly passwordDigest: string;
  readonly mustChangePassword: boolean;
  readonly now: Date;
}

/** Stores the person with whom a new organization begins; the grant of OWNER is another step. */
export const insertOwner = (rows: Rows, permit: Permit<'organization.create'>, { now, ...owner }: NewOwner): Promise<User> =>
  new UserStore(rows).insertFirst(permit, { ...owner, id: newId('usr'), kind: 'HUMAN', createdAt: now });
