import { type Action, type ActionsWith, ruleOf } from './actions.js';
import { hasRight, mayRecover } from './caller.js';
import type { Caller, NamespaceFacts } from './facts.js';
import { type Excess, type HandedOn, isWithin } from './isWithin.js';
import { type Permission, permission } from './permissions.js';

/** A level whose bearers, grants and memberships need a right of their own to be touched (S0.6, S0.7). */
export interface Touched {
  readonly level: 'OWNER' | 'ADMIN';
  readonly namespace: NamespaceFacts;
}

/** Somebody tries to act. What an act must say is demanded by its rule: what was left out does not compile. */
export type Attempt<A extends Action> = {
  readonly action: A;
  readonly caller: Caller;
  /** Where the right is needed: the parent of what is created, the namespace itself, a key's home, the organization. */
  readonly where: NamespaceFacts;
  /** Whether the caller sees what they act on; if not, the refusal is NOT_FOUND. */
  readonly visible: boolean;
  /** Whether what they act on is theirs in the sense of the rule. */
  readonly own?: boolean;
  /** The id of what is acted on; of something new, the id it will have. */
  readonly target: string;
  /** The transaction on whose rows the facts were read; the permit is good for no other. */
  readonly transaction: object;
} & (A extends ActionsWith<'touches'> ? { readonly touches: readonly Touched[] } : unknown) &
  (A extends ActionsWith<'handsOn'> ? { readonly handsOn: readonly HandedOn[] } : unknown);

/** Proof of a decision. Stores demand one for every change; only `decide` makes them. */
class PermitProof<A extends Action = Action> {
  /** Makes the type nominal: an object literal of the same shape is no permit. */
  declare private readonly proof: true;

  constructor(
    readonly action: A,
    readonly target: string,
    readonly transaction: object,
  ) {}
}
export type Permit<A extends Action = Action> = PermitProof<A>;

/** Whether a permit is for that act. */
export const isFor = <A extends Action>(permit: Permit, action: A): permit is Permit<A> => permit.action === action;

/** The outcome of an attempt. */
export type Decision<A extends Action> =
  | { readonly outcome: 'PERMITTED'; readonly permit: Permit<A> }
  | { readonly outcome: 'NOT_FOUND' }
  | { readonly outcome: 'FORBIDDEN'; readonly missing: readonly Permission[] }
  | { readonly outcome: 'EXCEEDS_AUTHORITY'; readonly excess: readonly Excess[] };

const rightToTouch = { OWNER: permission('owner:manage'), ADMIN: permission('admin:manage') } as const;

const mayTouch = (caller: Caller, { level, namespace }: Touched): boolean =>
  hasRight(caller, rightToTouch[level], namespace) || hasRight(caller, rightToTouch[level], caller.tenant);

/** Decides an attempt: deny first, absent before forbidden, forbidden before excess. */
export function decide<A extends Action>(attempt: Attempt<A>): Decision<A> {
  const { action, caller, where, target, transaction } = attempt;
  const demands = attempt as { readonly touches?: readonly Touched[]; readonly handsOn?: readonly HandedOn[] };
  const rule = ruleOf(action);
  if (where.deleted || where.organizationId !== caller.tenant.id) return { outcome: 'NOT_FOUND' };

  const alive = caller.kind === 'KEY' || caller.person.state === 'ACTIVE';
  const byOwnership = alive && attempt.own === true && (rule.own === 'ANY' || (rule.own === 'SESSION' && caller.kind === 'USER'));
  // What only people do, no permission allows a key: there is nothing that it lacks.
  const forPeople = rule.signedIn === true && caller.kind === 'KEY';
  const byRight = byOwnership || (!forPeople && hasRight(caller, permission(rule.needs), where));
  if (!byRight && !(rule.recoverable === true && mayRecover(caller))) {
    return attempt.visible ? { outcome: 'FORBIDDEN', missing: forPeople ? [] : [permission(rule.needs)] } : { outcome: 'NOT_FOUND' };
  }

  const untouchable = byOwnership ? [] : (demands.touches ?? []).filter((touched) => !mayTouch(caller, touched));
  if (untouchable.length > 0) {
    return { outcome: 'FORBIDDEN', missing: [...new Set(untouchable.map(({ level }) => rightToTouch[level]))] };
  }

  const excess = isWithin(caller, demands.handsOn ?? []);
  if (excess.length > 0) return { outcome: 'EXCEEDS_AUTHORITY', excess };
  return { outcome: 'PERMITTED', permit: new PermitProof(action, target, transaction) };
}

/** What is known of an installation before anybody is there to ask. */
export interface Installation {
  readonly founded: boolean;
}

/** The one act without a caller: the first organization, only while there is none. */
export const decideFounding = (installation: Installation, target: string, transaction: object): Permit<'organization.create'> | null =>
  installation.founded ? null : new PermitProof('organization.create', target, transaction);
