import { z } from 'zod';
import type { Act } from '../access/index.js';
import { environments, explain, hasRight, type KeyFacts, ownsKey, permission, seesKey } from '../authority/index.js';
import { forbidden, idOf, notFound } from '../domain/index.js';
import { type ApiKey, apiKeysById } from '../keys/index.js';
import { usersById } from '../people/index.js';
import type { RateLimits } from '../rateLimits/index.js';
import { asked, namespaceAsked, questionOf } from './asked.js';
import { detailOfGate, detailOfRateLimit, type Names } from './details.js';
import type { VerificationCode } from './Verification.js';

export const explainApiKeyInput = z.object({
  apiKeyId: idOf('key'),
  environment: z.enum(environments).nullish(),
  ...asked,
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
export async function explainApiKey(act: Act, rateLimits: RateLimits, input: Input): Promise<AccessExplanation> {
  const record = await managedKey(act, input.apiKeyId);
  const namespaceId = namespaceAsked(input);
  const namespace = typeof namespaceId === 'string' ? await act.facts.namespace(namespaceId) : namespaceId;
  const question = questionOf(input.environment ?? record.environment, input, namespace, act.clock().getTime());
  const key = await act.facts.keyOf(record, question.namespace ? [question.namespace.id] : []);
  if (!key) throw notFound('input.apiKeyId');
  const subject = {
    key,
    question,
    environmentAsked: Boolean(input.environment),
    cidrs: record.allowedCidrs,
    names: await namesOf(act, key),
  };
  const answers = explain(key, question);
  const checks = answers.map(({ gate, code }) => ({ name: gate, passed: code === null, detail: detailOfGate(gate, code, subject) }));
  const rateLimit = await rateLimitCheck(rateLimits, key);
  const shut = answers.find(({ code }) => code !== null)?.code ?? (rateLimit.passed ? null : 'RATE_LIMITED');
  return { allowed: shut === null, code: shut ?? 'VALID', checks: [...checks, rateLimit] };
}

/** The last gate, asked without counting: whether a verification that costs 1 would fit. */
async function rateLimitCheck(rateLimits: RateLimits, { id, rateLimit }: KeyFacts): Promise<AccessCheck> {
  const state = rateLimit && (await rateLimits.take(id, rateLimit, 0)).state;
  return { name: 'rateLimit', passed: state === null || state.remaining > 0, detail: detailOfRateLimit(state) };
}

async function namesOf(act: Act, { people }: KeyFacts): Promise<Names> {
  const users = await usersById(act.rows, [...new Set(people.map(({ id }) => id))]);
  return new Map(users.flatMap((user) => (user ? [[user.id, `${user.name} (${user.id})`] as const] : [])));
}
