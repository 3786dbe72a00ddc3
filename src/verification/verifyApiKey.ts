import { z } from 'zod';
import type { Act } from '../access/index.js';
import {
  effectiveThere,
  firstShut,
  type GateCode,
  type KeyFacts,
  type KeyQuestion,
  missingThere,
  permission,
  usable,
} from '../authority/index.js';
import { forbidden } from '../domain/index.js';
import { parseCredential } from '../keys/index.js';
import type { ApiKeyRow } from '../keys/ApiKeyRow.js';
import type { RateLimits, RateLimitState } from '../rateLimits/index.js';
import { asked, questionOf } from './asked.js';
import { SecretStore } from './SecretStore.js';
import { answers, notFoundAnswer, type Verification } from './Verification.js';

const MOST_COST = 1_000_000_000;

export const verifyApiKeyInput = z.object({
  key: z.string(),
  ...asked,
  cost: z.int('must be a whole number').min(0, 'must not be negative').max(MOST_COST, `must be at most ${MOST_COST}`).nullish(),
});
export type VerificationQuestion = z.output<typeof verifyApiKeyInput>;

/** A service that asks, and what its questions are answered from. */
export interface Asking {
  readonly asker: KeyFacts;
  readonly secrets: SecretStore;
  readonly rateLimits: RateLimits;
}

/** Whether a key's secret was right and the key is the asker's business. */
const inSphere = (asker: KeyFacts, row: ApiKeyRow): boolean =>
  row.organizationId === asker.home.organizationId && (asker.home.kind === 'ORGANIZATION' || row.namespaceId === asker.home.id);

/** Refuses whoever may not ask: asking is for services, with a key that holds `apiKey:verify` in its home. */
export async function askingKey(act: Act): Promise<KeyFacts> {
  const caller = await act.caller();
  const verify = permission('apiKey:verify');
  if (caller.kind !== 'KEY' || !usable(caller, caller.key.home).has(verify)) {
    throw forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', [verify]);
  }
  return caller.key;
}

/** Answers a service that asks about one key. */
export async function verifyApiKey(act: Act, rateLimits: RateLimits, question: VerificationQuestion): Promise<Verification> {
  const asker = await askingKey(act);
  return answerQuestion(act, { asker, secrets: new SecretStore(act.rows), rateLimits }, question);
}

/**
 * Answers one question: parse and checksum, id and secret, the asker's sphere, the gates of authority in their order,
 * and last the rate limit, of which a refusal before it takes nothing.
 */
export async function answerQuestion(act: Act, asking: Asking, question: VerificationQuestion): Promise<Verification> {
  const { asker, secrets, rateLimits } = asking;
  const parsed = parseCredential(question.key);
  const row = parsed && (await secrets.keyOf(parsed, act.clock()));
  if (!row || !inSphere(asker, row)) return notFoundAnswer;

  const toAsk = await questionOf(act, asker.environment, question);
  const key = await act.facts.keyOf(row, toAsk.namespace ? [toAsk.namespace.id] : []);
  if (!key) return notFoundAnswer;

  const shut = firstShut(key, toAsk);
  const taken = key.rateLimit && (await rateLimits.take(key.id, key.rateLimit, shut ? 0 : (question.cost ?? 1)));
  return answer(row, key, toAsk, shut ?? (taken?.fits === false ? 'RATE_LIMITED' : null), taken?.state ?? null);
}

function answer(
  row: ApiKeyRow,
  key: KeyFacts,
  question: KeyQuestion,
  refusal: GateCode | 'RATE_LIMITED' | null,
  rateLimit: RateLimitState | null,
): Verification {
  const [httpStatus, message] = answers[refusal ?? 'VALID'];
  const about = {
    httpStatus,
    message,
    rateLimit,
    apiKeyId: row.id,
    name: row.name,
    namespaceId: row.namespaceId,
    organizationId: row.organizationId,
    userId: row.userId,
    environment: row.environment,
    expiresAt: row.expiresAt,
    restrictions: row.restrictions,
    metadata: row.metadata,
  };
  if (refusal) {
    const missingPermissions = refusal === 'INSUFFICIENT_PERMISSIONS' ? missingThere(key, question) : [];
    return { ...about, valid: false, code: refusal, missingPermissions, effectivePermissions: [] };
  }
  // The one place where a key is said to be valid.
  return { ...about, valid: true, code: 'VALID', missingPermissions: [], effectivePermissions: [...effectiveThere(key, question)].sort() };
}
