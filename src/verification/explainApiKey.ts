import { z } from 'zod';
import type { Act } from '../access/index.js';
import {
  effectiveThere,
  explain,
  type GateCode,
  hasRight,
  held,
  type KeyFacts,
  type KeyQuestion,
  missingThere,
  ownsKey,
  permission,
  type Permission,
  seesKey,
} from '../authority/index.js';
import { forbidden, idKind, idOf, notFound } from '../domain/index.js';
import { type ApiKey, apiKeysById } from '../keys/index.js';
import { usersById } from '../people/index.js';
import type { VerificationCode } from './Verification.js';
import { askedPermissions } from './verifyApiKey.js';

export const explainApiKeyInput = z.object({
  apiKeyId: idOf('key'),
  environment: z.enum(['PRODUCTION', 'STAGING', 'DEVELOPMENT']).nullish(),
  namespaceId: z.string().nullish(),
  permissions: askedPermissions,
});
type Input = z.output<typeof explainApiKeyInput>;

/** One gate's answer, whether or not an earlier one stayed shut. */
export interface AccessCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** Why a key would be allowed or refused. */
export interface AccessExplanation {
  readonly allowed: boolean;
  readonly code: VerificationCode;
  readonly checks: readonly AccessCheck[];
}

/** The key, for who may manage it: their own while signed in, or with `apiKey:manage`. */
async function managedKey(act: Act, id: string): Promise<ApiKey> {
  const [key] = await apiKeysById(act.rows, [id]);
  const home = key && (await act.facts.namespace(key.namespaceId));
  if (!key || !home) throw notFound('input.apiKeyId');
  const caller = await act.caller(home);
  const asked = { id, userId: key.userId, home, environment: key.environment };
  if (!seesKey(caller, asked)) throw notFound('input.apiKeyId');
  const manage = permission('apiKey:manage');
  if ((caller.kind === 'USER' && ownsKey(caller, asked)) || hasRight(caller, manage, home)) return key;
  throw forbidden('An explanation is for who may manage the API key: its own user, signed in, or who holds apiKey:manage.', [manage]);
}

/**
 * Walks the very gates that verification walks, all of them, and says of each whether it would open and why. Counts
 * nothing and touches nothing.
 */
export async function explainApiKey(act: Act, input: Input): Promise<AccessExplanation> {
  const record = await managedKey(act, input.apiKeyId);
  const { namespaceId } = input;
  const namespace =
    namespaceId === null || namespaceId === undefined
      ? undefined
      : idKind(namespaceId) === null
        ? null
        : await act.facts.namespace(namespaceId);
  const key = await act.facts.keyOf(record, namespace ? [namespace.id] : []);
  if (!key) throw notFound('input.apiKeyId');
  const question: KeyQuestion = {
    environment: input.environment ?? key.environment,
    ...(namespace !== undefined && { namespace }),
    ...(input.permissions && { permissions: input.permissions }),
    now: act.clock().getTime(),
  };
  const names = await namesOf(act, key);
  const answers = explain(key, question);
  const checks = answers.map(({ gate, code }) => ({
    name: gate,
    passed: code === null,
    detail: detail(gate, code, key, question, input, names),
  }));
  const shut = answers.find(({ code }) => code !== null)?.code ?? null;
  return { allowed: shut === null, code: shut ?? 'VALID', checks };
}

type Names = ReadonlyMap<string, string>;

async function namesOf(act: Act, { people }: KeyFacts): Promise<Names> {
  const users = await usersById(act.rows, [...new Set(people.map(({ id }) => id))]);
  return new Map(users.flatMap((user) => (user ? [[user.id, `${user.name} (${user.id})`] as const] : [])));
}

/** One sentence on a gate, for people who may know all of it. */
function detail(gate: string, code: GateCode | null, key: KeyFacts, question: KeyQuestion, input: Input, names: Names): string {
  switch (gate) {
    case 'status':
      return code === null ? 'The key has not been revoked.' : 'The key has been revoked, or the key that created it no longer works.';
    case 'expiry':
      return aboutExpiry(key, code);
    case 'environment':
      if (!input.environment) return 'Not asked: no environment was named.';
      return `The key belongs to ${key.environment}; it was asked about in ${question.environment}.`;
    case 'namespace':
      if (question.namespace === undefined) return 'Not asked: no namespace was named, so this is about the home of the key.';
      return code === null
        ? 'The namespace is the home of the key or in its reach.'
        : 'The namespace is neither the home of the key nor in its reach.';
    case 'people':
      return aboutPeople(key, names);
    default:
      return aboutPermissions(key, question, names);
  }
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
