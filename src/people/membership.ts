import { z } from 'zod';
import type { Change } from '../access/index.js';
import { type Caller, type NamespaceFacts, seesNamespace, type Touched } from '../authority/index.js';
import { idOf } from '../domain/index.js';
import { carriedBy } from '../roles/index.js';

export const membershipInput = z.object({ userGroupId: idOf('grp'), userId: idOf('usr') });
export type MembershipInput = z.output<typeof membershipInput>;

/** A membership that somebody makes or ends, with what the decision asks. */
export interface Membership {
  /** Whether there is such a user in the tenant. Told only after the decision: not to who may not manage members. */
  readonly userExists: boolean;
  readonly attempt: {
    readonly caller: Caller;
    readonly where: NamespaceFacts;
    readonly visible: boolean;
    readonly target: string;
    /** Every OWNER and ADMIN that the group carries to its members, and that the user carries already (R76). */
    readonly touches: readonly Touched[];
  };
}

/** Reads the group and the user of a membership in a change; NOT_FOUND on the group if there is none. */
export async function membership(change: Change, { userGroupId, userId }: MembershipInput): Promise<Membership> {
  const where = await change.namespace('input.userGroupId', userGroupId, 'USER_GROUP');
  const user = await change.facts.subject(userId);
  const userExists = user !== null && user.state !== 'REMOVED';
  const touches = await carriedBy(change, [...new Set([where.id, ...(userExists ? user.subjectIds : [])])]);
  const caller = await change.caller(where, ...touches.map(({ namespace }) => namespace));
  return { userExists, attempt: { caller, where, visible: seesNamespace(caller, where), target: where.id, touches } };
}
