import { effectiveThere, type GateCode, held, type KeyFacts, type KeyQuestion, missingThere, type Permission } from '../authority/index.js';
import type { RateLimitState } from '../rateLimits/index.js';

/** What people are called, by id. */
export type Names = ReadonlyMap<string, string>;

/** What an explanation is about. */
export interface Subject {
  readonly key: KeyFacts;
  readonly question: KeyQuestion;
  readonly environmentAsked: boolean;
  /** The networks of the key as people write them. */
  readonly cidrs: readonly string[] | null;
  readonly names: Names;
}

/** One sentence on a gate, for people who may know all of it. */
export function detailOfGate(gate: string, code: GateCode | null, subject: Subject): string {
  const { key, question, names } = subject;
  switch (gate) {
    case 'status':
      return code === null ? 'The key has not been revoked.' : 'The key has been revoked, or the key that created it no longer works.';
    case 'expiry':
      return aboutExpiry(key, code);
    case 'environment':
      if (!subject.environmentAsked) return 'Not asked: no environment was named.';
      return `The key belongs to ${key.environment}; it was asked about in ${question.environment}.`;
    case 'namespace':
      if (question.namespace === undefined) return 'Not asked: no namespace was named, so this is about the home of the key.';
      return code === null
        ? 'The namespace is the home of the key or in its reach.'
        : 'The namespace is neither the home of the key nor in its reach.';
    case 'people':
      return aboutPeople(key, names);
    case 'resource':
      return aboutResource(key, question, code);
    case 'ip':
      return aboutAddress(subject, code);
    default:
      return aboutPermissions(key, question, names);
  }
}

/** One sentence on the rate limit as it stands. */
export function detailOfRateLimit(state: RateLimitState | null): string {
  if (state === null) return 'The key has no rate limit.';
  const left = `${state.remaining} of ${state.limit} are left`;
  if (state.remaining === state.limit) return `${left}; a window begins at the next use.`;
  return `${left} until ${state.resetAt.toISOString()}.`;
}

function aboutResource({ restrictions }: KeyFacts, { resource }: KeyQuestion, code: GateCode | null): string {
  if (restrictions === null)
    return resource ? 'The key is not restricted to resources.' : 'Not asked: the key is not restricted to resources.';
  const only = restrictions.map(({ type, ids }) => `${type} ${ids.join(', ')}`).join('; ');
  if (!resource) return `Not asked: no resource was named. The key is restricted to ${only}, and is refused without one.`;
  return `${resource.type} ${resource.id} is ${code === null ? '' : 'not '}among what the key is restricted to: ${only}.`;
}

function aboutAddress({ cidrs, question }: Subject, code: GateCode | null): string {
  if (cidrs === null) return question.address ? 'The key works from anywhere.' : 'Not asked: the key works from anywhere.';
  const only = cidrs.join(', ');
  if (!question.address) return `Not asked: no clientIp was named. The key works only from ${only}, and is refused without one.`;
  return `The address is ${code === null ? '' : 'not '}within the networks of the key: ${only}.`;
}

function aboutExpiry({ expiresAt, parent }: KeyFacts, code: GateCode | null): string {
  const ends = [expiresAt, parent?.expiresAt ?? null].filter((end) => end !== null);
  if (ends.length === 0) return 'The key never expires.';
  return `The key ${code === null ? 'expires' : 'expired'} at ${new Date(Math.min(...ends)).toISOString()}.`;
}

function aboutPeople({ people, home }: KeyFacts, names: Names): string {
  const lost = people.filter((person) => held(person, home).size === 0);
  if (lost.length === 0) return 'Each of the people behind the key holds something in its home.';
  const who = [
    ...new Set(
      lost.map(
        ({ id, state }) =>
          `${names.get(id) ?? id} ${state === 'ACTIVE' ? 'holds nothing in its home any more' : `is ${state.toLowerCase()}`}`,
      ),
    ),
  ];
  return `${who.join('; ')}.`;
}

function aboutPermissions(key: KeyFacts, question: KeyQuestion, names: Names): string {
  if (!question.permissions) {
    const { size } = effectiveThere(key, question);
    return `Not asked: no permission was named. The key can use ${size} there.`;
  }
  const missing = missingThere(key, question);
  return missing.length === 0
    ? 'All that was asked for is there.'
    : missing.map((name) => whyMissing(name, key, question, names)).join(' ');
}

function whyMissing(name: Permission, key: KeyFacts, question: KeyQuestion, names: Names): string {
  if (!key.permissions.has(name)) return `${name}: the key was not granted it.`;
  const there = question.namespace === undefined ? key.home : question.namespace;
  const without = there ? key.people.filter((person) => !held(person, there).has(name)).map(({ id }) => names.get(id) ?? id) : [];
  return without.length > 0
    ? `${name}: not held there by ${[...new Set(without)].join(' and ')}.`
    : `${name}: the home of the key does not let it through to there.`;
}
