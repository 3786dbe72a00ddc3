import type { Change } from '../access/index.js';
import { type Caller, type NamespaceFacts, seesUser, type Touched } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import { carriedBy } from '../roles/index.js';
import type { User } from './User.js';
import { UserStore } from './UserStore.js';

/** A user whom somebody acts on, with what every decision about them asks. */
export interface ActedOn {
  readonly user: User;
  /** The user's own id and those of their groups: under which they are granted roles. */
  readonly subjectIds: readonly string[];
  readonly attempt: {
    readonly caller: Caller;
    readonly where: NamespaceFacts;
    readonly visible: boolean;
    readonly target: string;
    /** Every OWNER and ADMIN that the user carries, directly or through groups, in any namespace (R76). */
    readonly touches: readonly Touched[];
  };
}

/** Reads a user of the tenant in a change; NOT_FOUND on `input.id` if there is none, or they have been removed. */
export async function actedOn(change: Change, id: string): Promise<ActedOn> {
  const where = await change.facts.tenant();
  const user = await new UserStore(change.rows).find(where.id, id);
  const subject = user && (await change.facts.subject(id));
  if (!user || !subject) throw notFound('input.id');
  const touches = await carriedBy(change, subject.subjectIds);
  const caller = await change.caller(...touches.map(({ namespace }) => namespace));
  return { user, subjectIds: subject.subjectIds, attempt: { caller, where, visible: seesUser(caller, user), target: user.id, touches } };
}
