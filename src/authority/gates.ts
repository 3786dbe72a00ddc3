import { effective, mayUseIn } from './effective.js';
import type { Address, Environment, KeyFacts, KeyLife, NamespaceFacts, Resource } from './facts.js';
import { holdsAnythingIn } from './held.js';
import { admitsAddress, admitsResource } from './narrowing.js';
import type { Permission } from './permissions.js';
import { reach, reachesAnything } from './reach.js';

/** How a key that exists stands by itself; INACTIVE, somebody's act, is told before EXPIRED (C18). */
export type KeyStatus = 'ACTIVE' | 'INACTIVE' | 'EXPIRED';

// Written so that what is no number is expired: a comparison with it is always false.
const expired = (life: KeyLife, now: number): boolean => life.expiresAt !== null && !(now < life.expiresAt);

type Lives = Pick<KeyFacts, 'stopped' | 'expiresAt' | 'parent'>;

// A key made by a key works only while that one does.
const anyStopped = ({ stopped, parent }: Lives): boolean => stopped || parent?.stopped === true;
const anyExpired = (key: Lives, now: number): boolean => expired(key, now) || (key.parent !== null && expired(key.parent, now));

/** The status at an instant; `now == expiresAt` is expired (C17). */
export function keyStatus(key: Lives, now: number): KeyStatus {
  if (anyStopped(key)) return 'INACTIVE';
  return anyExpired(key, now) ? 'EXPIRED' : 'ACTIVE';
}

/** What is asked about a key whose secret was right, by somebody whose business it is. */
export interface KeyQuestion {
  readonly environment: Environment;
  /** Where the bearer wants to act; the key's home if left out, null if there is no such namespace. */
  readonly namespace?: NamespaceFacts | null;
  /** All of these must be held. Left out: does the key hold anything there? */
  readonly permissions?: readonly Permission[];
  /** What the bearer wants to touch. A key with restrictions is refused without. */
  readonly resource?: Resource;
  /** Where the bearer asks from. A key with networks is refused without. */
  readonly address?: Address;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a gate stays shut. */
export type GateCode =
  | 'INACTIVE'
  | 'EXPIRED'
  | 'ENVIRONMENT_MISMATCH'
  | 'NAMESPACE_MISMATCH'
  | 'HOLDER_LOST_ACCESS'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'RESOURCE_NOT_ALLOWED'
  | 'IP_NOT_ALLOWED';

/** One gate: its name and the code with which it stays shut, or null when it lets the question pass. */
export interface Gate {
  readonly name: string;
  readonly shut: (key: KeyFacts, question: KeyQuestion) => GateCode | null;
}

const target = (key: KeyFacts, question: KeyQuestion): NamespaceFacts | null =>
  question.namespace === undefined ? key.home : question.namespace;

/** What the key can do where it is asked about. */
export function effectiveThere(key: KeyFacts, question: KeyQuestion): ReadonlySet<Permission> {
  const there = target(key, question);
  return there ? effective(key, there) : new Set();
}

/** Whether the key can do anything where it is asked about. */
function usesAnythingThere(key: KeyFacts, question: KeyQuestion): boolean {
  const there = target(key, question);
  if (!there) return false;
  const mayUse = mayUseIn(key, there);
  for (const name of key.permissions) if (mayUse(name)) return true;
  return false;
}

/** What was asked for and is not there. */
export function missingThere(key: KeyFacts, question: KeyQuestion): readonly Permission[] {
  const asked = question.permissions ?? [];
  const there = target(key, question);
  if (!there) return asked;
  const mayUse = mayUseIn(key, there);
  return asked.filter((name) => !mayUse(name));
}

/** The gates, in the order in which they are asked. Deciding and explaining both walk this list. */
export const gates: readonly Gate[] = [
  { name: 'status', shut: (key) => (anyStopped(key) ? 'INACTIVE' : null) },
  { name: 'expiry', shut: (key, { now }) => (anyExpired(key, now) ? 'EXPIRED' : null) },
  { name: 'environment', shut: (key, { environment }) => (key.environment === environment ? null : 'ENVIRONMENT_MISMATCH') },
  {
    name: 'namespace',
    shut(key, question) {
      const there = target(key, question);
      return there && reachesAnything(reach(key.home, there)) ? null : 'NAMESPACE_MISMATCH';
    },
  },
  { name: 'people', shut: (key) => (key.people.every((person) => holdsAnythingIn(person, key.home)) ? null : 'HOLDER_LOST_ACCESS') },
  {
    name: 'permissions',
    shut(key, question) {
      // Law 5: empty is nothing. A question that lists no permission is answered by whether anything is left.
      const { permissions: asked } = question;
      const enough = asked ? asked.length > 0 && missingThere(key, question).length === 0 : usesAnythingThere(key, question);
      return enough ? null : 'INSUFFICIENT_PERMISSIONS';
    },
  },
  {
    name: 'resource',
    shut: ({ restrictions }, { resource }) => (admitsResource(restrictions, resource) ? null : 'RESOURCE_NOT_ALLOWED'),
  },
  { name: 'ip', shut: ({ networks }, { address }) => (admitsAddress(networks, address) ? null : 'IP_NOT_ALLOWED') },
];

/** The gates that ask whether a key may be used at all, whatever for: those of this API's own doors. */
export const livingGates: readonly Gate[] = gates.filter(({ name }) => name !== 'permissions' && name !== 'resource');

/** The first gate that stays shut, or null when all are open. */
export function firstShut(key: KeyFacts, question: KeyQuestion, asked: readonly Gate[] = gates): GateCode | null {
  for (const gate of asked) {
    const code = gate.shut(key, question);
    if (code) return code;
  }
  return null;
}

/** Every gate's answer, whether or not an earlier one stayed shut. */
export const explain = (key: KeyFacts, question: KeyQuestion): readonly { readonly gate: string; readonly code: GateCode | null }[] =>
  gates.map((gate) => ({ gate: gate.name, code: gate.shut(key, question) }));
